"""The command that writes fitted heads, and the file it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mask3d import fit as command
from mask3d.camera import transform
from mask3d.errors import UnwritableImageError
from mask3d.face import fit_face
from mask3d.face_model import load_face_model
from mask3d.fits import FitFailure, fit_row, write_fits
from mask3d.image_io import write_photo
from mask3d.landmarks import write_landmarks
from tests.heads import head_photo

YAWS_DEG = (0.0, 60.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two heads, a photo without points, a broken file, and the points of the heads."""
    faces = {}
    for yaw_deg in YAWS_DEG:
        photo, landmarks = head_photo(yaw_deg)
        image = f"heads/yaw{yaw_deg:.0f}.png"
        write_photo(photo, tmp_path / "in" / image)
        faces[image] = [landmarks]
    write_photo(photo, tmp_path / "in" / "nobody.png")
    (tmp_path / "in" / "broken.jpg").write_bytes(b"no image")
    write_landmarks(tmp_path / "l.jsonl", faces)
    return tmp_path


def run(folder: Path, *more: str) -> int:
    arguments = ["--in", folder / "in", "--out", folder / "fits.npz"]
    try:
        return command.main([*map(str, arguments), "--landmarks", str(folder / "l.jsonl"), *more])
    except SystemExit as leaving:
        return int(leaving.code or 0)


def read(path: Path) -> dict[str, NDArray[Any]]:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def test_a_row_a_face_says_what_the_fit_says(folder: Path) -> None:
    assert run(folder) == 1
    fits = read(folder / "fits.npz")
    assert fits["image"].tolist() == ["heads/yaw0.png", "heads/yaw60.png"]
    assert fits["face"].tolist() == [0, 0]
    for row, yaw_deg in enumerate(YAWS_DEG):
        photo, landmarks = head_photo(yaw_deg)
        fit = fit_face(landmarks, photo.image_wh)
        assert tuple(fits["image_wh"][row]) == photo.image_wh
        assert fits["focal_px"][row] == fit.camera.focal_px
        np.testing.assert_array_equal(fits["principal_px"][row], fit.camera.principal_px)
        np.testing.assert_array_equal(fits["cam_from_face"][row], fit.cam_from_face)
        np.testing.assert_array_equal(fits["identity"][row], fit.identity)
        np.testing.assert_array_equal(fits["expression"][row], fit.expression)
        assert fits["residual"][row] == fit.residual
    assert tuple(fits["expression_names"]) == load_face_model().expression_names
    assert "triangles" not in fits


def test_what_has_no_fit_is_listed_with_its_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "--max-fit-error", "1e-9") == 1
    fits = read(folder / "fits.npz")
    failed = zip(
        *(fits[f"failed_{name}"].tolist() for name in ("image", "face", "code")), strict=True
    )
    assert list(failed) == [
        ("broken.jpg", -1, "unreadable"),
        ("heads/yaw0.png", 0, "bad-fit"),
        ("heads/yaw60.png", 0, "bad-fit"),
        ("nobody.png", -1, "bad-landmarks"),
    ]
    assert fits["cam_from_face"].shape == (0, 4, 4)
    assert fits["image"].dtype.kind == "U"
    told = capsys.readouterr().err
    assert (
        "0 faces fitted in 0 photos; left alone: bad-fit 2, bad-landmarks 1, unreadable 1" in told
    )
    assert "nobody.png: bad-landmarks" in told


def test_vertices_are_the_heads_before_the_camera(folder: Path) -> None:
    run(folder, "--vertices")
    fits, model = read(folder / "fits.npz"), load_face_model()
    assert fits["vertices_cam_mm"].dtype == np.float32
    np.testing.assert_array_equal(fits["triangles"], model.faces)
    for row, yaw_deg in enumerate(YAWS_DEG):
        vertices_mm = model.vertices_mm(fits["identity"][row], fits["expression"][row])
        cam_mm = transform(fits["cam_from_face"][row], vertices_mm)
        np.testing.assert_allclose(fits["vertices_cam_mm"][row], cam_mm, atol=1e-3)
        # seen by the camera of the row, they lie where the photo shows their landmarks
        landmarks_cam_mm = model.landmarks_mm(fits["vertices_cam_mm"][row].astype(np.float64))
        seen_px = fits["focal_px"][row] * landmarks_cam_mm[:, :2] / landmarks_cam_mm[:, 2:]
        points_px = head_photo(yaw_deg)[1].points_px[:, :2]
        errors_px = np.linalg.norm(seen_px + fits["principal_px"][row] - points_px, axis=1)
        assert errors_px.mean() < 3.0


def test_all_faces_fitted_ends_with_0_and_the_same_bytes(folder: Path) -> None:
    (folder / "in" / "broken.jpg").unlink()
    (folder / "in" / "nobody.png").unlink()
    assert run(folder, "--vertices") == 0
    data = (folder / "fits.npz").read_bytes()
    assert run(folder, "--vertices") == 0
    assert (folder / "fits.npz").read_bytes() == data


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--out {out} --landmarks {points}", "--in"),
        ("--in {in} --landmarks {points}", "--out"),
        ("--in {in}/none --out {out} --landmarks {points}", "does not exist"),
        ("--in {in} --out {in} --landmarks {points}", "is a folder"),
        ("--in {in} --out {out} --landmarks {in}/broken.jpg", "no known landmarks format"),
        ("--in {in} --out {out} --landmark-outline dlib", "--landmark-outline"),
    ],
)
def test_wrong_usage_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: str, message: str
) -> None:
    places = {"in": folder / "in", "out": folder / "fits.npz", "points": folder / "l.jsonl"}
    with pytest.raises(SystemExit) as leaving:
        command.main([part.format(**places) for part in arguments.split()])
    assert leaving.value.code == 2
    assert message in capsys.readouterr().err
    assert not (folder / "fits.npz").exists()


def test_faces_are_detected_without_landmarks(folder: Path) -> None:
    command.main(["--in", str(folder / "in" / "heads"), "--out", str(folder / "fits.npz")])
    assert "yaw0.png" in read(folder / "fits.npz")["image"]


def test_the_outline_that_points_follow_is_told_to_the_fit(folder: Path) -> None:
    coefficients = []
    for outline in ("contour3d", "visible"):
        run(folder, "--landmark-outline", outline)
        coefficients.append(read(folder / "fits.npz")["identity"][1])
    assert np.abs(coefficients[0] - coefficients[1]).max() > 0.1


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    photo, landmarks = head_photo()
    row = fit_row("a", 0, fit_face(landmarks, photo.image_wh), with_vertices=False)
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(UnwritableImageError):
        write_fits(tmp_path / "file" / "fits.npz", [row], [], load_face_model())
    assert (tmp_path / "file").read_bytes() == b"old"


def test_failures_alone_make_a_file_too(tmp_path: Path) -> None:
    write_fits(tmp_path / "f.npz", [], [FitFailure("ä.jpg", -1, "no-face")], load_face_model())
    assert read(tmp_path / "f.npz")["failed_image"].tolist() == ["ä.jpg"]
