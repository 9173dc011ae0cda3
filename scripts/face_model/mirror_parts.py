"""Split displacements into the part that a mirror keeps and the part that it turns round."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray, IntArray

MIRROR_X = np.array([-1.0, 1.0, 1.0])


def mirrored(moved_mm: FloatArray, mirror: IntArray) -> FloatArray:
    """Displacements (..., V, 3) of the mirrored head."""
    return np.asarray(moved_mm[..., mirror, :] * MIRROR_X)


def even_part(moved_mm: FloatArray, mirror: IntArray) -> FloatArray:
    """The mirror-symmetric part, exactly."""
    return np.asarray((moved_mm + mirrored(moved_mm, mirror)) / 2)


def odd_part(moved_mm: FloatArray, mirror: IntArray) -> FloatArray:
    """The mirror-antisymmetric part, exactly."""
    return np.asarray((moved_mm - mirrored(moved_mm, mirror)) / 2)
