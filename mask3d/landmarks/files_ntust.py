"""The table of the NTUST mask generator: CSV, one face a line, pixels counted from 0.

``sub_folder,image_name,face_type,part_0_x,part_0_y,...,part_67_x,part_67_y``
"""

from __future__ import annotations

import csv
import io

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.landmarks.files_base import LandmarksFile, relative_image
from mask3d.landmarks.types import Landmarks

FACE_TYPES = {
    "0_0": "frontal, clear",
    "0_1": "frontal, blurred",
    "1_0": "profile, clear",
    "1_1": "profile, blurred",
}
_NAMES = ("sub_folder", "image_name", "face_type")
_PARTS = tuple(f"part_{point}_{axis}" for point in range(68) for axis in "xy")


def is_ntust(head: bytes) -> bool:
    """Whether the first line of a file that begins so names the columns."""
    first = head.decode("utf-8-sig", errors="replace").partition("\n")[0]
    return {name.strip(' "\r') for name in first.split(",")} >= set(_NAMES)


def read_ntust(file: LandmarksFile) -> dict[str, list[Landmarks]]:
    """Faces by ``sub_folder/image_name``; several lines of an image are its faces in order."""
    rows = csv.DictReader(io.StringIO(file.text(), newline=""), skipinitialspace=True)
    missing = sorted({*_NAMES, *_PARTS} - set(rows.fieldnames or ()))
    if missing:
        raise file.error(f"it lacks the column {missing[0]}", 1)
    faces: dict[str, list[Landmarks]] = {}
    try:
        for row in rows:
            source = f"ntust ({_face_type(row)})"
            faces.setdefault(_image(row), []).append(file.face(_points_px(row), source))
    except (csv.Error, ValueError) as error:
        raise file.error(str(error), rows.line_num) from error
    return faces


def _image(row: dict[str, str]) -> str:
    """Path of the image; tables written on Windows have backslashes in it."""
    folder, name = (f"{row[column] or ''}".strip().replace("\\", "/") for column in _NAMES[:2])
    if not name:
        raise ValueError("it names no image")
    return relative_image(f"{folder}/{name}" if folder else name)


def _face_type(row: dict[str, str]) -> str:
    face_type = f"{row['face_type'] or ''}".strip()
    if face_type not in FACE_TYPES:
        raise ValueError(f"face_type is {face_type!r}, expected one of {', '.join(FACE_TYPES)}")
    return FACE_TYPES[face_type]


def _points_px(row: dict[str, str]) -> FloatArray:
    points_px = np.zeros(len(_PARTS))
    for i, column in enumerate(_PARTS):
        try:
            points_px[i] = float(row[column])
        except (TypeError, ValueError) as error:
            raise ValueError(f"{column} is {row[column]!r}, expected a number") from error
    return points_px.reshape(68, 2)
