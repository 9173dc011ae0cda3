"""From the base mesh to the face frame: adult size in millimetres, origin between the ears."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from scripts.face_model.source import BaseMesh

# The base mesh is a stylised head, smaller than people are: mean face width 134 mm, head breadth
# 141 mm, face length (sellion to menton) 109 mm, head length 191 mm, nose protrusion 19 mm. Each
# axis is scaled to the mean of men and women in the NIOSH survey of 3997 adults (Zhuang and
# Bradtmiller 2005, J. Occup. Environ. Hyg. 2:567, the basis of ISO/TS 16976-2): 139, 150, 118,
# 192 and 20.5 mm. x takes the mean ratio of face width and head breadth, y that of the face
# length, z the mean ratio of head length and nose protrusion.
AXIS_SCALE = np.array([1.052, 1.095, 1.02])
TRAGION_VERTEX = 12076  # front of the left ear canal


def to_face_frame(base: BaseMesh, mean_mm: FloatArray) -> FloatArray:
    """Place the mean head (N, 3): scaled, x = 0 in the plane of symmetry, y = z = 0 at the ears."""
    if not np.array_equal(mean_mm[base.mirror] * [-1.0, 1.0, 1.0], mean_mm):
        mean_mm = (mean_mm + mean_mm[base.mirror] * [-1.0, 1.0, 1.0]) / 2
    scaled_mm = mean_mm * AXIS_SCALE
    origin_mm = scaled_mm[TRAGION_VERTEX] * [0.0, 1.0, 1.0]
    return np.asarray(scaled_mm - origin_mm)
