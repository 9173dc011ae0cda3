from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.batch import faces_from_table
from mask3d.errors import BadLandmarksError
from mask3d.face_model import load_face_model
from mask3d.landmarks import Landmarks, Outline, read_landmarks, write_landmarks

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


def _frontal_points_px() -> FloatArray:
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


def test_outline_and_confidence_of_points_come_back(tmp_path: Path) -> None:
    confidence = np.random.default_rng(0).uniform(size=68)
    face = replace(_face(0), outline="visible", point_confidence=confidence)
    write_landmarks(tmp_path / "landmarks.jsonl", {"a.jpg": [face, _face(1)]})
    first, second = read_landmarks(tmp_path / "landmarks.jsonl")["a.jpg"]
    assert (first.outline, second.outline) == ("visible", "contour3d")
    assert first.point_confidence is not None
    np.testing.assert_array_equal(first.point_confidence, confidence)
    assert second.point_confidence is None


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
    "outline": (_record(outline="dlib"), "outline is 'dlib', expected contour3d or visible"),
    "67 confidences": (_record(point_confidence=[0.5] * 67), "point_confidence has shape"),
    "confidence of a point": (_record(point_confidence=[1.5] * 68), "outside of 0 to 1"),
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


def _pts(points_px: FloatArray) -> str:
    rows = "\n".join(f"{x!r} {y!r}" for x, y in points_px.tolist())
    return f"version: 1\nn_points:  68\n{{\n{rows}\n}}\n"


def _csv(*rows: tuple[str, str, str], points_px: FloatArray) -> str:
    header = ["sub_folder", "image_name", "face_type"]
    header += [f"part_{i}_{axis}" for i in range(68) for axis in "xy"]
    numbers = [repr(number) for number in points_px.ravel().tolist()]
    return "\r\n".join(",".join(line) for line in [header, *([*row, *numbers] for row in rows)])


def _npy(points_px: FloatArray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, points_px)
    return stream.getvalue()


