"""Whether an ear loop hangs on the ear."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull, cKDTree

from mask3d.arrays import FloatArray, IntArray


def loop_distance_mm(loop_mm: FloatArray, root_mm: FloatArray, ends_mm: FloatArray) -> float:
    """Greatest distance of the crease (K, 3) behind an ear from a loop's vertices (P, 3).

    Only where the crease holds a thread that is pulled tight from `ends_mm` (2, 3): low
    ends, of a mask under the chin, draw the loop straight down from the back of the ear.
    """
    away_mm, _ = cKDTree(loop_mm).query(root_mm[_holding(root_mm, ends_mm)])
    return float(np.max(away_mm))


def _holding(root_mm: FloatArray, ends_mm: FloatArray) -> IntArray:
    """Points of the crease that are corners of its hull with the ends, seen from the side.

    The crease's two ends do not count: there the loop leaves it for the mask.
    """
    corners = ConvexHull(np.concatenate([root_mm, ends_mm])[:, 1:]).vertices
    inner: IntArray = corners[(corners > 0) & (corners < len(root_mm) - 1)].astype(np.int32)
    return inner
