"""68 landmarks of one face, whoever found them.

The convention is the projected 3D contour (AFLW2000-3D, 300W-LP, FAN 3D): in
profile the far jaw runs through the face. Order as in iBUG 68.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import FloatArray, freeze_fields


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Landmarks of one face.

    Attributes
    ----------
    points_px : (68, 3)
        x right, y down in photo pixels; z in pixels, larger is nearer to the
        viewer, its origin arbitrary.
    box_px : (4,) x0, y0, x1, y1 of the face
    score : detector score, 0..1
    confidence : how far the points are to be trusted, 0..1
    yaw_deg, pitch_deg, roll_deg
        yaw > 0: nose toward image left; pitch > 0: nose up; roll > 0: head
        turned clockwise in the image.
    source : name of what found them
    """

    points_px: FloatArray
    box_px: FloatArray
    score: float
    confidence: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    source: str

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        freeze_fields(self, {"points_px": ((68, 3), np.float64), "box_px": ((4,), np.float64)})
