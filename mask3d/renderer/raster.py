"""Which triangle every sample of every pixel sees: numba kernels over plain arrays.

A pixel has the four samples of 4x multisampling in graphics hardware, and
vertices are rounded to 1/256 px as there, so that coverage agrees with it and
the edge tests are exact in integers. Pixel i covers i - 0.5 to i + 0.5; "sub"
coordinates are 1/256 px from the top-left corner of the rectangle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray, IntArray

SUB_PX = 256  # steps of a pixel, as in Direct3D and Mesa
# the standard 4-sample pattern of Direct3D, which drivers use for OpenGL as well
SAMPLES_SUB = np.array([[96, 32], [224, 96], [32, 160], [160, 224]], np.int64)
SAMPLES = len(SAMPLES_SUB)
MAX_SUB = 1 << 28  # 1,048,576 px: a product of two coordinates stays below 2^63


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def edges_of(
    sub: NDArray[np.int64], a: int, b: int, c: int
) -> tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]:  # pragma: no cover
    """Per corner a, b, c the line (x, y, 1) of the opposite edge; their sum is twice the area."""
    xa, ya, xb, yb, xc, yc = sub[a, 0], sub[a, 1], sub[b, 0], sub[b, 1], sub[c, 0], sub[c, 1]
    return (
        (yb - yc, xc - xb, xb * yc - xc * yb),
        (yc - ya, xa - xc, xc * ya - xa * yc),
        (ya - yb, xb - xa, xa * yb - xb * ya),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _owns_border(edge: tuple[int, int, int]) -> bool:  # pragma: no cover
    """Top-left rule: of two triangles that share an edge, one takes the samples on it."""
    return bool(edge[0] > 0 or (edge[0] == 0 and edge[1] > 0))


@njit(cache=True, nogil=True, error_model="numpy")
def rasterise(
    ids: IntArray,
    inverse_depth: Float32Array,
    first_id: int,
    faces: IntArray,
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
    sub, inverse_z : of the vertices, see `project_to_sub`
    """
    height, width = ids.shape[:2]
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        if _area(sub, a, b, c) < 0:
            b, c = c, b
        area = _area(sub, a, b, c)
        x0 = max(min(sub[a, 0], sub[b, 0], sub[c, 0]) // SUB_PX, 0)
        x1 = min(max(sub[a, 0], sub[b, 0], sub[c, 0]) // SUB_PX, width - 1)
        y0 = max(min(sub[a, 1], sub[b, 1], sub[c, 1]) // SUB_PX, 0)
        y1 = min(max(sub[a, 1], sub[b, 1], sub[c, 1]) // SUB_PX, height - 1)
        if area == 0 or x0 > x1 or y0 > y1:
            continue
        ea, eb, ec = edges_of(sub, a, b, c)
        za, zb, zc = inverse_z[a] / area, inverse_z[b] / area, inverse_z[c] / area
        least_a, least_b, least_c = (
            0 if _owns_border(ea) else 1,
            0 if _owns_border(eb) else 1,
            0 if _owns_border(ec) else 1,
        )
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                corner_a = ea[0] * (x * SUB_PX) + ea[1] * (y * SUB_PX) + ea[2]
                corner_b = eb[0] * (x * SUB_PX) + eb[1] * (y * SUB_PX) + eb[2]
                corner_c = ec[0] * (x * SUB_PX) + ec[1] * (y * SUB_PX) + ec[2]
                for s in range(SAMPLES):
                    wa = corner_a + ea[0] * SAMPLES_SUB[s, 0] + ea[1] * SAMPLES_SUB[s, 1]
                    wb = corner_b + eb[0] * SAMPLES_SUB[s, 0] + eb[1] * SAMPLES_SUB[s, 1]
                    wc = corner_c + ec[0] * SAMPLES_SUB[s, 0] + ec[1] * SAMPLES_SUB[s, 1]
                    if wa < least_a or wb < least_b or wc < least_c:
                        continue
                    nearness = np.float32(wa * za + wb * zb + wc * zc)
                    if nearness > inverse_depth[y, x, s]:
                        inverse_depth[y, x, s] = nearness
                        ids[y, x, s] = first_id + f


@njit(cache=True, nogil=True, error_model="numpy")
def _area(sub: NDArray[np.int64], a: int, b: int, c: int) -> Any:  # pragma: no cover
    """Twice the signed area, positive where a, b, c turn clockwise on the screen."""
    return (sub[b, 0] - sub[a, 0]) * (sub[c, 1] - sub[a, 1]) - (sub[c, 0] - sub[a, 0]) * (
        sub[b, 1] - sub[a, 1]
    )
