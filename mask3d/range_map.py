"""Range maps: how far a surface lies from a point in every direction.

A map has its rows by elevation and its columns by azimuth, all round: the last
column is the first again. 0 is a direction without a surface.
"""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.jit import kernel

MAX_TRIANGLE_TURN = 0.2  # of the way round; wider ones lie about the pole


@kernel
def splat_radius(
    vertices_mm: FloatArray,
    faces: IntArray,
    directions: FloatArray,
    lowest_rad: float,
    radius_mm: FloatArray,
) -> None:
    """Raise a map to where its rays meet triangles.

    Parameters
    ----------
    vertices_mm : (V, 3) seen from the map's centre
    faces : (F, 3)
    directions : (E, A, 3) unit vectors of the map's cells
    lowest_rad : elevation of the first row
    radius_mm : (E, A) the map, changed in place
    """
    rows, turn = len(radius_mm), radius_mm.shape[1] - 1
    step_rad = 2 * np.pi / turn
    polar = np.zeros((len(vertices_mm), 3))  # column, row, radius
    for i in range(len(vertices_mm)):
        x, y, z = vertices_mm[i]
        flat = np.sqrt(x * x + z * z)
        polar[i, 0] = np.arctan2(x, z) / step_rad + turn / 2
        polar[i, 1] = (np.arctan2(y, flat) - lowest_rad) / step_rad
        polar[i, 2] = np.sqrt(flat * flat + y * y)
    for f in range(len(faces)):
        a, b, c = polar[faces[f, 0]], polar[faces[f, 1]], polar[faces[f, 2]]
        ax, ay, by, cy = a[0], a[1], b[1], c[1]
        bx = b[0] + turn * np.round((ax - b[0]) / turn)  # the same way round as the first
        cx = c[0] + turn * np.round((ax - c[0]) / turn)
        left, right = min(ax, bx, cx), max(ax, bx, cx)
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if right - left > MAX_TRIANGLE_TURN * turn or abs(area) < 1e-9:
            continue
        nx, ny, nz, height = _plane(vertices_mm, faces[f])
        nearest, farthest = 0.98 * min(a[2], b[2], c[2]), max(a[2], b[2], c[2])
        bottom, top = min(ay, by, cy), max(ay, by, cy)
        for row in range(max(0, int(np.ceil(bottom))), min(rows - 1, int(np.floor(top))) + 1):
            for col in range(int(np.ceil(left)), int(np.floor(right)) + 1):
                wa = ((cx - bx) * (row - by) - (cy - by) * (col - bx)) / area
                wb = ((ax - cx) * (row - cy) - (ay - cy) * (col - cx)) / area
                if min(wa, wb, 1.0 - wa - wb) >= -1e-6:
                    at = (col + turn) % turn
                    x, y, z = directions[row, at]
                    r = height / (nx * x + ny * y + nz * z)
                    r = min(max(r, nearest), farthest)  # where the ray grazes the triangle
                    radius_mm[row, at] = max(radius_mm[row, at], r)
    radius_mm[:, turn] = radius_mm[:, 0]


@kernel
def _plane(vertices_mm: FloatArray, corners: IntArray) -> tuple[float, float, float, float]:
    """Normal of a triangle's plane, and the plane's height over the centre along it."""
    a, b, c = vertices_mm[corners[0]], vertices_mm[corners[1]], vertices_mm[corners[2]]
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return x, y, z, x * a[0] + y * a[1] + z * a[2]


@kernel
def close_holes(radius_mm: FloatArray, flat: FloatArray) -> None:
    """Fill what a map (E, A) lacks.

    Below its lowest cell a column goes on straight down, by the cosine `flat`
    (E,) of the rows' elevations; across other holes a row goes on evenly.
    """
    rows, turn = len(radius_mm), radius_mm.shape[1] - 1
    for col in range(turn):
        low = 0
        while low < rows - 1 and radius_mm[low, col] == 0.0:
            low += 1
        for row in range(low):
            radius_mm[row, col] = radius_mm[low, col] * flat[low] / flat[row]
    for row in range(rows):
        _bridge(radius_mm[row, :turn])
        radius_mm[row, turn] = radius_mm[row, 0]


@kernel
def _bridge(ring_mm: FloatArray) -> None:
    """Fill the holes of a closed row evenly from one end to the other."""
    turn = len(ring_mm)
    start = 0
    while start < turn and ring_mm[start] == 0.0:
        start += 1
    left = start
    for k in range(start + 1, start + turn + 1):
        if ring_mm[k % turn] == 0.0:
            continue
        for hole in range(left + 1, k):
            share = (hole - left) / (k - left)
            ring_mm[hole % turn] = (1 - share) * ring_mm[left % turn] + share * ring_mm[k % turn]
        left = k
