"""Where annotators put a point, against where the head model has it: millimetres in the face frame.

FaceMesh and AFLW mark other places than the model's own landmarks do, above all
at the jaw and the brows. What is left over by the fits of many faces, seen from
many sides, is such a displacement, the same on every face and mirrored from one
side to the other. So a convention that is known only at small yaw is known at
every yaw.
"""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from scripts.train_landmarks.head_fit import HeadFits, Observed, fit_heads
from scripts.train_landmarks.points import MIRROR_89, PointBasis

ROUNDS = 6  # the last one moves no point by more than 0.3 mm
RIDGE = 0.02  # pull to no displacement, in shares of the faces that show the point
OUTLIER_MM = 6.0  # a point this far off keeps half of its weight
_FLIP = np.array([-1.0, 1.0, 1.0])


def learn_offsets(basis: PointBasis, observed: Observed) -> FloatArray:
    """Displacements (M, 3) in mm that `basis` lacks."""
    offsets_mm = np.zeros_like(basis.mean_mm)
    for _ in range(ROUNDS):
        moved = basis.moved(offsets_mm)
        offsets_mm = offsets_mm + _left_over(moved, observed, fit_heads(moved, observed))
    return offsets_mm


def _left_over(basis: PointBasis, observed: Observed, fits: HeadFits) -> FloatArray:
    """Least-squares displacement (M, 3), symmetric, that the residuals of `fits` ask for."""
    error_mm = observed.points_px - fits.points_px(basis)[..., :2]
    error_mm = error_mm / fits.px_per_mm[:, None, None]
    weights = (observed.per_mm > 0) / (1 + (error_mm**2).sum(axis=-1) / OUTLIER_MM**2)
    rows = fits.rotation[:, :2]  # (N, 2, 3)
    squares = np.einsum("nm,nij,nik->mjk", weights, rows, rows, optimize=True)
    products = np.einsum("nm,nij,nmi->mj", weights, rows, error_mm, optimize=True)
    squares = squares + _FLIP[:, None] * squares[MIRROR_89] * _FLIP
    products = products + _FLIP * products[MIRROR_89]
    ridge = RIDGE * np.trace(squares, axis1=1, axis2=2) / 3 + 1e-9
    squares = squares + ridge[:, None, None] * np.eye(3)
    offsets_mm: FloatArray = np.linalg.solve(squares, products[..., None])[..., 0]
    return offsets_mm
