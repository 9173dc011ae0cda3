"""Maximum a posteriori pose and shape of a head whose landmarks are seen by a known camera."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from mask3d.arrays import FloatArray
from mask3d.camera import Camera
from mask3d.face_fit_head import HeadState, LandmarkBasis

POINT_SIGMA_MM = 3.0
"""Scatter of a landmark on each axis; 2 % of a face of about 145 mm.

Twice that of good points (1.5 % is a mean distance), because real heads are
not drawn from the model: what no point sees would follow the points by the
model's correlations alone.
"""
POINT_DOF = 6.0
"""Degrees of freedom of the Student t noise: a point 3 sigma off keeps 40 % of its weight."""
JAW_TANGENT_FREEDOM = 3.0
"""How many times farther a jaw point may slide along the contour than across it."""

_JAW_PREVIOUS = np.maximum(np.arange(17) - 1, 0)
_JAW_NEXT = np.minimum(np.arange(17) + 1, 16)
_POSE_PARAMETERS = 6
_POSE_PRIOR = 1e-9
"""Nothing is known of the pose; this only keeps the equations solvable without points."""
_MAX_ROUNDS = 20
_STEP_TOLERANCE = 1e-3
"""In radians and standard deviations: far below what the points can tell."""
_MAX_TURN_RAD = 0.5
_MAX_LOG_STEP = 0.3
"""Longest step in the logarithm of the distance; beyond, the linearisation means nothing."""
MIN_DISTANCE_MM = 400.0
"""The face begins some 100 mm in front of the origin: no point comes near the lens."""
_TINY = 1e-12


def solve(
    basis_of: Callable[[HeadState], LandmarkBasis],
    camera: Camera,
    points_px: FloatArray,
    weights: FloatArray,
    start: HeadState,
) -> HeadState:
    """The most probable state given `points_px` (68, 2) of which each counts by `weights` (68,).

    Gauss-Newton on the pose and the coefficients together; Student t noise by
    reweighting, so a point far off has little pull. What the points are on the
    head may depend on how it is seen: `basis_of` is asked in every round.
    """
    state = start
    for _ in range(_MAX_ROUNDS):
        basis = basis_of(state)
        residuals, jacobian = linearise(basis, camera, points_px, state)
        step = _step(basis, state, residuals, jacobian, weights * _pull(residuals))
        state = moved(state, step)
        if np.abs(step).max() < _STEP_TOLERANCE:
            break
    return state


def _step(
    basis: LandmarkBasis,
    state: HeadState,
    residuals: FloatArray,
    jacobian: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    """The step (6 + K,) to the minimum of the weighted squares and the prior."""
    prior: FloatArray = np.append(np.full(_POSE_PARAMETERS, _POSE_PRIOR), basis.prior)
    weighted = (jacobian * weights[:, None, None]).reshape(-1, len(prior))
    gradient = weighted.T @ residuals.reshape(-1)
    gradient[_POSE_PARAMETERS:] += basis.prior * state.coefficients
    curvature: FloatArray = weighted.T @ jacobian.reshape(-1, len(prior)) + np.diag(prior)
    return np.linalg.solve(curvature, -gradient).astype(np.float64)


def linearise(
    basis: LandmarkBasis, camera: Camera, points_px: FloatArray, state: HeadState
) -> tuple[FloatArray, FloatArray]:
    """Whitened residuals (68, 2) and their derivatives (68, 2, 6 + K).

    In the order of the steps: turn, ray, logarithm of the distance,
    coefficients. The whitening counts as constant.
    """
    points_cam_mm = state.cam_mm(basis.mean_mm, basis.modes_mm)
    turned_mm = points_cam_mm - state.origin_cam_mm
    projected_px = camera.project(points_cam_mm)
    mm_per_px = state.distance_mm / camera.focal_px
    whiten = mm_per_px * _whitening(projected_px)  # (68, 2, 2)
    by_cam = whiten @ _projection_derivative(camera, points_cam_mm)  # (68, 2, 3)
    derivatives = [
        -by_cam @ _cross_matrices(turned_mm),  # turning by w moves p by w x p
        by_cam[..., :2] * state.distance_mm,
        by_cam @ state.origin_cam_mm[:, None],  # by the logarithm of the distance
        (by_cam @ state.rotation) @ basis.modes_mm,
    ]
    residuals = (whiten @ (projected_px - points_px)[..., None])[..., 0]
    return residuals, np.concatenate(derivatives, axis=2)


def _projection_derivative(camera: Camera, points_cam_mm: FloatArray) -> FloatArray:
    """Derivative (N, 2, 3) of the pixels by the camera coordinates."""
    depth_mm = points_cam_mm[:, 2, None, None]
    derivative = np.tile(np.eye(2, 3), (len(points_cam_mm), 1, 1))
    derivative[:, :, 2:] -= points_cam_mm[:, :2, None] / depth_mm
    return camera.focal_px * derivative / depth_mm


def _cross_matrices(vectors: FloatArray) -> FloatArray:
    """Matrices (N, 3, 3) whose product with w is ``cross(vector, w)``."""
    matrices = np.zeros((len(vectors), 3, 3))
    matrices[:, [2, 0, 1], [1, 2, 0]] = vectors
    return matrices - matrices.transpose(0, 2, 1)


def _whitening(projected_px: FloatArray) -> FloatArray:
    """Matrices (68, 2, 2) that turn mm into standard deviations, looser along the jaw."""
    tangents = projected_px[_JAW_NEXT] - projected_px[_JAW_PREVIOUS]
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True) + _TINY
    whiten = np.tile(np.eye(2), (len(projected_px), 1, 1))
    slack = 1.0 - 1.0 / JAW_TANGENT_FREEDOM
    whiten[: len(tangents)] -= slack * tangents[:, :, None] * tangents[:, None, :]
    return whiten / POINT_SIGMA_MM


def _pull(residuals: FloatArray) -> FloatArray:
    """Weight (68,) of each point under the Student t."""
    squared: FloatArray = np.sum(residuals**2, axis=1)
    return (POINT_DOF + 2.0) / (POINT_DOF + squared)


def moved(state: HeadState, step: FloatArray) -> HeadState:
    """`state` after a step (6 + K,): turn, ray, log distance, coefficients."""
    turn = step[:3] * min(1.0, _MAX_TURN_RAD / (float(np.linalg.norm(step[:3])) + _TINY))
    log_step = float(np.clip(step[5], -_MAX_LOG_STEP, _MAX_LOG_STEP))
    return HeadState(
        rotation=cv2.Rodrigues(turn)[0] @ state.rotation,
        ray=state.ray + step[3:5],
        distance_mm=max(state.distance_mm * float(np.exp(log_step)), MIN_DISTANCE_MM),
        coefficients=state.coefficients + step[_POSE_PARAMETERS:],
    )
