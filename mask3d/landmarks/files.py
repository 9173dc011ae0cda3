"""The landmarks file: JSON Lines, one face a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.errors import BadLandmarksError
from mask3d.image_io import write_bytes
from mask3d.landmarks.pose import pose_of_points, with_depth
from mask3d.landmarks.types import Landmarks
from mask3d.pose import HeadPose

REMEDY = "correct the line, or write the file again with python -m mask3d.landmarks"


def write_landmarks(path: Path, faces: Mapping[str, Sequence[Landmarks]]) -> None:
    """Write the faces of every image, by its POSIX path relative to the photo folder.

    Raises
    ------
    UnwritableImageError
        The disk refuses; the file is then as it was.
    """
    lines = (
        json.dumps(_to_line(image, number, face), ensure_ascii=False) + "\n"
        for image in sorted(faces)
        for number, face in enumerate(faces[image])
    )
    write_bytes("".join(lines).encode(), path)


def read_landmarks(path: Path) -> dict[str, list[Landmarks]]:
    """Faces by image, in the order of their ``face`` numbers.

    A line needs ``image`` and ``points_px`` only, and z of the points may be
    left out. Then ``face`` counts the lines of the image, the box is that of
    the points, the pose that of the mean head, score and confidence are 1.

    Raises
    ------
    BadLandmarksError
        The file cannot be read, or a line, whose number it gives, is malformed.
    """
    numbered: dict[str, dict[int, Landmarks]] = {}
    for line_number, line in _lines(path):
        try:
            record = json.loads(line)
            image = _image(record)
            of_image = numbered.setdefault(image, {})
            number = _face_number(record, len(of_image))
            if number in of_image:
                raise ValueError(f"face {number} of {image} stands there twice")
            of_image[number] = _from_record(record)
        except ValueError as error:
            raise BadLandmarksError(f"{path}, line {line_number}: {error}", REMEDY) from error
    return {
        image: [of_image[number] for number in sorted(of_image)]
        for image, of_image in numbered.items()
    }


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number, from 1, and text of every line that is not blank."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadLandmarksError(f"cannot read landmarks {path}: {error}", REMEDY) from error
    for line_number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield line_number, line


def _to_line(image: str, number: int, face: Landmarks) -> dict[str, object]:
    """The fields of one line."""
    return {
        "image": image,
        "face": number,
        "box_px": face.box_px.tolist(),
        "points_px": face.points_px.tolist(),
        "score": face.score,
        "confidence": face.confidence,
        "yaw_deg": face.yaw_deg,
        "pitch_deg": face.pitch_deg,
        "roll_deg": face.roll_deg,
        "source": face.source,
    }


def _from_record(record: dict[str, Any]) -> Landmarks:
    """The face of one line; ValueError says what is wrong with it."""
    points_px = _points(record)
    pose = pose_of_points(points_px)
    return Landmarks(
        points_px=points_px,
        box_px=_box(record, points_px),
        score=_number(record, "score", 1.0, 0.0, 1.0),
        confidence=_number(record, "confidence", 1.0, 0.0, 1.0),
        **{name: _number(record, name, angle, -180.0, 180.0) for name, angle in _angles(pose)},
        source=str(record.get("source", "file")),
    )


def _image(record: object) -> str:
    if not isinstance(record, dict):
        raise ValueError("it is no JSON object")
    image = record.get("image")
    if not isinstance(image, str) or not image:
        raise ValueError("it names no image")
    if PurePosixPath(image).is_absolute():
        raise ValueError(f"image {image} is an absolute path, expected one relative to --in")
    return PurePosixPath(image).as_posix()


def _face_number(record: dict[str, Any], default: int) -> int:
    number = record.get("face", default)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"face is {number!r}, expected a whole number from 0")
    return number


def _points(record: dict[str, Any]) -> FloatArray:
    points_px = _array(record, "points_px")
    if points_px.ndim != 2 or len(points_px) != 68 or points_px.shape[1] not in (2, 3):
        raise ValueError(f"points_px has shape {points_px.shape}, expected (68, 3)")
    if not np.ptp(points_px[:, :2], axis=0).all():
        raise ValueError("points_px all lie on one line")
    return points_px if points_px.shape[1] == 3 else with_depth(points_px)


def _box(record: dict[str, Any], points_px: FloatArray) -> FloatArray:
    if "box_px" not in record:
        xy = points_px[:, :2]
        return np.concatenate([xy.min(axis=0), xy.max(axis=0)])
    box_px = _array(record, "box_px")
    if box_px.shape != (4,) or not (box_px[:2] < box_px[2:]).all():
        raise ValueError(f"box_px is {box_px.tolist()}, expected x0 < x1 and y0 < y1")
    return box_px


def _array(record: dict[str, Any], name: str) -> FloatArray:
    """Field as an array of finite numbers."""
    try:
        array = np.array(record[name], dtype=np.float64)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} is missing or no array of numbers") from error
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    return array


def _number(record: dict[str, Any], name: str, default: float, low: float, high: float) -> float:
    """Field as a number within its range."""
    value = record.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r}, expected a number from {low:g} to {high:g}")
    return float(value)


def _angles(pose: HeadPose) -> Iterator[tuple[str, float]]:
    return zip(HeadPose._fields, pose, strict=True)
