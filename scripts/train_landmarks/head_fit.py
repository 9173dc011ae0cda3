"""Fit the head model to the points of many faces at once, under scaled orthography."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from mask3d.arrays import FloatArray
from scripts.train_landmarks.points import PointBasis

POINT_DOF = 6.0  # degrees of freedom of the Student t noise
YAW_SIGMA_RAD = np.radians(10.0)  # of the labels: AFLW fits them from the 21 points
ROUNDS = 14  # of Gauss-Newton; the last ones move points by less than 0.1 mm
BATCH = 500
MAX_TURN_RAD = 0.4
_POSE = 6  # turn (3), origin (2), logarithm of the scale
_TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What is known of N faces.

    Attributes
    ----------
    points_px : (N, M, 2), anything where the weight is 0
    per_mm : (N, M) 1 / scatter of the point in mm, 0 where it is not seen
    yaw_deg : (N,) > 0: nose toward image left
    """

    points_px: FloatArray
    per_mm: FloatArray
    yaw_deg: FloatArray

    def part(self, index: slice | FloatArray) -> Observed:
        """Some of the faces."""
        return Observed(self.points_px[index], self.per_mm[index], self.yaw_deg[index])


@dataclass(frozen=True, slots=True, eq=False)
class HeadFits:
    """N heads; ``px_per_mm * (rotation @ p)[:2] + origin_px`` is where a point falls.

    Attributes
    ----------
    rotation : (N, 3, 3) cam from face
    px_per_mm : (N,)
    origin_px : (N, 2)
    coefficients : (N, K)
    """

    rotation: FloatArray
    px_per_mm: FloatArray
    origin_px: FloatArray
    coefficients: FloatArray

    def part(self, i: int) -> HeadFits:
        """One of the heads, N = 1."""
        rows = slice(i, i + 1)
        return HeadFits(
            self.rotation[rows], self.px_per_mm[rows], self.origin_px[rows], self.coefficients[rows]
        )

    def yaw_deg(self) -> FloatArray:
        """Yaw (N,), beyond 90° too."""
        return np.degrees(_yaw(self.rotation))

    def points_px(self, basis: PointBasis) -> FloatArray:
        """Points (N, M, 3) in pixels; z is larger nearer to the viewer."""
        mm = basis.mean_mm + np.einsum("mdk,nk->nmd", basis.modes_mm, self.coefficients)
        cam_mm = np.einsum("nij,nmj->nmi", self.rotation, mm)
        points: FloatArray = cam_mm * (1, 1, -1) * self.px_per_mm[:, None, None]
        points[..., :2] += self.origin_px[:, None]
        return points


def fit_heads(basis: PointBasis, observed: Observed) -> HeadFits:
    """The most probable heads: robust to wrong points, held to the model and the yaw."""
    starts = range(0, len(observed.yaw_deg), BATCH)
    parts = [
        _fit_batch(basis, observed.part(slice(start, start + BATCH)))
        for start in tqdm(starts, "fitting heads", disable=None)
    ]
    fields = ("rotation", "px_per_mm", "origin_px", "coefficients")
    return HeadFits(*(np.concatenate([getattr(part, name) for part in parts]) for name in fields))


def _fit_batch(basis: PointBasis, observed: Observed) -> HeadFits:
    fits = _start(basis, observed)
    for _ in range(ROUNDS):
        fits = _moved(fits, _step(basis, observed, fits))
    return fits


def _start(basis: PointBasis, observed: Observed) -> HeadFits:
    """The mean head at the labelled yaw, shifted, scaled and rolled onto the points."""
    yaw = np.radians(observed.yaw_deg)
    sin, cos, zero, one = np.sin(yaw), np.cos(yaw), np.zeros_like(yaw), np.ones_like(yaw)
    columns = [[cos, zero, -sin], [zero, -one, zero], [-sin, zero, -cos]]  # x, up, nose
    rotation: FloatArray = np.moveaxis(np.array(columns), -1, 0).transpose(0, 2, 1)
    model_mm = np.einsum("nij,mj->nmi", rotation[:, :2], basis.mean_mm)
    a, b, origin = _similarity(model_mm, observed.points_px, observed.per_mm)
    scale = np.hypot(a, b) + _TINY
    roll = np.zeros((len(yaw), 3, 3))
    roll[:, 0, 0] = roll[:, 1, 1] = a / scale
    roll[:, 1, 0], roll[:, 0, 1] = b / scale, -b / scale
    roll[:, 2, 2] = 1
    return HeadFits(roll @ rotation, scale, origin, np.zeros((len(yaw), len(basis.prior))))


