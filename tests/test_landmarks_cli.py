from __future__ import annotations

import importlib
from pathlib import Path

import cv2
import numpy as np
import pytest

import mask3d.landmarks
from mask3d.arrays import ByteArray
from mask3d.landmarks import Landmarks, read_landmarks
from mask3d.landmarks.__main__ import main


class _Light:
    """Sees a face in every photo that is not black."""

    def detect(self, rgb: ByteArray) -> list[Landmarks]:
        height, width = rgb.shape[:2]
        points_px = np.random.default_rng(0).uniform(0, (width, height, 9), (68, 3))
        box_px = np.array([0.0, 0.0, width, height])
        face = Landmarks(points_px, box_px, 0.9, 0.8, 1.0, 2.0, 3.0, "light")
        return [face] if rgb.any() else []


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path | None]]:
    """What detectors were opened; all are `_Light`."""
    calls: list[tuple[str, Path | None]] = []

    def open_detector(name: str, weights_dir: Path | None) -> _Light:
        calls.append((name, weights_dir))
        return _Light()

    monkeypatch.setattr("mask3d.landmarks.__main__.open_detector", open_detector)
    return calls


def _photo(path: Path, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _, png = cv2.imencode(".png", np.full((20, 30, 3), value, np.uint8))
    path.write_bytes(png.tobytes())


def test_every_photo_with_a_face_has_its_line(
    tmp_path: Path, opened: list[tuple[str, Path | None]]
) -> None:
    images = ["a.b.png", "sub folder/ü.png"]
    for image in images:
        _photo(tmp_path / "in" / image, 200)
    out = tmp_path / "out" / "landmarks.jsonl"
    assert main(["--in", str(tmp_path / "in"), "--out", str(out)]) == 0
    faces = read_landmarks(out)
    assert list(faces) == images
    assert faces["a.b.png"][0].box_px.tolist() == [0, 0, 30, 20]
    assert opened == [("embedded", None)]


def test_photos_without_a_face_cost_nothing_but_their_own_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _photo(tmp_path / "in" / "black.png", 0)
    (tmp_path / "in" / "broken.jpg").write_bytes(b"no photo")
    _photo(tmp_path / "in" / "face.png", 200)
    out = tmp_path / "landmarks.jsonl"
    assert main(["--in", str(tmp_path / "in"), "--out", str(out)]) == 1
    assert list(read_landmarks(out)) == ["face.png"]
    said = capsys.readouterr().err
    assert "black.png: no-face: " in said
    assert "broken.jpg: unreadable: " in said
    assert f"1 faces in 1 photos; without: no-face 1, unreadable 1; see {out}" in said


def test_the_backend_is_passed_on(tmp_path: Path, opened: list[tuple[str, Path | None]]) -> None:
    _photo(tmp_path / "in" / "a.png", 200)
    options = ["--landmarks-from", "face-alignment", "--weights-dir", str(tmp_path)]
    assert main(["--in", str(tmp_path / "in"), "--out", str(tmp_path / "l.jsonl"), *options]) == 0
    assert opened == [("face-alignment", tmp_path)]


@pytest.mark.parametrize(
    "options",
    [[], ["--in", "missing"], ["--in", "."], ["--in", ".", "--landmarks-from", "dlib"]],
    ids=["nothing", "no folder", "no image", "no such detector"],
)
def test_wrong_usage_exits_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main([*options, "--out", "l.jsonl"])
    assert caught.value.code == 2
    assert not (tmp_path / "l.jsonl").exists()


def test_missing_weights_exit_with_2_and_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mask3d.landmarks.__main__.open_detector", mask3d.landmarks.open_detector)
    _photo(tmp_path / "in" / "a.png", 200)
    options = ["--landmarks-from", "face-alignment", "--weights-dir", str(tmp_path)]
    with pytest.raises(SystemExit) as caught:
        main(["--in", str(tmp_path / "in"), "--out", str(tmp_path / "l.jsonl"), *options])
    assert caught.value.code == 2
    assert "adrianbulat" in capsys.readouterr().err


def test_the_public_names_are_these() -> None:
    package = importlib.import_module("mask3d.landmarks")
    assert sorted(package.__all__) == [
        "DEFAULT_DETECTOR",
        "DETECTORS",
        "EmbeddedDetector",
        "FanDetector",
        "LandmarkDetector",
        "Landmarks",
        "Outline",
        "open_detector",
        "read_landmarks",
        "write_landmarks",
    ]
    for name in package.__all__:
        assert getattr(package, name) is not None
