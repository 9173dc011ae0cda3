from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mask3d import batch
from mask3d.image_io import read_photo, write_photo
from mask3d.landmarks import Landmarks, write_landmarks
from mask3d.manifest import MANIFEST_NAME
from mask3d.photo import Encoding, Photo
from mask3d.render import SHEET_NAME, main
from tests.heads import head_photo
from tests.own_designs import write_design

Record = dict[str, object]
FACES = ("a.b.jpg", "plain.png", "sub folder/süß 写真.jpeg")
FAILURES = {"broken.jpg": "unreadable", "empty.png": "unreadable", "wall.png": "no-face"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos with a face, one without, and two files that are no photos."""
    folder = tmp_path_factory.mktemp("faces")
    for name, yaw_deg in zip(FACES, (0, 30, -30), strict=True):
        write_photo(with_format(head_photo(yaw_deg)[0], name), folder / name)
    write_photo(Photo(np.full((64, 64, 3), 90, np.uint8)), folder / "wall.png")
    data = (folder / "a.b.jpg").read_bytes()
    (folder / "broken.jpg").write_bytes(data[: len(data) // 2])
    (folder / "empty.png").write_bytes(b"")
    (folder / "notes.txt").write_text("no photo")
    return folder


def with_format(photo: Photo, name: str) -> Photo:
    return replace(photo, encoding=Encoding("PNG" if name.endswith("png") else "JPEG"))


def run(source: Path, out: Path, *options: str) -> int:
    return main(["--in", str(source), "--out", str(out), "--renderer", "numba", *options])


def records_of(out: Path) -> list[Record]:
    text = (out / MANIFEST_NAME).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def files_of(out: Path) -> dict[str, bytes]:
    paths = [path for path in out.rglob("*") if path.is_file()]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def masked(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "masked"
    assert run(folder, out, "--mask", "surgical_blue,n95_white,cloth_floral", "--seed", "3") == 1
    return out


def test_broken_files_among_good_ones_cost_their_own_line_only(masked: Path) -> None:
    records = {record["image"]: record for record in records_of(masked)}
    assert list(records) == sorted([*FACES, *FAILURES])
    assert {image: records[image]["code"] for image in FAILURES} == FAILURES
    assert all(records[image]["remedy"] for image in FAILURES)
    assert all(records[image]["status"] == "ok" for image in FACES)
    assert set(files_of(masked)) == {*FACES, MANIFEST_NAME}


def test_a_line_says_what_was_done(masked: Path) -> None:
    record = next(record for record in records_of(masked) if record["image"] == "a.b.jpg")
    assert record["output"] == "a.b.jpg"
    assert record["mask"] == f"{record['design']}_{record['colour']}"
    assert (record["face"], record["seed"], record["renderer"]) == (0, 3, "numba")
    assert (record["state"], record["ear"]) == ("covered", None)
    for field in ("drop_mm", "shift_mm", "tilt_deg", "sag"):
        assert 0.0 < abs(float(str(record[field]))) <= 3.0
    assert abs(float(str(record["yaw_deg"]))) < 5
    assert 0 < float(str(record["fit_residual"])) < 0.05


def test_how_it_is_worn_is_chosen_and_on_record(folder: Path, tmp_path: Path) -> None:
    options = ("--mask", "surgical_blue+shield", "--state", "nose_out,one_ear", "--exact",
               "--nose-coverage", "medium", "--fabric", "denim", "--pattern", "stripes",
               "--color", "#204080,white")  # fmt: skip
    for seed in ("1", "2"):
        assert run(folder / "plain.png", tmp_path / seed, *options, "--seed", seed) == 0
    records = [records_of(tmp_path / seed)[0] for seed in ("1", "2")]
    for record in records:
        assert record["mask"] == "surgical_blue+shield"
        assert str(record["design"]) == "surgical+shield"
        assert str(record["colour"]).startswith("blue+")
        assert str(record["fabric"]).startswith("denim+")
        assert str(record["pattern"]) == "stripes+plain"
        assert str(record["colours"]).startswith("#204080,white+")
        assert record["state"] in ("nose_out", "one_ear")
        assert record["ear"] in (("left", "right") if record["state"] == "one_ear" else (None,))
        numbers = [record[name] for name in ("drop_mm", "shift_mm", "tilt_deg", "sag")]
        assert numbers == [15.0, 0.0, 0.0, 0.0]


def test_a_mask_of_ones_own_is_worn(folder: Path, tmp_path: Path) -> None:
    write_design(tmp_path / "own" / "sheet")
    options = ("--mask", "sheet", "--masks", str(tmp_path / "own"))
    assert run(folder / "plain.png", tmp_path / "out", *options) == 0
    (record,) = records_of(tmp_path / "out")
    assert (record["mask"], record["design"], record["colour"]) == ("sheet", "sheet", "picture")


def test_pixels_beside_the_mask_stay_as_they_were(folder: Path, masked: Path) -> None:
    before, after = (read_photo(root / "plain.png").rgb for root in (folder, masked))
    changed = (before != after).any(axis=2)
    assert 0.05 < changed.mean() < 0.4
    assert not changed[:150].any()  # the forehead and the wall above the head


def test_the_same_seed_gives_the_same_bytes(folder: Path, masked: Path, tmp_path: Path) -> None:
    options = ("--mask", "surgical_blue,n95_white,cloth_floral", "--seed", "3")
    run(folder, tmp_path, *options)
    assert files_of(tmp_path) == files_of(masked)


def test_a_photo_is_masked_alike_alone_and_among_others(
    folder: Path, masked: Path, tmp_path: Path
) -> None:
    shutil.copy(folder / "plain.png", tmp_path)
    options = ("--mask", "surgical_blue,n95_white,cloth_floral", "--seed", "3")
    assert run(tmp_path / "plain.png", tmp_path / "out", *options) == 0
    assert files_of(tmp_path / "out")["plain.png"] == files_of(masked)["plain.png"]


def test_landmarks_of_a_file_take_the_place_of_detection(folder: Path, tmp_path: Path) -> None:
    photo, landmarks = head_photo(90)  # which the detector is not to be trusted with
    write_photo(photo, tmp_path / "in" / "profile.jpg")
    shutil.copy(folder / "wall.png", tmp_path / "in")
    table: dict[str, list[Landmarks]] = {"profile.jpg": [landmarks, landmarks]}
    write_landmarks(tmp_path / "points.jsonl", table)
    options = ("--mask", "surgical_blue", "--landmarks", str(tmp_path / "points.jsonl"))
    assert run(tmp_path / "in", tmp_path / "out", *options) == 1
    found = [(r["image"], r["face"], r["source"], r["code"]) for r in records_of(tmp_path / "out")]
    assert found == [
        ("profile.jpg", 0, "rendered", None),
        ("profile.jpg", 1, "rendered", None),
        ("wall.png", None, None, "bad-landmarks"),
    ]


def test_a_photo_without_a_masked_face_is_not_written(folder: Path, tmp_path: Path) -> None:
    options = ("--mask", "surgical_blue", "--min-face-px", "1000")
    assert run(folder / "plain.png", tmp_path / "out", *options) == 1
    (record,) = records_of(tmp_path / "out")
    assert (record["code"], record["output"], record["face"]) == ("too-small", None, 0)
    assert set(files_of(tmp_path / "out")) == {MANIFEST_NAME}


def test_the_output_folder_may_lie_in_the_input_folder(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "plain.png", tmp_path)
    for _ in range(2):  # the second run finds the first one's output
        assert run(tmp_path, tmp_path / "masked", "--mask", "n95_white", "--contact-sheet") == 0
        assert [r["image"] for r in records_of(tmp_path / "masked")] == ["plain.png"]
    assert set(files_of(tmp_path / "masked")) == {"plain.png", MANIFEST_NAME, SHEET_NAME}


def test_a_fault_in_a_stage_costs_one_photo_and_shows_its_traceback(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fragile(path: Path) -> Photo:
        if path.name == "a.b.jpg":
            raise ZeroDivisionError("planted")
        return read_photo(path)

    monkeypatch.setattr(batch, "read_photo", fragile)
    assert run(folder, tmp_path, "--mask", "surgical_blue") == 1
    records = {record["image"]: record for record in records_of(tmp_path)}
    assert records["a.b.jpg"]["code"] == "internal"
    assert records["a.b.jpg"]["message"] == "ZeroDivisionError: planted"
    assert records["plain.png"]["status"] == "ok"
    assert caplog.records[0].exc_info is not None


def test_an_interrupted_run_keeps_what_was_finished(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(path: Path) -> Photo:
        if path.name == "broken.jpg":
            raise KeyboardInterrupt
        return read_photo(path)

    monkeypatch.setattr(batch, "read_photo", interrupted)
    assert run(folder, tmp_path, "--mask", "surgical_blue") == 130
    assert [record["image"] for record in records_of(tmp_path)] == ["a.b.jpg"]
    assert set(files_of(tmp_path)) == {"a.b.jpg", MANIFEST_NAME}
    assert "interrupted" in capsys.readouterr().err


def test_the_summary_counts_by_code(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(folder, tmp_path, "--mask", "surgical_blue")
    summary = capsys.readouterr().err.splitlines()[-1]
    assert summary.startswith("3 faces masked in 6 photos; left alone: no-face 1, unreadable 2;")
