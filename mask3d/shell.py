"""Stiff shells: a cup moves as one piece, its soft rim closes on the skin."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, push_out, radial_distance, skin_at
from mask3d.jit import inlined, kernel

RIM_CLEARANCE_MM = 0.8
SIZES = (0.88, 1.15)  # cups are sold from small to large
INSIDE_CLEARANCE_MM = 2.5
MAX_RIM_GIVE_MM = 12.0
GAP_WEIGHT = 0.4  # of the rim against the inside
SUNK_WEIGHT = 1.5  # of what is in the skin against what stands off it
SEAT_STEPS = 6
SHARES = np.array([1.0, 0.5, 0.25, 0.0])  # of a step: a whole one may leap clear of the skin
SEAL_STEPS = 5
INSIDE_STRIDE = 5  # every fifth point is enough to keep a smooth shell off the nose
NUDGES = np.diag([0.1, 0.1, 0.1, 0.002])  # mm and rad, for the slope of the residual
SEATED_STAYS = np.array([1.0, 0.5, 0.02, 20.0])  # residual per mm and rad: it is put on straight
HUNG_STAYS = np.array([0.2, 0.2, 0.1, 10.0])
SHARE_SOFTENING_MM2 = 1.0


def sized(shell_mm: FloatArray, carried_mm: FloatArray) -> FloatArray:
    """Shell (N, 3) turned, shifted and sized to lie next to its targets (N, 3).

    After Umeyama, IEEE Trans. PAMI 1991, within the sizes that are sold.
    """
    centre_mm, carried_centre_mm = shell_mm.mean(axis=0), carried_mm.mean(axis=0)
    turn, _ = Rotation.align_vectors(carried_mm - carried_centre_mm, shell_mm - centre_mm)
    turned_mm: FloatArray = turn.apply(shell_mm - centre_mm)
    size = (turned_mm * (carried_mm - carried_centre_mm)).sum() / (turned_mm**2).sum()
    sized_mm: FloatArray = turned_mm * np.clip(size, *SIZES) + carried_centre_mm
    return sized_mm


def seat_shell(
    shell_mm: FloatArray, rim: IntArray, softness: FloatArray, skin: ContactMap
) -> FloatArray:
    """Shell (N, 3) moved to where its rim meets the skin, with the rim sealed.

    Parameters
    ----------
    shell_mm : (N, 3) about where it belongs, see `sized`
    rim : (R,) points that seal, in order round the shell
    softness : (N,) share of the rim's movement that a point takes
    skin : ContactMap
    """
    inside = np.setdiff1d(np.arange(0, len(shell_mm), INSIDE_STRIDE, dtype=np.int32), rim)
    seated_mm = _settled(shell_mm, rim, inside, SEATED_STAYS, skin)
    return push_out(skin, _sealed(seated_mm, rim, softness, skin), RIM_CLEARANCE_MM)


def hang_shell(shell_mm: FloatArray, skin: ContactMap) -> FloatArray:
    """Shell (N, 3) that nothing presses on the skin, moved as one piece until it is off it."""
    every = np.arange(len(shell_mm), dtype=np.int32)
    hung_mm = _settled(shell_mm, every[:0], every, HUNG_STAYS, skin)
    return push_out(skin, hung_mm, RIM_CLEARANCE_MM)


def _settled(
    shell_mm: FloatArray, rim: IntArray, inside: IntArray, stays: FloatArray, skin: ContactMap
) -> FloatArray:
    """Shell shifted and pitched, by Gauss-Newton on the rim's gaps and the clearance inside."""
    centre_mm = shell_mm.mean(axis=0)
    rim_mm, inside_mm = shell_mm[rim] - centre_mm, shell_mm[inside] - centre_mm
    move = np.zeros(4)
    for _ in range(SEAT_STEPS):
        moves = move + np.vstack([np.zeros(4), NUDGES])
        residual, *nudged = _residuals(moves, rim_mm, inside_mm, centre_mm, stays, skin)
        jacobian = (np.array(nudged) - residual).T / np.diagonal(NUDGES)
        tried = move - SHARES[:, None] * np.linalg.lstsq(jacobian, residual)[0]
        left = _residuals(tried, rim_mm, inside_mm, centre_mm, stays, skin)
        move = tried[np.argmin((left**2).sum(axis=1))]
    return _moved(move, shell_mm, centre_mm)


