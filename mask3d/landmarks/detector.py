"""What every landmark detector is, and the order in which it hands out faces."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from mask3d.arrays import ByteArray
from mask3d.landmarks.types import Landmarks


class LandmarkDetector(Protocol):
    """Finds faces and their 68 points; holds its nets, nothing else."""

    def detect(self, rgb: ByteArray) -> list[Landmarks]:
        """Landmarks of every face of a photo (H, W, 3), the largest first.

        Raises
        ------
        ValueError
            `rgb` is no (H, W, 3) array of bytes.
        """
        ...


def check_rgb(rgb: ByteArray) -> None:
    """Raise ValueError unless `rgb` is a (H, W, 3) array of bytes."""
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
        raise ValueError(f"rgb is {rgb.dtype} {rgb.shape}, expected uint8 (H, W, 3)")


def largest_first(face: Landmarks) -> tuple[float, ...]:
    """Sorting key: the area of the box, then its top-left corner."""
    x0, y0, x1, y1 = (float(side) for side in face.box_px)
    return (-(x1 - x0) * (y1 - y0), x0, y0)
