"""The pinhole camera, and the frames that meet in it.

px    image: x right, y down, (0, 0) the centre of the top-left pixel.
cam   camera, mm: x right, y down, z away from the viewer (OpenCV).
face  head, mm: x to the subject's left, y up, z out of the face.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mask3d.arrays import FloatArray, freeze_fields


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """Perspective camera without distortion.

    Parameters
    ----------
    focal_px : float
    principal_px : (2,) array
    image_wh : (int, int)
    """

    focal_px: float
    principal_px: FloatArray
    image_wh: tuple[int, int]

    def __post_init__(self) -> None:
        """Check the fields."""
        if not self.focal_px > 0:
            raise ValueError(f"focal_px is {self.focal_px}, expected > 0")
        freeze_fields(self, {"principal_px": ((2,), np.float64)})

    def project(self, points_cam_mm: FloatArray) -> FloatArray:
        """Pixels (..., 2) of camera points (..., 3); z must be positive."""
        return self.principal_px + self.focal_px * points_cam_mm[..., :2] / points_cam_mm[..., 2:]

    def crop(self, x0: int, y0: int, width: int, height: int) -> Camera:
        """Camera of the rectangle whose top-left pixel is (x0, y0)."""
        origin_px = np.array([x0, y0], float)
        return replace(self, principal_px=self.principal_px - origin_px, image_wh=(width, height))


def transform(b_from_a: FloatArray, points_a: FloatArray) -> FloatArray:
    """Map points (..., 3) by a 4x4 rigid transform."""
    return points_a @ b_from_a[:3, :3].T + b_from_a[:3, 3]
