"""Whether an ear loop hangs on the ear."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray


def loop_distance_mm(loop_mm: FloatArray, root_mm: FloatArray) -> float:
    """Greatest distance of the crease (K, 3) behind an ear from a loop's vertices (P, 3).

    The crease's two ends do not count: there the loop leaves it for the mask.
    """
    away_mm, _ = cKDTree(loop_mm).query(root_mm[1:-1])
    return float(np.max(away_mm))
