"""68 landmarks of one face, whoever found them, in the order of iBUG 68.

Two conventions are in use for the jaw of a turned head, points 0 to 16. The
projected 3D contour (AFLW2000-3D, 300W-LP, FAN 3D): the far jaw runs through
the face. The visible outline (dlib, 300-W): it slides along the cheek that is
seen before the background.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mask3d.arrays import FloatArray, freeze_fields

Outline = Literal["contour3d", "visible"]
"""What the jaw points of a turned head follow."""


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
    outline : what the jaw points follow
    point_confidence : (68,), how far each point is to be trusted, 0..1, or None for all alike
    """

    points_px: FloatArray
    box_px: FloatArray
    score: float
    confidence: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    source: str
    outline: Outline = "contour3d"
    point_confidence: FloatArray | None = None

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        freeze_fields(self, {"points_px": ((68, 3), np.float64), "box_px": ((4,), np.float64)})
        if self.point_confidence is not None:
            freeze_fields(self, {"point_confidence": ((68,), np.float64)})
            if self.point_confidence.min() < 0.0 or self.point_confidence.max() > 1.0:
                raise ValueError("point_confidence holds numbers outside of 0 to 1")
