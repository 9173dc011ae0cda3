from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mask3d.errors import BadLandmarksError
from mask3d.face_model import load_face_model
from mask3d.landmarks import Landmarks, read_landmarks, write_landmarks

NUMBERS = ("score", "confidence", "yaw_deg", "pitch_deg", "roll_deg", "source")


def _face(seed: int) -> Landmarks:
    """A face of awkward numbers, none of which a decimal of few digits holds."""
    generator = np.random.default_rng(seed)
    low = generator.uniform(-50, 50, 2)
    return Landmarks(
        points_px=generator.normal(size=(68, 3)) * 100 / 3,
        box_px=np.concatenate([low, low + generator.uniform(1, 50, 2)]),
        score=float(generator.uniform()),
        confidence=float(generator.uniform()),
        yaw_deg=float(generator.uniform(-90, 90)),
        pitch_deg=float(generator.uniform(-90, 90)),
        roll_deg=float(generator.uniform(-180, 180)),
        source="prüfung",
    )


def _frontal_points_px() -> np.ndarray[Any, np.dtype[np.float64]]:
    """The mean head from the front, 2 px a mm."""
    model = load_face_model()
    return model.landmarks_mm(model.mean_mm) * (2, -2, 2) + (300, 400, 0)


def _record(**fields: object) -> dict[str, object]:
    return {"image": "a.jpg", "points_px": _frontal_points_px().tolist()} | fields


def _write(path: Path, *lines: object) -> Path:
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_round_trip_is_exact(tmp_path: Path) -> None:
    faces = {
        "sub folder/b.c.jpg": [_face(0), _face(1), _face(2)],
        "a.jpg": [_face(3)],
        "no face.png": [],
        "grün/ß.jpeg": [_face(4)],
    }
    write_landmarks(tmp_path / "landmarks.jsonl", faces)
    back = read_landmarks(tmp_path / "landmarks.jsonl")
    assert list(back) == sorted(image for image in faces if faces[image])
    for image, of_image in back.items():
        for got, want in zip(of_image, faces[image], strict=True):
            np.testing.assert_array_equal(got.points_px, want.points_px)
            np.testing.assert_array_equal(got.box_px, want.box_px)
            assert [getattr(got, name) for name in NUMBERS] == [
                getattr(want, name) for name in NUMBERS
            ]


def test_a_line_has_the_promised_fields(tmp_path: Path) -> None:
    write_landmarks(tmp_path / "landmarks.jsonl", {"b/a.jpg": [_face(0), _face(1)]})
    lines = (tmp_path / "landmarks.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["face"] for record in records] == [0, 1]
    assert list(records[0]) == ["image", "face", "box_px", "points_px", *NUMBERS]
    assert np.shape(records[0]["points_px"]) == (68, 3)


def test_faces_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "l.jsonl", _record(face=2, score=0.2), "", _record(face=0, score=0.9), " "
    )
    assert [face.score for face in read_landmarks(path)["a.jpg"]] == [0.9, 0.2]


def test_what_is_left_out_is_filled_in(tmp_path: Path) -> None:
    (face,) = read_landmarks(_write(tmp_path / "l.jsonl", _record(image="./b//a.jpg")))["b/a.jpg"]
    xy = _frontal_points_px()[:, :2]
    np.testing.assert_array_equal(face.box_px, [*xy.min(axis=0), *xy.max(axis=0)])
    assert (face.score, face.confidence, face.source) == (1.0, 1.0, "file")
    np.testing.assert_allclose([face.yaw_deg, face.pitch_deg, face.roll_deg], 0, atol=1e-6)


def test_depth_left_out_is_that_of_the_mean_head(tmp_path: Path) -> None:
    points_px = _frontal_points_px()
    record = _record(points_px=points_px[:, :2].tolist())
    (face,) = read_landmarks(_write(tmp_path / "l.jsonl", record))["a.jpg"]
    depth_px = points_px[:, 2] - points_px[:, 2].mean()
    np.testing.assert_allclose(face.points_px[:, 2], depth_px, atol=1e-6)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    path.write_text(json.dumps(_record()) + "\r\n", encoding="utf-8-sig")
    assert list(read_landmarks(path)) == ["a.jpg"]


BAD_LINES: dict[str, tuple[object, str]] = {
    "no JSON": ("{", "line 3"),
    "no object": ([1, 2], "no JSON object"),
    "no image": (_record(image=None), "names no image"),
    "absolute": (_record(image="/a.jpg"), "absolute path"),
    "no points": ({"image": "b.jpg"}, "points_px is missing"),
    "null points": (_record(points_px=None), "points_px"),
    "67 points": (_record(points_px=[[1.0, 2.0, 3.0]] * 67), r"shape \(67, 3\)"),
    "ragged points": (_record(points_px=[[1.0, 2.0], [3.0]] * 34), "no array"),
    "words for points": (_record(points_px="left"), "no array"),
    "infinite points": (_record(points_px=[[np.inf, 2.0, 3.0]] * 68), "not finite"),
    "one point": (_record(points_px=[[1.0, 2.0, 3.0]] * 68), "one line"),
    "box inside out": (_record(box_px=[5, 5, 1, 9]), "x0 < x1"),
    "short box": (_record(box_px=[5, 5, 9]), "x0 < x1"),
    "score": (_record(score=1.5), "score is 1.5"),
    "NaN score": (_record(score=np.nan), "score is nan"),
    "confidence": (_record(confidence="high"), "confidence is 'high'"),
    "yaw": (_record(yaw_deg=400), "yaw_deg is 400"),
    "face": (_record(face=-1), "face is -1"),
    "boolean face": (_record(face=True), "face is True"),
    "face twice": (_record(face=0), "face 0 of a.jpg"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_reported_with_its_number(tmp_path: Path, name: str) -> None:
    line, reason = BAD_LINES[name]
    path = _write(tmp_path / "l.jsonl", _record(face=0), "", line)
    with pytest.raises(BadLandmarksError, match=reason) as caught:
        read_landmarks(path)
    assert f"{path}, line 3: " in caught.value.message
    assert caught.value.remedy


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BadLandmarksError, match=r"missing\.jsonl"):
        read_landmarks(tmp_path / "missing.jsonl")
    (tmp_path / "l.jsonl").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(BadLandmarksError, match=r"l\.jsonl"):
        read_landmarks(tmp_path / "l.jsonl")
