"""Which triangle every sample of every pixel sees: numba kernels over plain arrays.

A pixel has the four samples of 4x multisampling in graphics hardware, and
vertices are rounded to 1/256 px as there, so that coverage agrees with it and
the edge tests are exact in integers. Pixel i covers i - 0.5 to i + 0.5; "sub"
coordinates are 1/256 px from the top-left corner of the rectangle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray, IntArray
from mask3d.jit import inlined, kernel

SUB_PX = 256  # steps of a pixel, as in Direct3D and Mesa
# the standard 4-sample pattern of Direct3D, which drivers use for OpenGL as well
SAMPLES_SUB = np.array([[96, 32], [224, 96], [32, 160], [160, 224]], np.int64)
SAMPLES = len(SAMPLES_SUB)
MAX_SUB = 1 << 28  # 1,048,576 px: a product of two coordinates stays below 2^63


@kernel
def wind_along_normals(
    vertices: FloatArray, normals: FloatArray, faces: IntArray
) -> IntArray:  # pragma: no cover
    """`faces` (F, 3), turned to be counter-clockwise seen from where their normals point."""
    wound = faces.copy()
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        along = 0.0
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):  # cross product of two sides
            bj, bk = vertices[b, j] - vertices[a, j], vertices[b, k] - vertices[a, k]
            cj, ck = vertices[c, j] - vertices[a, j], vertices[c, k] - vertices[a, k]
            along += (bj * ck - bk * cj) * (normals[a, i] + normals[b, i] + normals[c, i])
        if along < 0:
            wound[f, 1], wound[f, 2] = c, b
    return wound


@kernel
def project_to_sub(
    points_cam_mm: FloatArray, focal_px: float, principal_px: FloatArray
) -> tuple[NDArray[np.int64], FloatArray]:  # pragma: no cover
    """Sub coordinates (V, 2) and 1 / z (V,) of camera points; 0 for those behind the camera."""
    sub = np.zeros((len(points_cam_mm), 2), np.int64)
    inverse_z = np.zeros(len(points_cam_mm))
    for v in range(len(points_cam_mm)):
        if points_cam_mm[v, 2] <= 0:
            continue
        inverse_z[v] = 1 / points_cam_mm[v, 2]
        for i in range(2):
            px = principal_px[i] + focal_px * points_cam_mm[v, i] * inverse_z[v]
            steps = np.floor((px + 0.5) * SUB_PX + 0.5)
            sub[v, i] = np.int64(min(max(steps, -MAX_SUB), MAX_SUB))
    return sub, inverse_z


@kernel
def edges_of(faces: IntArray, sub: NDArray[np.int64]) -> NDArray[np.int64]:  # pragma: no cover
    """Per triangle and corner the line (x, y, 1) of the opposite edge (F, 3, 3).

    A line is 0 on its edge and takes the same value at its corner in all three,
    twice the area of the triangle: positive where it turns clockwise on the
    screen. So the lines at a point, over the area, are its barycentric weights.
    """
    edges = np.zeros((len(faces), 3, 3), np.int64)
    for f in range(len(faces)):
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            xj, yj = sub[faces[f, j], 0], sub[faces[f, j], 1]
            xk, yk = sub[faces[f, k], 0], sub[faces[f, k], 1]
            edges[f, i, 0] = yj - yk
            edges[f, i, 1] = xk - xj
            edges[f, i, 2] = xj * yk - xk * yj
    return edges


@kernel
def rasterise(
    ids: IntArray,
    inverse_depth: Float32Array,
    first_id: int,
    faces: IntArray,
    edges: NDArray[np.int64],
    sub: NDArray[np.int64],
    inverse_z: FloatArray,
) -> None:  # pragma: no cover
    """Draw triangles into the sample buffers; a nearer one replaces what is there.

    Parameters
    ----------
    ids : (H, W, SAMPLES), updated in place
        Triangle f writes ``first_id + f``.
    inverse_depth : (H, W, SAMPLES), 1 / z of what is there, updated in place
    first_id : int
    faces : (F, 3)
    edges : (F, 3, 3), see `edges_of`
    sub, inverse_z : of the vertices, see `project_to_sub`
    """
    for f in range(len(faces)):
        area = edges[f, 0, 2] + edges[f, 1, 2] + edges[f, 2, 2]
        x0, x1 = _span(faces, sub, f, 0, ids.shape[1])
        y0, y1 = _span(faces, sub, f, 1, ids.shape[0])
        if area == 0 or x0 > x1 or y0 > y1:
            continue
        side = 1 if area > 0 else -1  # makes the lines positive inside, whichever way it turns
        ax, ay, a1 = side * edges[f, 0, 0], side * edges[f, 0, 1], side * edges[f, 0, 2]
        bx, by, b1 = side * edges[f, 1, 0], side * edges[f, 1, 1], side * edges[f, 1, 2]
        cx, cy, c1 = side * edges[f, 2, 0], side * edges[f, 2, 1], side * edges[f, 2, 2]
        least_a, least_b, least_c = _least(ax, ay), _least(bx, by), _least(cx, cy)
        per_area = 1 / (side * area)
        za = inverse_z[faces[f, 0]] * per_area
        zb = inverse_z[faces[f, 1]] * per_area
        zc = inverse_z[faces[f, 2]] * per_area
        zx, zy = ax * za + bx * zb + cx * zc, ay * za + by * zb + cy * zc
        z1 = a1 * za + b1 * zb + c1 * zc
        for y in range(y0, y1 + 1):
            for s in range(SAMPLES):  # one after the other: the lines grow evenly along a row
                px, py = x0 * SUB_PX + SAMPLES_SUB[s, 0], y * SUB_PX + SAMPLES_SUB[s, 1]
                wa = ax * px + ay * py + a1 - least_a
                wb = bx * px + by * py + b1 - least_b
                wc = cx * px + cy * py + c1 - least_c
                for x in range(x0, x1 + 1):
                    if (wa | wb | wc) >= 0:  # none has the sign bit
                        nearness = np.float32(zx * px + zy * py + z1)
                        if nearness > inverse_depth[y, x, s]:
                            inverse_depth[y, x, s] = nearness
                            ids[y, x, s] = first_id + f
                    px += SUB_PX
                    wa += ax * SUB_PX
                    wb += bx * SUB_PX
                    wc += cx * SUB_PX


@inlined
def _span(
    faces: IntArray, sub: NDArray[np.int64], f: int, axis: int, end: int
) -> tuple[int, int]:  # pragma: no cover
    """First and last pixel of triangle `f` along an axis that has `end` pixels."""
    a, b, c = sub[faces[f, 0], axis], sub[faces[f, 1], axis], sub[faces[f, 2], axis]
    return max(min(a, b, c) // SUB_PX, 0), min(max(a, b, c) // SUB_PX, end - 1)


@inlined
def _least(x: int, y: int) -> int:  # pragma: no cover
    """Least value of a line that is inside: of two triangles at an edge the right or lower has it.

    This is the top-left rule of graphics hardware.
    """
    return 0 if x > 0 or (x == 0 and y > 0) else 1
