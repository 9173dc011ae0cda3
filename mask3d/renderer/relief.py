"""Fine relief: which way u and v grow on a surface, and how slopes bend its normal."""

from __future__ import annotations

from math import sqrt

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.jit import inlined, kernel

LEAST_LENGTH = 1e-12  # of a vector that has a direction


@kernel
def tangents_of(
    vertices: FloatArray, faces: IntArray, uv: FloatArray
) -> FloatArray:  # pragma: no cover
    """Direction in which u grows, and the side to which v does (V, 4).

    The mean over the triangles of a vertex, so that no facets show. The last
    number is positive where v grows along the cross product of normal and
    tangent, as glTF 2.0 has it. `faces` turn counter-clockwise seen from where
    the normals point; what has no extent in the texture gets zeros.
    """
    tangents = np.zeros((len(vertices), 4))
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        du_b, dv_b = uv[b, 0] - uv[a, 0], uv[b, 1] - uv[a, 1]
        du_c, dv_c = uv[c, 0] - uv[a, 0], uv[c, 1] - uv[a, 1]
        area = du_b * dv_c - du_c * dv_b
        side = 1.0 if area > 0 else -1.0
        for i in range(3):  # dP/du times the area in the texture
            along_b, along_c = vertices[b, i] - vertices[a, i], vertices[c, i] - vertices[a, i]
            along = side * (dv_c * along_b - dv_b * along_c)
            for vertex in (a, b, c):
                tangents[vertex, i] += along
        for vertex in (a, b, c):
            tangents[vertex, 3] += area
    return tangents


@inlined
def bent(
    x: float,
    y: float,
    z: float,
    tx: float,
    ty: float,
    tz: float,
    side: float,
    slope_u: float,
    slope_v: float,
) -> tuple[float, float, float]:  # pragma: no cover
    """Unit normal (x, y, z) on a relief with these slopes; see `tangents_of` for the tangent."""
    along = x * tx + y * ty + z * tz
    tx, ty, tz = tx - along * x, ty - along * y, tz - along * z
    length = sqrt(tx * tx + ty * ty + tz * tz)
    if length < LEAST_LENGTH:
        return x, y, z
    # one root is spared: tangent and bitangent are as long as each other
    scale = 1 / sqrt(1 + slope_u * slope_u + slope_v * slope_v)
    u = slope_u / length
    v = slope_v / length if side > 0 else -slope_v / length
    return (
        scale * (x - u * tx - v * (y * tz - z * ty)),
        scale * (y - u * ty - v * (z * tx - x * tz)),
        scale * (z - u * tz - v * (x * ty - y * tx)),
    )
