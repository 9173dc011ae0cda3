"""The ``.pts`` files of 300-W: one face a file, its image of the same name.

300-W counts pixels as MATLAB does: the centre of the top-left pixel is (1, 1).
"""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.landmarks.files_base import LandmarksFile
from mask3d.landmarks.types import Landmarks

FIRST_PIXEL = 1.0
"""Coordinate of the centre of the top-left pixel (https://ibug.doc.ic.ac.uk/resources/300-W/)."""


def is_pts(head: bytes) -> bool:
    """Whether a file that begins so states the version of its format."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(b"version")


def read_pts(file: LandmarksFile) -> dict[str, list[Landmarks]]:
    """The one face of the file, by its relative path without the suffix."""
    lines = [line.strip() for line in file.text().split("\n")]
    if "{" not in lines or "}" not in lines[lines.index("{") :]:
        raise file.error("its points do not stand between { and }")
    first = lines.index("{") + 1
    last = lines.index("}", first)
    rows = [(i + 1, lines[i]) for i in range(first, last) if lines[i]]
    points_px = np.array([_row(file, number, line) for number, line in rows])
    try:
        return {file.stem: [file.face(points_px - FIRST_PIXEL, "pts")]}
    except ValueError as error:
        raise file.error(str(error), last + 1) from error


def _row(file: LandmarksFile, number: int, line: str) -> FloatArray:
    """The two numbers of a line."""
    try:
        x, y = map(float, line.split())
    except ValueError as error:
        raise file.error(f"{line!r} is no pair of numbers", number) from error
    return np.array([x, y])
