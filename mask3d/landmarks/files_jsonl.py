"""The landmarks file of mask3d: JSON Lines, one face a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.image_io import write_bytes
from mask3d.landmarks.files_base import LandmarksFile, box_of, checked_points, relative_image
from mask3d.landmarks.pose import pose_of_points
from mask3d.landmarks.types import Landmarks, Outline
from mask3d.pose import HeadPose


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


def is_jsonl(head: bytes) -> bool:
    """Whether a file that begins so has an object on its first line; no line at all is fine too."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"")


def read_jsonl(file: LandmarksFile) -> dict[str, list[Landmarks]]:
    """Faces by image, in the order of their ``face`` numbers.

    A line needs ``image`` and ``points_px`` only, and z of the points may be
    left out. Then ``face`` counts the lines of the image, the box is that of
    the points, the pose that of the mean head, score and confidence are 1.
    """
    numbered: dict[str, dict[int, Landmarks]] = {}
    for line_number, line in enumerate(file.text().split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            image = _image(record)
            of_image = numbered.setdefault(image, {})
            number = _face_number(record, len(of_image))
            if number in of_image:
                raise ValueError(f"face {number} of {image} stands there twice")
            of_image[number] = _from_record(record, file.outline)
        except ValueError as error:
            raise file.error(str(error), line_number) from error
    return {
        image: [of_image[number] for number in sorted(of_image)]
        for image, of_image in numbered.items()
    }


def _to_line(image: str, number: int, face: Landmarks) -> dict[str, object]:
    """The fields of one line; the last two only where they differ from what is usual."""
    line = {
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
    if face.outline != "contour3d":
        line["outline"] = face.outline
    if face.point_confidence is not None:
        line["point_confidence"] = face.point_confidence.tolist()
    return line


def _from_record(record: dict[str, Any], outline: Outline) -> Landmarks:
    """The face of one line; ValueError says what is wrong with it."""
    points_px = checked_points(_array(record, "points_px"))
    pose = pose_of_points(points_px)
    return Landmarks(
        points_px=points_px,
        box_px=_box(record, points_px),
        score=_number(record, "score", 1.0, 0.0, 1.0),
        confidence=_number(record, "confidence", 1.0, 0.0, 1.0),
        **{name: _number(record, name, angle, -180.0, 180.0) for name, angle in _angles(pose)},
        source=str(record.get("source", "file")),
        outline=_outline(record, outline),
        point_confidence=_array(record, "point_confidence")
        if record.get("point_confidence") is not None
        else None,
    )


def _image(record: object) -> str:
    if not isinstance(record, dict):
        raise ValueError("it is no JSON object")
    image = record.get("image")
    if not isinstance(image, str) or not image:
        raise ValueError("it names no image")
    return relative_image(image)


def _face_number(record: dict[str, Any], default: int) -> int:
    number = record.get("face", default)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"face is {number!r}, expected a whole number from 0")
    return number


def _outline(record: dict[str, Any], default: Outline) -> Outline:
    outline: Outline = record.get("outline", default)
    if outline not in get_args(Outline):
        raise ValueError(f"outline is {outline!r}, expected {' or '.join(get_args(Outline))}")
    return outline


def _box(record: dict[str, Any], points_px: FloatArray) -> FloatArray:
    if "box_px" not in record:
        return box_of(points_px)
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
