"""Round exhalation valves that sit on a sheet: stiff, flat discs with a slotted lid."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from mask3d.arrays import FloatArray, IntArray
from mask3d.rig import Surface

SECTORS = 32
# outline of a valve from the cloth to the middle of its lid: share of the radius, height in mm;
# a place that comes twice keeps a hard edge
PROFILE = (
    *((1.0, 0.3), (1.0, 2.6), (1.0, 2.6), (0.93, 3.6), (0.93, 3.6), (0.80, 3.9), (0.80, 3.9)),
    *((0.76, 2.9), (0.76, 2.9), (0.64, 2.9), (0.64, 2.9), (0.60, 4.2), (0.60, 4.2)),
    *((0.40, 5.0), (0.18, 5.3), (0.0, 5.4)),
)
SLOT_DARK, SPOKE_DARK, SPOKE_MM = 0.85, 0.2, 0.8  # of the lid's slots, and of spokes between
FLAT_MM = 6.0  # the cloth round a valve keeps flat as far


class Valve(NamedTuple):
    """Where a valve sits.

    Attributes
    ----------
    row, column : place of its middle on the grid of the fine surface
    radius_mm : float
    uv : (2,) place of its colour on the texture
    """

    row: int
    column: int
    radius_mm: float
    uv: tuple[float, float]


def with_valves(surface: Surface, fine_mm: FloatArray, valves: list[Valve]) -> Surface:
    """A sheet's surface (fine grid (v, u, 3) on the mean head) with valves on it."""
    parts = [_valve(surface, fine_mm, valve) for valve in valves]
    flat = np.min([_flatness(fine_mm, valve) for valve in valves], axis=0).ravel()
    n, new = surface.weights.shape[0], sum(part.weights.shape[0] for part in parts)
    faces = np.where(surface.faces < n, surface.faces, surface.faces + new)
    start = n + np.cumsum([0, *(part.weights.shape[0] for part in parts[:-1])])
    heights_mm = np.concatenate([part.relief_mm for part in parts])
    uv = np.concatenate([part.uv for part in parts])
    shade = np.concatenate([part.occlusion for part in parts])
    return Surface(
        weights=sparse.csr_array(
            sparse.vstack([surface.weights, *(part.weights for part in parts)], format="csr")
        ),
        gaps=surface.gaps,
        gap_of=np.concatenate([surface.gap_of, np.full(new, -1)]),
        fold=np.concatenate([surface.fold, np.zeros((new, 4))]),
        open_mm=surface.open_mm,
        slack_mm=surface.slack_mm,
        relief_mm=np.concatenate([surface.relief_mm, heights_mm]),
        creases_mm=np.hstack([surface.creases_mm * flat, np.zeros((len(surface.creases_mm), new))]),
        thickness_mm=surface.thickness_mm,
        faces=np.concatenate([faces, *(p.faces + s for p, s in zip(parts, start, strict=True))]),
        uv=np.concatenate([surface.uv[:n], uv, surface.uv[n:], uv]),
        occlusion=np.concatenate([surface.occlusion[:n], shade, surface.occlusion[n:], shade]),
    )


class _Part(NamedTuple):
    weights: sparse.csr_array
    relief_mm: FloatArray
    faces: IntArray
    uv: FloatArray
    occlusion: FloatArray


def _valve(surface: Surface, fine_mm: FloatArray, valve: Valve) -> _Part:
    """Rings of a valve; it follows the plane of the cloth under its middle."""
    middle, over, down, plane = _plane(surface, fine_mm, valve)
    angle = np.arange(SECTORS) * 2 * np.pi / SECTORS
    share, height_mm = np.array(PROFILE).T
    reach_mm = valve.radius_mm * share[:, None, None]
    way_mm = (reach_mm * np.stack([np.cos(angle), np.sin(angle)], axis=1)).reshape(-1, 2)
    steps = way_mm @ plane  # (n, 2) @ (2, 2): columns and rows of the fine grid
    ones = sparse.csr_array(np.ones((len(steps), 1)))
    weights = ones @ middle + sparse.csr_array(steps[:, :1]) @ over
    weights = weights + sparse.csr_array(steps[:, 1:]) @ down
    grille = ((share > 0.6) & (share < 0.8))[:, None]
    slot = np.arange(SECTORS) % 4 < 2
    dark = grille * np.where(slot, SLOT_DARK, SPOKE_DARK)
    return _Part(
        sparse.csr_array(weights),
        (height_mm[:, None] + grille * np.where(slot, 0.0, SPOKE_MM)).ravel(),
        _faces(),
        np.tile(valve.uv, (len(steps), 1)),
        (1.0 - dark).ravel(),
    )


def _plane(
    surface: Surface, fine_mm: FloatArray, valve: Valve
) -> tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array, FloatArray]:
    """Weights of the middle and of a step along columns and rows; steps (2, 2) per mm."""
    columns = fine_mm.shape[1]
    span = 2
    at = valve.row * columns + valve.column
    middle = surface.weights[[at]]
    over = (surface.weights[[at + span]] - surface.weights[[at - span]]) / (2 * span)
    down = (surface.weights[[at + span * columns]] - surface.weights[[at - span * columns]]) / (
        2 * span
    )
    points_mm = fine_mm.reshape(-1, 3)
    u_mm = (points_mm[at + span] - points_mm[at - span]) / (2 * span)
    v_mm = (points_mm[at + span * columns] - points_mm[at - span * columns]) / (2 * span)
    right = u_mm / np.linalg.norm(u_mm)
    below = v_mm - (v_mm @ right) * right
    below /= np.linalg.norm(below)
    per_step = np.array([[u_mm @ right, u_mm @ below], [v_mm @ right, v_mm @ below]])
    return middle, over, down, np.linalg.inv(per_step)


def _faces() -> IntArray:
    """Triangles between the rings, seen from outside; a doubled ring has none between."""
    ring = np.arange(len(PROFILE) * SECTORS, dtype=np.int32).reshape(-1, SECTORS)
    ring = np.concatenate([ring, ring[:, :1]], axis=1)
    joined = [k for k in range(len(PROFILE) - 1) if PROFILE[k] != PROFILE[k + 1]]
    a, b = ring[joined, :-1].ravel(), ring[joined, 1:].ravel()
    d, c = ring[[k + 1 for k in joined], :-1].ravel(), ring[[k + 1 for k in joined], 1:].ravel()
    return np.concatenate([np.stack([a, d, b], axis=1), np.stack([b, d, c], axis=1)])


def _flatness(fine_mm: FloatArray, valve: Valve) -> FloatArray:
    """0 under a valve, 1 away from it, (v, u)."""
    away_mm = np.linalg.norm(fine_mm - fine_mm[valve.row, valve.column], axis=2)
    flat: FloatArray = np.clip((away_mm - valve.radius_mm) / FLAT_MM, 0.0, 1.0)
    return flat
