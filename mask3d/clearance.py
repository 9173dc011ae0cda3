"""Room between a sheet and the skin: neither side of it sinks in, whichever way it faces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, skin_at
from mask3d.jit import inlined, kernel

TRIES = 8  # the skin's normal turns on the way out


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
def _lift(skin: ContactMap, vertices_mm: FloatArray, faces: IntArray) -> None:
    count = len(vertices_mm) // 2
    middle_mm, away = np.zeros(3), np.zeros(3)
    for a, b, c in faces:
        for k in range(3):
            middle_mm[k] = (vertices_mm[a, k] + vertices_mm[b, k] + vertices_mm[c, k]) / 3
        gap_mm = skin_at(skin, middle_mm, away)
        if gap_mm >= 0.0:
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