def _npz(**arrays: FloatArray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


POINTS_PX = _frontal_points_px()[:, :2].copy()
FILES: dict[str, tuple[bytes, str]] = {  # content, key of the image
    "jsonl": (json.dumps(_record(image="b/a.c.jpg")).encode(), "b/a.c.jpg"),
    "csv": (_csv(("b", "a.c.jpg", "0_0"), points_px=POINTS_PX).encode(), "b/a.c.jpg"),
    "windows csv": (_csv(("b\\d", "a.jpg", "1_1"), points_px=POINTS_PX).encode(), "b/d/a.jpg"),
    "csv with a mark": (
        b"\xef\xbb\xbf" + _csv(("", "a", "0_1"), points_px=POINTS_PX).encode(),
        "a",
    ),
    "pts": (_pts(POINTS_PX + 1).encode(), "a.c"),
    "windows pts": (_pts(POINTS_PX + 1).replace("\n", "\r\n").encode(), "a.c"),
    "npy": (_npy(POINTS_PX), "a.c"),
    "npy in 3D": (_npy(_frontal_points_px()), "a.c"),
    "single precision": (_npy(POINTS_PX.astype(np.float32)), "a.c"),
    "npz": (_npz(x=POINTS_PX), "a.c"),
    "npz of many": (_npz(box=np.zeros(4), landmarks=POINTS_PX), "a.c"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("outline", ["contour3d", "visible"])
def test_a_format_is_known_by_its_content(tmp_path: Path, name: str, outline: Outline) -> None:
    content, key = FILES[name]
    (tmp_path / "a.c.dat").write_bytes(content)
    ((image, (face,)),) = read_landmarks(tmp_path / "a.c.dat", outline).items()
    assert image == key
    assert face.outline == outline
    np.testing.assert_allclose(face.points_px[:, :2], POINTS_PX, atol=1e-4)
    np.testing.assert_allclose([face.yaw_deg, face.pitch_deg, face.roll_deg], 0, atol=1e-4)


def test_the_type_of_an_ntust_face_is_kept(tmp_path: Path) -> None:
    rows = [("b", "a.jpg", "0_0"), ("b", "a.jpg", "1_1"), ("", "c.jpg", "0_1")]
    (tmp_path / "l.csv").write_text(_csv(*rows, points_px=POINTS_PX))
    faces = read_landmarks(tmp_path / "l.csv")
    sources = {image: [face.source for face in of_image] for image, of_image in faces.items()}
    assert sources == {
        "b/a.jpg": ["ntust (frontal, clear)", "ntust (profile, blurred)"],
        "c.jpg": ["ntust (frontal, blurred)"],
    }


def test_a_folder_of_files_names_images_by_their_stems(tmp_path: Path) -> None:
    for place in ("a.b.pts", "indoor/a.PTS", "indoor/.hidden.pts"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(_pts(POINTS_PX))
    (tmp_path / "indoor" / "c.npy").write_bytes(_npy(POINTS_PX))
    (tmp_path / "indoor" / "a.jpg").write_bytes(b"a photo beside its points")
    assert list(read_landmarks(tmp_path)) == ["a.b", "indoor/a", "indoor/c"]


def test_a_face_read_by_its_stem_is_that_of_the_photo(tmp_path: Path) -> None:
    (tmp_path / "a.b.pts").write_text(_pts(POINTS_PX))
    find_faces = faces_from_table(read_landmarks(tmp_path))
    nothing = np.zeros((1, 1, 3), np.uint8)
    assert len(find_faces("a.b.jpg", nothing)) == 1
    for other in ("a.jpg", "c/a.b.jpg", "a.b.c.jpg"):
        with pytest.raises(BadLandmarksError, match=other):
            find_faces(other, nothing)


def test_points_of_a_photo_in_two_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pts").write_text(_pts(POINTS_PX))
    (tmp_path / "a.npy").write_bytes(_npy(POINTS_PX))
    with pytest.raises(BadLandmarksError, match=r"a\.pts: another file .* of a "):
        read_landmarks(tmp_path)


def test_a_folder_without_landmarks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"a photo")
    with pytest.raises(BadLandmarksError, match="no landmarks file"):
        read_landmarks(tmp_path)


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "of no format": (b"left eye 3 4", "no known landmarks format; give one of: .*pts"),
    "not UTF-8": (b"{\xff", "no UTF-8"),
    "pts without points": (b"version: 1\nn_points: 68\n", "between { and }"),
    "pts cut short": (_pts(POINTS_PX)[:-3].encode(), "between { and }"),
    "pts of 67": (_pts(POINTS_PX[1:]).encode(), r"line 71: .*shape \(67, 2\)"),
    "pts with a word": (_pts(POINTS_PX).replace("\n}", " x\n}").encode(), "line 71: .* no pair"),
    "pts with NaN": (_pts(POINTS_PX * np.nan).encode(), "not finite"),
    "empty pts": (b"version: 1\n{\n}\n", "line 3: .*shape"),
    "csv without a column": (b"sub_folder,image_name,face_type\na,b,0_0", "line 1: .*part_0_x"),
    "csv of no image": (_csv(("b", "", "0_0"), points_px=POINTS_PX).encode(), "line 2: .* image"),
    "csv of absolute path": (_csv(("/b", "a", "0_0"), points_px=POINTS_PX).encode(), "absolute"),
    "csv of no type": (_csv(("b", "a", "2_0"), points_px=POINTS_PX).encode(), "face_type is '2_0'"),
    "csv cut short": (
        _csv(("b", "a", "0_0"), points_px=POINTS_PX).rpartition(",")[0].encode(),
        "line 2: part_67_y is None",
    ),
    "csv with a word": (
        (_csv(("b", "a", "0_0"), points_px=POINTS_PX) + "x").encode(),
        r"line 2: part_67_y is '\d.*x', expected a number",
    ),
    "npy of 67": (_npy(POINTS_PX[1:]), r"shape \(67, 2\)"),
    "npy of several faces": (_npy(np.zeros((2, 68, 2))), r"shape \(2, 68, 2\)"),
    "npy of words": (_npy(POINTS_PX.astype(str)), "expected numbers"),
    "npy cut short": (_npy(POINTS_PX)[:-8], "dat: "),
    "npz of several": (_npz(x=POINTS_PX, y=POINTS_PX), "it holds x, y, expected one array"),
    "npz cut short": (_npz(x=POINTS_PX)[:-30], "dat: "),
    "npz of none": (_npz(), "of no known landmarks format"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_reported_with_its_line(tmp_path: Path, name: str) -> None:
    content, reason = BAD_FILES[name]
    (tmp_path / "l.dat").write_bytes(content)
    with pytest.raises(BadLandmarksError, match=reason) as caught:
        read_landmarks(tmp_path / "l.dat")
    assert str(tmp_path / "l.dat") in caught.value.message
    assert caught.value.remedy