@kernel
def _residuals(
    moves: FloatArray,
    rim_mm: FloatArray,
    inside_mm: FloatArray,
    centre_mm: FloatArray,
    stays: FloatArray,
    skin: ContactMap,
) -> FloatArray:
    """What each of some moves (M, 4) leaves to be wished for, (M, R + I + 4).

    The rim (R, 3) wants no gap, the inside (I, 3) its clearance, both seen from
    the centre, and the shell to stay where it was put.
    """
    rim, inside = len(rim_mm), len(inside_mm)
    residuals = np.zeros((len(moves), rim + inside + 4))
    place_mm, normal = np.zeros(3), np.zeros(3)
    for m in range(len(moves)):
        for i in range(rim):
            _move_point(moves[m], rim_mm[i], centre_mm, place_mm)
            gap_mm = skin_at(skin, place_mm, normal) - RIM_CLEARANCE_MM
            residuals[m, i] = (SUNK_WEIGHT if gap_mm < 0 else 1.0) * GAP_WEIGHT * gap_mm
        for i in range(inside):
            _move_point(moves[m], inside_mm[i], centre_mm, place_mm)
            sunk_mm = min(skin_at(skin, place_mm, normal) - INSIDE_CLEARANCE_MM, 0.0)
            residuals[m, rim + i] = SUNK_WEIGHT * sunk_mm
        for k in range(4):
            residuals[m, rim + inside + k] = moves[m, k] * stays[k]
    return residuals


@inlined
def _move_point(
    move: FloatArray, from_centre_mm: FloatArray, centre_mm: FloatArray, place_mm: FloatArray
) -> None:
    """`_moved` for one point."""
    cos, sin = np.cos(move[3]), np.sin(move[3])
    x, y, z = from_centre_mm
    place_mm[0] = x + centre_mm[0] + move[0]
    place_mm[1] = cos * y - sin * z + centre_mm[1] + move[1]
    place_mm[2] = sin * y + cos * z + centre_mm[2] + move[2]


def _moved(move: FloatArray, points_mm: FloatArray, centre_mm: FloatArray) -> FloatArray:
    """Points pitched by move[3] rad about the centre, then shifted by move[:3] mm."""
    cos, sin = np.cos(move[3]), np.sin(move[3])
    pitch = np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
    moved_mm: FloatArray = (points_mm - centre_mm) @ pitch.T + centre_mm + move[:3]
    return moved_mm


def _sealed(
    shell_mm: FloatArray, rim: IntArray, softness: FloatArray, skin: ContactMap
) -> FloatArray:
    """Soft part: each point takes the movement of the rim points next to it, by its softness."""
    shares = softness[:, None] * _shares(shell_mm, shell_mm[rim])
    sealed_mm = shell_mm.copy()
    for _ in range(SEAL_STEPS):
        rim_mm = sealed_mm[rim]
        give_mm = np.clip(
            RIM_CLEARANCE_MM - radial_distance(skin, rim_mm), -MAX_RIM_GIVE_MM, MAX_RIM_GIVE_MM
        )
        give_mm = (np.roll(give_mm, 1) + 2 * give_mm + np.roll(give_mm, -1)) / 4
        ray = rim_mm - skin.centre_mm
        ray /= np.linalg.norm(ray, axis=1, keepdims=True)
        sealed_mm = sealed_mm + shares @ (give_mm[:, None] * ray)  # (N, R) @ (R, 3)
    return sealed_mm


@kernel
def _shares(points_mm: FloatArray, rim_mm: FloatArray) -> FloatArray:
    """How much each point (N, 3) goes with each rim point (R, 3), rows sum to 1."""
    shares = np.zeros((len(points_mm), len(rim_mm)))
    for i in range(len(points_mm)):
        total = 0.0
        for j in range(len(rim_mm)):
            away_mm2 = SHARE_SOFTENING_MM2
            for k in range(3):
                away_mm2 += (points_mm[i, k] - rim_mm[j, k]) ** 2
            shares[i, j] = 1.0 / away_mm2**2
            total += shares[i, j]
        for j in range(len(rim_mm)):
            shares[i, j] /= total
    return shares
