"""Weak-perspective pose of 68 points in 3D from their 2D places: where a fit starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import FloatArray

_ROUNDS = 10
"""Rounds of reweighting; one displaced point has lost its pull after about five."""
_MIN_SPREAD = 1e-9
"""Floor under the scatter of the residuals, relative to the points: no division by zero."""


@dataclass(frozen=True, slots=True, eq=False)
class WeakPerspective:
    """Image points are ``px_per_mm * (cam_from_face @ p)[:2] + origin_px``.

    Attributes
    ----------
    cam_from_face : (3, 3) rotation
    px_per_mm : float
    origin_px : (2,) where the origin of the face frame falls
    """

    cam_from_face: FloatArray
    px_per_mm: float
    origin_px: FloatArray


def weak_perspective(
    points_px: FloatArray, points_mm: FloatArray, weights: FloatArray
) -> WeakPerspective:
    """The pose under which `points_mm` (N, 3) fall on `points_px` (N, 2), robust to outliers.

    Each point counts by its weight (N,), some of which must be positive.
    The best affine map is found by reweighted least squares and then replaced
    by the nearest scaled rotation, which needs no first guess of the pose. A
    map without extent (all points in one place) gives ``px_per_mm`` 0.
    """
    affine = _robust_affine(points_px, points_mm, weights)  # (4, 2)
    left, scales, right = np.linalg.svd(affine[:3].T, full_matrices=False)
    rows = left @ right  # (2, 3) orthonormal
    rotation = np.vstack([rows, np.cross(rows[0], rows[1])])
    return WeakPerspective(rotation, float(scales.mean()), affine[3])


def _robust_affine(points_px: FloatArray, points_mm: FloatArray, weights: FloatArray) -> FloatArray:
    """Affine map (4, 2) from homogeneous `points_mm`, by reweighting with a Cauchy loss."""
    design = np.column_stack([points_mm, np.ones(len(points_mm))])
    floor_px = _MIN_SPREAD * (1.0 + np.abs(points_px).max())
    pull = np.ones(len(points_px))
    affine = np.zeros((4, 2))
    for _ in range(_ROUNDS):
        weighted = design * (weights * pull)[:, None]
        affine[:] = np.linalg.solve(design.T @ weighted, weighted.T @ points_px)
        distances_px = np.linalg.norm(points_px - design @ affine, axis=1)
        spread_px = max(float(np.median(distances_px)), floor_px)
        pull = 1.0 / (1.0 + (distances_px / (2.0 * spread_px)) ** 2)
    return affine
