"""Room between a sheet and the skin: neither side of it sinks in, whichever way it faces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, radial_at, skin_at
from mask3d.jit import inlined, kernel

TRIES = 8  # the skin's normal turns on the way out
UNSEEN_MM = 0.1  # of skin between corners, far less than a sheet is thick
SPREAD = 30  # rounds at most in which neighbours take up a push
LEFT = 0.6  # of a triangle's area at least that a push leaves, seen along its normal
STILL_MM2 = 1e-12  # of rounding


class LooseCloth(NamedTuple):
    """What of an outer side gives way to its neighbours.

    Attributes
    ----------
    faces : (F, 3) triangles by the first vertex at each place
    first : (n,) first vertex at the place of each
    """

    faces: IntArray
    first: IntArray


class Ground(NamedTuple):
    """The smooth sheet that seams, creases and pleats rise from.

    Attributes
    ----------
    points_mm : (N, 3)
    normals : (N, 3) of its outer side
    lowest_mm : (N,) how near each point may come to the skin
    """

    points_mm: FloatArray
    normals: FloatArray
    lowest_mm: FloatArray


def both_sides(
    skin: ContactMap,
    ground: Ground,
    height_mm: FloatArray,
    thickness_mm: float,
    clearance_mm: float,
) -> tuple[FloatArray, FloatArray]:
    """Outer and inner side, (N, 3) each, of a sheet pushed off the skin.

    The outer side lies `height_mm` (N,) over the ground, the inner one
    `thickness_mm` below it. Where the sheet is turned over, its outer side is
    the one that faces the skin: there both move out together, until neither is
    nearer than `clearance_mm`.
    """
    outer_mm = np.array(ground.points_mm, dtype=np.float64)
    inner_mm = np.zeros_like(outer_mm)
    _lay(skin, ground, height_mm, float(thickness_mm), clearance_mm, outer_mm, inner_mm)
    return outer_mm, inner_mm


def uncrushed(flat_mm: FloatArray, vertices_mm: FloatArray, cloth: LooseCloth) -> FloatArray:
    """Vertices (2n, 3) whose neighbours go along where a push has crushed the cloth.

    What is pushed along the cloth folds it over its neighbours. Where that leaves
    too little of a triangle, its corners move on with the mean of the three, if
    they have not come as far, the two sides of each together.

    Parameters
    ----------
    flat_mm : (n, 3) where the outer side was before it was pushed
    vertices_mm : (2n, 3) the outer vertices come first, then the inner ones
    cloth : LooseCloth
    """
    push_mm = vertices_mm[: len(flat_mm)] - flat_mm
    shared_mm = push_mm.copy()
    _share_push(flat_mm, shared_mm, cloth.faces)
    further_mm = (shared_mm - push_mm)[cloth.first]
    moved_mm: FloatArray = vertices_mm + np.concatenate([further_mm, further_mm])
    return moved_mm


def middles_out(skin: ContactMap, vertices_mm: FloatArray, faces: IntArray) -> FloatArray:
    """Vertices (2n, 3), those whose triangles (F, 3) hold skin in their middle pushed off it.

    Corners that stand on either side of a ridge, such as that of the nose, leave
    it between them. The outer vertices come first, then the inner ones; both
    sides move together.
    """
    lifted_mm = vertices_mm.copy()
    _lift(skin, lifted_mm, faces)
    return lifted_mm


@kernel
def _share_push(flat_mm: FloatArray, push_mm: FloatArray, faces: IntArray) -> None:
    """Raise pushes (n, 3) until they crush nothing."""
    mean_mm = np.zeros(3)
    way_mm2 = np.zeros(len(push_mm))
    for i in range(len(push_mm)):
        way_mm2[i] = push_mm[i, 0] ** 2 + push_mm[i, 1] ** 2 + push_mm[i, 2] ** 2
    for _ in range(SPREAD):
        crushed = False
        for f in range(len(faces)):
            a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
            if way_mm2[a] + way_mm2[b] + way_mm2[c] < STILL_MM2 or _left(flat_mm, push_mm, a, b, c):
                continue
            crushed = True
            mean_mm2 = 0.0
            for k in range(3):
                mean_mm[k] = (push_mm[a, k] + push_mm[b, k] + push_mm[c, k]) / 3
                mean_mm2 += mean_mm[k] ** 2
            for i in (a, b, c):
                if way_mm2[i] < mean_mm2:
                    way_mm2[i] = mean_mm2
                    for k in range(3):
                        push_mm[i, k] = mean_mm[k]
        if not crushed:
            break


@inlined
def _left(flat_mm: FloatArray, push_mm: FloatArray, a: int, b: int, c: int) -> bool:
    """Whether a push leaves enough of the triangle (a, b, c)."""
    before2, kept = 0.0, 0.0
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        ui, uj = flat_mm[b, i] - flat_mm[a, i], flat_mm[b, j] - flat_mm[a, j]
        vi, vj = flat_mm[c, i] - flat_mm[a, i], flat_mm[c, j] - flat_mm[a, j]
        before = ui * vj - uj * vi
        ui, uj = ui + push_mm[b, i] - push_mm[a, i], uj + push_mm[b, j] - push_mm[a, j]
        vi, vj = vi + push_mm[c, i] - push_mm[a, i], vj + push_mm[c, j] - push_mm[a, j]
        before2 += before * before
        kept += before * (ui * vj - uj * vi)
    return bool(kept >= LEFT * before2)


@kernel
def _lift(skin: ContactMap, vertices_mm: FloatArray, faces: IntArray) -> None:
    count = len(vertices_mm) // 2
    middle_mm, away = np.zeros(3), np.zeros(3)
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        for k in range(3):
            middle_mm[k] = (vertices_mm[a, k] + vertices_mm[b, k] + vertices_mm[c, k]) / 3
        if radial_at(skin, middle_mm) >= 0.0:
            continue
        gap_mm = skin_at(skin, middle_mm, away)
        if gap_mm >= -UNSEEN_MM:
            continue
        for i in (a, b, c):
            _move(vertices_mm[i], -gap_mm, away)
            _move(vertices_mm[(i + count) % (2 * count)], -gap_mm, away)


@kernel
def _lay(
    skin: ContactMap,
    ground: Ground,
    height_mm: FloatArray,
    thickness_mm: float,
    clearance_mm: float,
    outer_mm: FloatArray,
    inner_mm: FloatArray,
) -> None:
    """Write both sides (N, 3); `outer_mm` holds the ground at first."""
    away, away_inside = np.zeros(3), np.zeros(3)
    for i in range(len(outer_mm)):
        gap_mm = skin_at(skin, outer_mm[i], away)
        for _ in range(TRIES):
            if gap_mm >= ground.lowest_mm[i]:
                break
            _move(outer_mm[i], ground.lowest_mm[i] - gap_mm, away)
            gap_mm = skin_at(skin, outer_mm[i], away)
        upward = 0.0
        for k in range(3):
            upward += ground.normals[i, k] * away[k]
            inner_mm[i, k] = outer_mm[i, k]
        _move(outer_mm[i], height_mm[i], ground.normals[i])
        _move(inner_mm[i], height_mm[i] - thickness_mm, ground.normals[i])
        if gap_mm + upward * height_mm[i] - max(upward, 0.0) * thickness_mm >= clearance_mm:
            continue
        for _ in range(TRIES):
            gap_mm = skin_at(skin, outer_mm[i], away)
            gap_inside_mm = skin_at(skin, inner_mm[i], away_inside)
            if min(gap_mm, gap_inside_mm) >= clearance_mm:
                break
            if gap_inside_mm < gap_mm:
                gap_mm = gap_inside_mm
                away[:] = away_inside
            _move(outer_mm[i], clearance_mm - gap_mm, away)
            _move(inner_mm[i], clearance_mm - gap_mm, away)


@inlined
def _move(point_mm: FloatArray, by_mm: float, way: FloatArray) -> None:
    for k in range(3):
        point_mm[k] += by_mm * way[k]
