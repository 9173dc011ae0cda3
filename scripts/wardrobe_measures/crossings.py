"""Where a sheet passes through itself."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.jit import kernel
from scripts.wardrobe_measures.outer_side import pieces
from scripts.wardrobe_measures.vectors import cross, dot, minus

INSIDE = 1e-6  # share of an edge or a triangle below which two only touch
FLAT = 1e-12


def crossing_pairs(points_mm: FloatArray, faces: IntArray) -> IntArray:
    """Pairs (P, 2) of triangles (F, 3) of which an edge of one passes through the other.

    Triangles that share a corner are neighbours and do not count, nor do those
    of two pieces: a valve is sunk into the mask that it is welded to.
    """
    corners_mm = np.ascontiguousarray(points_mm[faces], dtype=np.float64)
    lowest_mm, highest_mm = corners_mm.min(axis=1), corners_mm.max(axis=1)
    order = np.argsort(lowest_mm[:, 0], kind="stable")
    crossing = _sweep(corners_mm[order], lowest_mm[order], highest_mm[order], faces[order])
    pairs = order[np.array(crossing, dtype=np.int32).reshape(-1, 2)].astype(np.int32)
    piece = pieces(faces)
    same: IntArray = pairs[piece[pairs[:, 0]] == piece[pairs[:, 1]]]
    return same


@kernel
def _sweep(
    corners_mm: FloatArray, lowest_mm: FloatArray, highest_mm: FloatArray, faces: IntArray
) -> list[tuple[int, int]]:
    """Crossing pairs of triangles that are sorted by their least x."""
    found = [(0, 0) for _ in range(0)]
    for i in range(len(faces)):
        for j in range(i + 1, len(faces)):
            if lowest_mm[j, 0] > highest_mm[i, 0]:
                break
            if lowest_mm[j, 1] > highest_mm[i, 1] or lowest_mm[i, 1] > highest_mm[j, 1]:
                continue
            if lowest_mm[j, 2] > highest_mm[i, 2] or lowest_mm[i, 2] > highest_mm[j, 2]:
                continue
            if _neighbours(faces[i], faces[j]):
                continue
            if _edges_pierce(corners_mm[i], corners_mm[j]) or _edges_pierce(
                corners_mm[j], corners_mm[i]
            ):
                found.append((i, j))
    return found


@kernel
def _neighbours(one: IntArray, other: IntArray) -> bool:
    for a in one:
        for b in other:
            if a == b:
                return True
    return False


@kernel
def _edges_pierce(one_mm: FloatArray, other_mm: FloatArray) -> bool:
    """Whether an edge of one triangle (3, 3) passes through the inside of another.

    Moeller and Trumbore, "Fast, minimum storage ray/triangle intersection", 1997.
    """
    ab, ac = minus(other_mm[1], other_mm[0]), minus(other_mm[2], other_mm[0])
    for k in range(3):
        along = minus(one_mm[(k + 1) % 3], one_mm[k])
        p = cross(along, ac)
        volume = dot(ab, p)
        if abs(volume) < FLAT:
            continue
        start = minus(one_mm[k], other_mm[0])
        q = cross(start, ab)
        u, v, t = dot(start, p) / volume, dot(along, q) / volume, dot(ac, q) / volume
        if min(u, v, t) > INSIDE and u + v < 1 - INSIDE and t < 1 - INSIDE:
            return True
    return False
