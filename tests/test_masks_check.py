"""`check` finds each fault that a design can have, and says which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mask3d.masks import check_design
from mask3d.masks.__main__ import main
from mask3d.straps.types import KINDS
from tests.own_designs import (
    COLUMNS,
    ROWS,
    sheet_faces,
    sheet_mm,
    sheet_uv,
    write_design,
    write_obj,
)

Fault = Callable[[Path], object]


def words(old: str, new: str) -> Fault:
    """Change the mask.toml."""

    def change(folder: Path) -> None:
        text = (folder / "mask.toml").read_text(encoding="utf-8")
        assert old in text
        (folder / "mask.toml").write_text(text.replace(old, new), encoding="utf-8")

    return change


def placed(scale: float = 1.0, shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Fault:
    """Write the mesh somewhere else."""
    return lambda folder: write_obj(
        folder / "mask.obj", sheet_mm() * scale + shift_mm, sheet_faces(), sheet_uv()
    )


def turned(share: float) -> Fault:
    """Turn a share of the triangles over."""
    faces = sheet_faces()
    part = faces[: round(share * len(faces))]
    part[:] = part[:, ::-1].copy()
    return lambda folder: write_obj(folder / "mask.obj", sheet_mm(), faces, sheet_uv())


def with_uv(uv: np.ndarray | None) -> Fault:
    """Write the mesh with other texture coordinates."""
    return lambda folder: write_obj(folder / "mask.obj", sheet_mm(), sheet_faces(), uv)


def closed(folder: Path) -> None:
    """Give the sheet a back of its own."""
    points_mm, faces = sheet_mm(), sheet_faces()
    back_mm = points_mm - [0.0, 0.0, 2.0]
    ring = [*range(COLUMNS), *range(2 * COLUMNS - 1, ROWS * COLUMNS, COLUMNS)]
    ring += [*range(ROWS * COLUMNS - 2, (ROWS - 1) * COLUMNS - 1, -1)]
    ring += [*range((ROWS - 2) * COLUMNS, 0, -COLUMNS)]
    i, j = np.array(ring), np.roll(ring, -1)
    n = len(points_mm)
    sides = [np.stack([i, j, j + n], axis=1), np.stack([i, j + n, i + n], axis=1)]
    whole = np.concatenate([faces, faces[:, ::-1] + n, *sides])
    uv = np.concatenate([sheet_uv(), sheet_uv()])
    write_obj(folder / "mask.obj", np.concatenate([points_mm, back_mm]), whole, uv)


def pierced(folder: Path) -> None:
    """Take two triangles out of the middle."""
    faces = sheet_faces()
    middle = ROWS // 2 * (COLUMNS - 1) + COLUMNS // 2
    kept = np.delete(faces, [middle, middle + len(faces) // 2], axis=0)
    write_obj(folder / "mask.obj", sheet_mm(), kept, sheet_uv())


def torn(folder: Path) -> None:
    """Cut the sheet in two at the middle."""
    kept = [
        face for face in sheet_faces() if len({int(i) % COLUMNS < COLUMNS // 2 for i in face}) == 1
    ]
    write_obj(folder / "mask.obj", sheet_mm(), np.array(kept), sheet_uv())


def dense(folder: Path) -> None:
    """Far more triangles than a mask needs."""
    grid = (150, 205)
    write_obj(folder / "mask.obj", sheet_mm(*grid), sheet_faces(*grid), sheet_uv(*grid))


FAULTS: dict[str, tuple[Fault, str]] = {
    "no toml": (lambda folder: (folder / "mask.toml").unlink(), "mask.toml cannot be read"),
    "no TOML": (words("title =", "title"), "mask.toml cannot be read"),
    "no thickness": (words("thickness_mm = 0.8", ""), "lacks thickness_mm"),
    "thickness in metres": (words("0.8", "25.0"), "thickness_mm is 25.0"),
    "not a bool": (words("stiff = false", "stiff = 'no'"), "stiff = 'no'"),
    "no mesh": (lambda folder: (folder / "mask.obj").unlink(), "mask.obj is missing"),
    "empty mesh": (lambda folder: (folder / "mask.obj").write_text("# none\n"), "mask.obj"),
    "other format": (words("mask.obj", "mask.stl"), "neither .obj nor .glb"),
    "no texture": (words('texture = "mask.png"', ""), "there is no texture"),
    "texture missing": (lambda folder: (folder / "mask.png").unlink(), "the texture: "),
    "texture broken": (lambda folder: (folder / "mask.png").write_bytes(b"?"), "the texture: "),
    "no uv": (with_uv(None), "has no uv"),
    "uv outside": (with_uv(2.5 * sheet_uv()), "runs from -1.50 to 2.50"),
    "metres": (placed(scale=0.001), "measures 0.131 mm"),
    "aside": (placed(shift_mm=(0.0, 120.0, 0.0)), "not in front of the face"),
    "behind": (placed(shift_mm=(0.0, 0.0, -260.0)), "behind the face"),
    "inside": (placed(shift_mm=(0.0, 0.0, -30.0)), "inside the mean head"),
    "floating": (placed(shift_mm=(0.0, 0.0, 60.0)), "floats"),
    "inside out": (turned(1.0), "inside out"),
    "mixed": (turned(0.3), "of the mesh point at the face"),
    "closed": (closed, "the mesh is closed"),
    "hole": (pierced, "a hole of"),
    "torn": (torn, "in 2 pieces"),
    "dense": (dense, "triangles: decimate"),
    "strap in the air": (words("65.7, -12.0", "95.7, -12.0"), "strap 1 ends nowhere"),
    "strap on the wrong side": (words("65.7, -12.0", "65.7, 60.0"), "ends nowhere"),
    "strap of no kind": (words('"ear_loop"', '"ribbon"'), "of kind 'ribbon'"),
    "strap without ends": (words("ends_mm", "ends"), "lacks ends_mm"),
    "band without back": (words('"ear_loop"', '"head_band"'), "lacks via_mm"),
    "strap without width": (words("width_mm = 3.0", ""), "strap 1 lacks width_mm"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_own_design_may_have_any_kind_of_strap(tmp_path: Path, kind: str) -> None:
    folder = write_design(tmp_path / "sheet")
    words('kind = "ear_loop"', f'kind = "{kind}"\nvia_mm = [0.0, -67.0, -97.0]')(folder)
    assert check_design(folder) == ()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named(tmp_path: Path, fault: str) -> None:
    plant, sentence = FAULTS[fault]
    folder = write_design(tmp_path / "sheet")
    plant(folder)
    faults = check_design(folder)
    assert any(sentence in said for said in faults), faults


def test_a_fault_of_place_is_told_alone(tmp_path: Path) -> None:
    """What follows from it would only hide it."""
    folder = write_design(tmp_path / "sheet")
    placed(scale=0.001)(folder)
    assert len(check_design(folder)) == 1


def test_a_name_that_the_command_line_would_split_is_a_fault(tmp_path: Path) -> None:
    assert "rename it" in check_design(write_design(tmp_path / "my sheet"))[0]


@pytest.mark.parametrize("stiff", [False, True])
def test_a_design_without_fault_is_fine(tmp_path: Path, stiff: bool) -> None:
    assert check_design(write_design(tmp_path / "sheet", stiff=stiff)) == ()


def test_check_prints_the_faults_of_every_design_and_says_so_by_its_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_design(tmp_path / "good")
    assert main(["check", str(tmp_path)]) == 0
    turned(1.0)(write_design(tmp_path / "odd"))
    assert main(["check", str(tmp_path)]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert f"{tmp_path / 'good'}: fine" in printed
    assert f"{tmp_path / 'odd'}: 1 fault" in printed
    assert any("inside out" in line for line in printed)


def test_a_folder_without_a_design_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["check", str(tmp_path / "none")])
    assert "holds no mask design" in capsys.readouterr().err