def _similarity(
    source: FloatArray, target: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Least-squares x -> [[a, -b], [b, a]] x + origin between points (N, M, 2)."""
    weights = weights / (weights.sum(axis=1, keepdims=True) + _TINY)
    from_mean = np.einsum("nm,nmd->nd", weights, source)
    to_mean = np.einsum("nm,nmd->nd", weights, target)
    p, q = source - from_mean[:, None], target - to_mean[:, None]
    norm = np.einsum("nm,nmd->n", weights, p**2) + _TINY
    a = np.einsum("nm,nmd->n", weights, p * q) / norm
    b = np.einsum("nm,nm->n", weights, p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]) / norm
    turned = np.stack(
        [a * from_mean[:, 0] - b * from_mean[:, 1], b * from_mean[:, 0] + a * from_mean[:, 1]],
        axis=1,
    )
    return a, b, to_mean - turned


def _step(basis: PointBasis, observed: Observed, fits: HeadFits) -> FloatArray:
    """Gauss-Newton step (N, 6 + K)."""
    mm = basis.mean_mm + np.einsum("mdk,nk->nmd", basis.modes_mm, fits.coefficients)
    cam_mm = np.einsum("nij,nmj->nmi", fits.rotation, mm)
    scale = fits.px_per_mm[:, None, None]
    error_mm = cam_mm[..., :2] + (fits.origin_px[:, None] - observed.points_px) / scale
    residuals = error_mm * observed.per_mm[..., None]
    pull = (POINT_DOF + 2) / (POINT_DOF + (residuals**2).sum(axis=-1))
    weights = observed.per_mm**2 * pull  # (N, M)
    jacobian = _jacobian(basis, fits, cam_mm).astype(np.float32)
    rows = jacobian.reshape(len(weights), -1, jacobian.shape[-1])  # (N, 2M, 6 + K)
    weighted = rows * np.repeat(weights, 2, axis=1)[..., None].astype(np.float32)
    curvature = (weighted.transpose(0, 2, 1) @ rows).astype(np.float64)
    flat = error_mm.reshape(len(weights), -1, 1).astype(np.float32)
    gradient = (weighted.transpose(0, 2, 1) @ flat)[..., 0].astype(np.float64)
    _add_priors(curvature, gradient, basis, observed, fits)
    return np.linalg.solve(curvature, -gradient[..., None])[..., 0]


def _jacobian(basis: PointBasis, fits: HeadFits, cam_mm: FloatArray) -> FloatArray:
    """Derivatives (N, M, 2, 6 + K) of the points in mm of the image plane."""
    x, y, z = cam_mm[..., 0], cam_mm[..., 1], cam_mm[..., 2]
    zero, one = np.zeros_like(x), np.ones_like(x)
    by_pose = [[zero, z, -y, one, zero, x], [-z, zero, x, zero, one, y]]  # turn w moves p by w x p
    pose = np.moveaxis(np.array(by_pose), (0, 1), (2, 3))
    shape = np.einsum("nij,mjk->nmik", fits.rotation[:, :2], basis.modes_mm, optimize=True)
    return np.concatenate([pose, shape], axis=-1)


def _add_priors(
    curvature: FloatArray,
    gradient: FloatArray,
    basis: PointBasis,
    observed: Observed,
    fits: HeadFits,
) -> None:
    """Add the model's prior and that of the yaw, in place."""
    diagonal = np.arange(_POSE, _POSE + len(basis.prior))
    curvature[:, diagonal, diagonal] += basis.prior
    curvature[:, range(_POSE), range(_POSE)] += _TINY
    gradient[:, _POSE:] += basis.prior * fits.coefficients
    nose = fits.rotation[:, :, 2]
    level = nose[:, 0] ** 2 + nose[:, 2] ** 2 + _TINY
    by_turn = np.stack(  # derivative of the yaw, at most 1 around the vertical
        [-nose[:, 0] * nose[:, 1] / level, np.ones(len(nose)), -nose[:, 1] * nose[:, 2] / level], 1
    )
    error = _yaw(fits.rotation) - np.radians(observed.yaw_deg)
    error = (error + np.pi) % (2 * np.pi) - np.pi
    curvature[:, :3, :3] += by_turn[:, :, None] * by_turn[:, None, :] / YAW_SIGMA_RAD**2
    gradient[:, :3] += by_turn * (error / YAW_SIGMA_RAD**2)[:, None]


def _yaw(rotation: FloatArray) -> FloatArray:
    """Yaw (N,) in radians; > 0: nose toward image left."""
    return np.arctan2(-rotation[:, 0, 2], -rotation[:, 2, 2])


def _moved(fits: HeadFits, step: FloatArray) -> HeadFits:
    """`fits` after a step (N, 6 + K)."""
    turn = step[:, :3]
    angle = np.linalg.norm(turn, axis=1, keepdims=True)
    turn = turn * np.minimum(1, MAX_TURN_RAD / (angle + _TINY))
    return HeadFits(
        rotation=_rotation(turn) @ fits.rotation,
        px_per_mm=fits.px_per_mm * np.exp(np.clip(step[:, 5], -0.3, 0.3)),
        origin_px=fits.origin_px + step[:, 3:5] * fits.px_per_mm[:, None],
        coefficients=fits.coefficients + step[:, _POSE:],
    )


def _rotation(turn: FloatArray) -> FloatArray:
    """Rotations (N, 3, 3) by turns (N, 3) in radians (Rodrigues)."""
    angle = np.linalg.norm(turn, axis=1)[:, None, None] + _TINY
    x, y, z = (turn / angle[:, 0]).T
    zero = np.zeros_like(x)
    cross = np.moveaxis(np.array([[zero, -z, y], [z, zero, -x], [-y, x, zero]]), -1, 0)
    turned: FloatArray = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return turned
