"""Which samples of a pixel show the same piece of a surface: numba code copied into `shade`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray, IntArray
from mask3d.jit import inlined


class Eye(NamedTuple):
    """Where pixels and their samples lie.

    Attributes
    ----------
    places : (S, 2) samples in a pixel, in steps of which `per_px` make one
    focal_px, x_px, y_px : of the camera
    """

    places: NDArray[np.int64]
    per_px: int
    focal_px: float
    x_px: float
    y_px: float


class Triangles(NamedTuple):
    """A surface as `rasterise` drew it, with what varies over it.

    Attributes
    ----------
    first_id, faces, edges, inverse_z : see `rasterise`
    attributes : (V, 6) normal x, y, z, texture u, v, occlusion
    tangents : (V, 4), see `tangents_of`
    box : x0, y0, x1, y1 of the pixels, the last ones not among them, that hold all of it
    """

    first_id: int
    faces: IntArray
    edges: NDArray[np.int64]
    inverse_z: FloatArray
    attributes: FloatArray
    tangents: FloatArray
    box: tuple[int, int, int, int]


class Place(NamedTuple):
    """Where a group of samples looks at a surface.

    Attributes
    ----------
    sub_x, sub_y : their mean, on the screen
    own : share of them that see the first triangle
    aside_x, aside_y : px from the mean of all to the mean of those
    """

    sub_x: float
    sub_y: float
    own: float
    aside_x: float
    aside_y: float


@inlined
def group_of(
    ids: IntArray, eye: Eye, triangles: Triangles, y: int, x: int, s: int, done: int
) -> tuple[int, Place]:  # pragma: no cover
    """Samples, a bit each, that see the triangle of sample `s` or one that adjoins it."""
    f = ids[y, x, s] - triangles.first_id
    group, count, sub_x, sub_y = 0, 0, 0.0, 0.0
    own, own_x, own_y = 0, 0.0, 0.0
    for other in range(s, ids.shape[2]):
        g = ids[y, x, other] - triangles.first_id
        if g < 0 or g >= len(triangles.faces) or done >> other & 1:
            continue
        if g == f or _adjoin(triangles.faces, triangles.edges, f, g):
            group |= 1 << other
            count += 1
            sub_x += eye.places[other, 0]
            sub_y += eye.places[other, 1]
            if g == f:
                own += 1
                own_x += eye.places[other, 0]
                own_y += eye.places[other, 1]
    sub_x, sub_y = sub_x / count, sub_y / count
    aside_x, aside_y = (own_x / own - sub_x) / eye.per_px, (own_y / own - sub_y) / eye.per_px
    left, top = x * eye.per_px, y * eye.per_px
    return group, Place(sub_x + left, sub_y + top, own / count, aside_x, aside_y)


@inlined
def _adjoin(faces: IntArray, edges: NDArray[np.int64], f: int, g: int) -> bool:  # pragma: no cover
    """Whether two triangles have a corner in common and the same side to the front."""
    shared = 0
    for i in range(3):
        for j in range(3):
            shared += faces[f, i] == faces[g, j]
    area_f = edges[f, 0, 2] + edges[f, 1, 2] + edges[f, 2, 2]
    area_g = edges[g, 0, 2] + edges[g, 1, 2] + edges[g, 2, 2]
    return bool(shared > 0 and (area_f > 0) == (area_g > 0))


@inlined
def let_through(
    passing: Float32Array, group: int, y: int, x: int, share: float
) -> float:  # pragma: no cover
    """Mean of what passes at the samples of a group, which then let through a `share`."""
    total = 0.0
    for s in range(passing.shape[2]):
        if group >> s & 1:
            total += passing[y, x, s]
            passing[y, x, s] *= share
    return float(total / passing.shape[2])
