"""How far the threads of a cloth are longer or shorter than they can be."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.sheet import Sheet


def strain_pct(cage_mm: FloatArray, sheet: Sheet) -> FloatArray:
    """Strain (L,) of the threads of a sheet at rest at `cage_mm` (N, 3), percent.

    A link whose length lies within its bounds has none: an open pleat is no
    stretched thread.
    """
    i, j = sheet.pairs[sheet.is_thread].T
    shortest_mm, longest_mm = sheet.bounds_mm[sheet.is_thread].T
    length_mm = np.linalg.norm(cage_mm[i] - cage_mm[j], axis=1)
    over = np.maximum(length_mm / longest_mm - 1.0, 0.0)
    under = np.maximum(1.0 - length_mm / np.maximum(shortest_mm, 1e-9), 0.0)
    strain: FloatArray = 100.0 * np.where(shortest_mm > 0, np.maximum(over, under), over)
    return strain
