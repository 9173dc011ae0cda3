"""Stiff shells: a cup moves as one piece, its soft rim closes on the skin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, push_out, radial_distance, skin_distance
from mask3d.jit import kernel

RIM_CLEARANCE_MM = 0.8
SIZES = (0.9, 1.15)  # cups are sold from small to large
INSIDE_CLEARANCE_MM = 2.5
MAX_RIM_GIVE_MM = 9.0
SEAT_STEPS = 12
SEAL_STEPS = 4
TILT_PRIOR = 20.0  # residual per radian; a cup is put on straight
INSIDE_STRIDE = 5  # every fifth point is enough to keep a smooth shell off the nose


def seat_shell(
    shell_mm: FloatArray,
    carried_mm: FloatArray,
    rim: IntArray,
    softness: FloatArray,
    skin: ContactMap,
) -> FloatArray:
    """Shell (N, 3) moved to where its rim meets the skin, with the rim sealed.

    Parameters
    ----------
    shell_mm : (N, 3) the shell as it was moulded
    carried_mm : (N, 3) where the head that wears it would carry its points
    rim : (R,) points that seal
    softness : (N,) share of the rim's movement that a point takes
    skin : ContactMap
    """
    seated_mm = _seat(_sized(shell_mm, carried_mm), rim, skin)
    return push_out(skin, _seal(seated_mm, rim, softness, skin), RIM_CLEARANCE_MM)


def _sized(points_mm: FloatArray, target_mm: FloatArray) -> FloatArray:
    """Points (N, 3) turned, shifted and sized to lie next to their targets (Umeyama 1991)."""
    centre_mm, target_centre_mm = points_mm.mean(axis=0), target_mm.mean(axis=0)
    turn, _ = Rotation.align_vectors(target_mm - target_centre_mm, points_mm - centre_mm)
    turned_mm: FloatArray = turn.apply(points_mm - centre_mm)
    size = (turned_mm * (target_mm - target_centre_mm)).sum() / (turned_mm**2).sum()
    sized_mm: FloatArray = turned_mm * np.clip(size, *SIZES) + target_centre_mm
    return sized_mm


def _seat(shell_mm: FloatArray, rim: IntArray, skin: ContactMap) -> FloatArray:
    """Rigid part: shift and pitch by Gauss-Newton on rim gaps and clearance inside."""
    centre_mm = shell_mm[rim].mean(axis=0)
    inside = np.setdiff1d(np.arange(0, len(shell_mm), INSIDE_STRIDE), rim)
    pose = np.zeros(4)
    for _ in range(SEAT_STEPS):
        residual = _seat_residual(pose, shell_mm, centre_mm, rim, inside, skin)
        jacobian = np.stack(
            [
                (_seat_residual(pose + step, shell_mm, centre_mm, rim, inside, skin) - residual)
                / step.sum()
                for step in np.diag([0.1, 0.1, 0.1, 0.002])
            ],
            axis=1,
        )
        normal = jacobian.T @ jacobian + 1e-6 * np.eye(4)
        pose = pose - np.linalg.solve(normal, jacobian.T @ residual)
    return _moved(pose, shell_mm, centre_mm)


def _seat_residual(
    pose: FloatArray,
    shell_mm: FloatArray,
    centre_mm: FloatArray,
    rim: IntArray,
    inside: IntArray,
    skin: ContactMap,
) -> FloatArray:
    gap_mm, _ = skin_distance(skin, _moved(pose, shell_mm[rim], centre_mm))
    gap_mm = gap_mm - RIM_CLEARANCE_MM
    depth_mm, _ = skin_distance(skin, _moved(pose, shell_mm[inside], centre_mm))
    sunk_mm = np.minimum(depth_mm - INSIDE_CLEARANCE_MM, 0.0)
    prior = pose * [1.0, 0.5, 0.02, TILT_PRIOR]
    open_mm = 0.4 * np.where(gap_mm < 0, 1.5 * gap_mm, gap_mm)
    return np.concatenate([open_mm, 1.5 * sunk_mm, prior])


def _moved(pose: FloatArray, points_mm: FloatArray, centre_mm: FloatArray) -> FloatArray:
    """Points pitched by pose[3] rad about the centre, then shifted by pose[:3] mm."""
    cos, sin = np.cos(pose[3]), np.sin(pose[3])
    pitch = np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
    moved_mm: FloatArray = (points_mm - centre_mm) @ pitch.T + centre_mm + pose[:3]
    return moved_mm


def _seal(
    shell_mm: FloatArray, rim: IntArray, softness: FloatArray, skin: ContactMap
) -> FloatArray:
    """Soft part: each point takes the movement of the nearest rim point, by its softness."""
    nearest = _nearest(shell_mm, shell_mm[rim])
    sealed_mm = shell_mm.copy()
    for _ in range(SEAL_STEPS):
        rim_mm = sealed_mm[rim]
        give_mm = np.clip(
            RIM_CLEARANCE_MM - radial_distance(skin, rim_mm), -MAX_RIM_GIVE_MM, MAX_RIM_GIVE_MM
        )
        give_mm = (np.roll(give_mm, 1) + 2 * give_mm + np.roll(give_mm, -1)) / 4
        ray = rim_mm - skin.centre_mm
        ray /= np.linalg.norm(ray, axis=1, keepdims=True)
        movement_mm = 0.8 * give_mm[:, None] * ray
        sealed_mm = sealed_mm + softness[:, None] * movement_mm[nearest]
    return sealed_mm


@kernel
def _nearest(points_mm: FloatArray, to_mm: FloatArray) -> NDArray[np.int64]:
    found = np.zeros(len(points_mm), np.int64)
    for i in range(len(points_mm)):
        best = np.inf
        for j in range(len(to_mm)):
            away = ((points_mm[i] - to_mm[j]) ** 2).sum()
            if away < best:
                best = away
                found[i] = j
    return found
