"""What the readers of landmarks files share: the file, its errors, and a face from bare points."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import ArrayLike

from mask3d.arrays import FloatArray
from mask3d.errors import BadLandmarksError
from mask3d.landmarks.pose import pose_of_points, with_depth
from mask3d.landmarks.types import Landmarks, Outline

REMEDY = "correct it, or write the file again with python -m mask3d.landmarks"


@dataclass(frozen=True, slots=True)
class LandmarksFile:
    """A landmarks file in memory.

    Attributes
    ----------
    path : Path
    data : bytes
    stem : relative path without its suffix, which names the image where the content does not
    outline : what the jaw points follow where the content does not say
    """

    path: Path
    data: bytes
    stem: str
    outline: Outline

    def text(self) -> str:
        """Content as text, without a byte order mark."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.error(f"it is no UTF-8 text: {error}") from error

    def error(self, reason: str, line: int | None = None) -> BadLandmarksError:
        """What is wrong, with the file and, counted from 1, the line."""
        place = f"{self.path}" if line is None else f"{self.path}, line {line}"
        return BadLandmarksError(f"{place}: {reason}", REMEDY)

    def face(self, points: ArrayLike, source: str) -> Landmarks:
        """A face of which only the points are known; ValueError says what is wrong with them."""
        points_px = checked_points(points)
        pose = pose_of_points(points_px)
        return Landmarks(points_px, box_of(points_px), 1.0, 1.0, *pose, source, self.outline)


def checked_points(points: ArrayLike) -> FloatArray:
    """Points as (68, 3), z made up where there is none; ValueError says what is wrong."""
    points_px: FloatArray = np.asarray(points, dtype=np.float64)
    if points_px.ndim != 2 or len(points_px) != 68 or points_px.shape[1] not in (2, 3):
        raise ValueError(f"the points have shape {points_px.shape}, expected (68, 2) or (68, 3)")
    if not np.isfinite(points_px).all():
        raise ValueError("the points hold numbers that are not finite")
    if not np.ptp(points_px[:, :2], axis=0).all():
        raise ValueError("the points all lie on one line")
    return points_px if points_px.shape[1] == 3 else with_depth(points_px)


def box_of(points_px: FloatArray) -> FloatArray:
    """The box x0, y0, x1, y1 of points (68, 3)."""
    xy = points_px[:, :2]
    return np.concatenate([xy.min(axis=0), xy.max(axis=0)])


def relative_image(image: str) -> str:
    """Path of an image with ``/``; ValueError where it is not relative to the photo folder."""
    if PurePosixPath(image).is_absolute():
        raise ValueError(f"image {image} is an absolute path, expected one relative to --in")
    return PurePosixPath(image).as_posix()
