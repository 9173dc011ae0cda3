"""Range maps: how far a surface lies from a point in every direction.

A map has its rows by elevation and its columns by azimuth, all round: the last
column is the first again. 0 is a direction without a surface.
"""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.jit import inlined, kernel

TINY = 1e-12
SUNK_MM = 0.2  # of a surface that may stick out of its map, along the ray
STEEP = 0.4  # cosine between ray and normal below which a triangle is covered between its corners
MAX_TRIANGLE_TURN = 0.45  # of the way round; wider ones lie about the pole


@inlined
def atan2(y: float, x: float) -> float:
    """Angle of (x, y) to 2e-8 rad, in a third of the time of the library's.

    Abramowitz and Stegun, "Handbook of Mathematical Functions", 4.4.49.
    """
    steep = abs(y) > abs(x)
    t = (abs(x) if steep else abs(y)) / ((abs(y) if steep else abs(x)) + TINY)
    s = t * t
    tail = -0.0752896400 + s * (0.0429096138 + s * (-0.0161657367 + s * 0.0028662257))
    tail = 0.1999355085 + s * (-0.1420889944 + s * (0.1065626393 + s * tail))
    angle = t * (1.0 + s * (-0.3333314528 + s * tail))
    angle = np.pi / 2 - angle if steep else angle
    angle = np.pi - angle if x < 0 else angle
    return float(np.copysign(angle, y))


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
    polar = _polar(vertices_mm, lowest_rad, turn)
    for f in range(len(faces)):
        a, b, c = polar[faces[f, 0]], polar[faces[f, 1]], polar[faces[f, 2]]
        ax, ay, by, cy = a[0], a[1], b[1], c[1]
        bx = b[0] + turn * np.round((ax - b[0]) / turn)  # the same way round as the first
        cx = c[0] + turn * np.round((ax - c[0]) / turn)
        left, right = min(ax, bx, cx), max(ax, bx, cx)
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if right - left > MAX_TRIANGLE_TURN * turn or abs(area) < 1e-9:
            continue
        share = 1.0 / area
        nx, ny, nz, height = _plane(vertices_mm, faces[f])
        nearest, farthest = 0.98 * min(a[2], b[2], c[2]), max(a[2], b[2], c[2])
        bottom, top = min(ay, by, cy), max(ay, by, cy)
        for row in range(max(0, int(np.ceil(bottom))), min(rows - 1, int(np.floor(top))) + 1):
            for col in range(int(np.ceil(left)), int(np.floor(right)) + 1):
                wa = ((cx - bx) * (row - by) - (cy - by) * (col - bx)) * share
                wb = ((ax - cx) * (row - cy) - (ay - cy) * (col - cx)) * share
                if min(wa, wb, 1.0 - wa - wb) >= -1e-6:
                    at = (col + turn) % turn
                    x, y, z = directions[row, at]
                    r = height / (nx * x + ny * y + nz * z)
                    r = min(max(r, nearest), farthest)  # where the ray grazes the triangle
                    radius_mm[row, at] = max(radius_mm[row, at], r)
    radius_mm[:, turn] = radius_mm[:, 0]


@kernel
def _polar(vertices_mm: FloatArray, lowest_rad: float, turn: int) -> FloatArray:
    """Column, row and radius (V, 3) of points in a map of `turn` columns."""
    polar = np.zeros((len(vertices_mm), 3))
    for i in range(len(vertices_mm)):
        x, y, z = vertices_mm[i]
        polar[i, 0], polar[i, 1], polar[i, 2] = _seen(x, y, z, lowest_rad, turn)
    return polar


@inlined
def _seen(x: float, y: float, z: float, lowest_rad: float, turn: int) -> tuple[float, float, float]:
    """Column, row and radius of a point in a map of `turn` columns."""
    cells_per_rad = turn / (2 * np.pi)
    flat = np.sqrt(x * x + z * z)
    column = atan2(x, z) * cells_per_rad + turn / 2
    row = (atan2(y, flat) - lowest_rad) * cells_per_rad
    return column, row, np.sqrt(flat * flat + y * y)


@kernel
def cover(
    vertices_mm: FloatArray, faces: IntArray, lowest_rad: float, radius_mm: FloatArray
) -> None:
    """Raise a map (E, A) to where its surface sticks out between the rays.

    A ray may miss what it grazes, such as the wing of the nose, by a whole
    cell. So every vertex, and points of the steep triangles a cell apart, raise
    the cells about them until what is read between these leaves at most
    SUNK_MM of it out. Holes stay as they are.
    """
    turn = radius_mm.shape[1] - 1
    polar = _polar(vertices_mm, lowest_rad, turn)
    before_mm = radius_mm.copy()
    used = np.zeros(len(polar), np.bool_)
    for f in range(len(faces)):
        a, b, c = faces[f]
        used[a] = used[b] = used[c] = True
        nx, ny, nz, height = _plane(vertices_mm, faces[f])
        length = np.sqrt(nx * nx + ny * ny + nz * nz)
        if 0.0 <= height <= STEEP * length * polar[a, 2]:
            parts = _cells_across(polar, faces[f], lowest_rad, turn)
            for p in range(parts + 1):
                for q in range(parts + 1 - p):
                    wa, wb = p / parts, q / parts
                    wc = 1.0 - wa - wb
                    x = wa * vertices_mm[a, 0] + wb * vertices_mm[b, 0] + wc * vertices_mm[c, 0]
                    y = wa * vertices_mm[a, 1] + wb * vertices_mm[b, 1] + wc * vertices_mm[c, 1]
                    z = wa * vertices_mm[a, 2] + wb * vertices_mm[b, 2] + wc * vertices_mm[c, 2]
                    column, row, r = _seen(x, y, z, lowest_rad, turn)
                    _raise_about(column, row, r, before_mm, radius_mm)
    for i in range(len(polar)):
        if used[i]:
            _raise_about(polar[i, 0], polar[i, 1], polar[i, 2], before_mm, radius_mm)
    for row in range(len(radius_mm)):
        radius_mm[row, 0] = max(radius_mm[row, 0], radius_mm[row, turn])
        radius_mm[row, turn] = radius_mm[row, 0]


@kernel
def _cells_across(polar: FloatArray, corners: IntArray, lowest_rad: float, turn: int) -> int:
    """Parts to divide a triangle's sides in so that these are shorter than a cell."""
    a, b, c = polar[corners[0]], polar[corners[1]], polar[corners[2]]
    high = max(a[1], b[1], c[1]) - min(a[1], b[1], c[1])
    wide = max(a[0], b[0], c[0]) - min(a[0], b[0], c[0])
    if wide > MAX_TRIANGLE_TURN * turn:
        return 1
    narrowed = np.cos(lowest_rad + a[1] * 2 * np.pi / turn)  # columns meet at the pole
    return max(1, int(np.ceil(max(high, wide * narrowed))))


@kernel
def _raise_about(
    column: float, row: float, r: float, before_mm: FloatArray, radius_mm: FloatArray
) -> None:
    """Raise the four cells about a point at radius `r` to reach it, none of them beyond it.

    By how far is told from the map (E, A) `before_mm`, so that the order of the
    points does not matter. Nothing is raised where a cell has no surface.
    """
    rows, turn = len(before_mm), before_mm.shape[1] - 1
    if row < 0.0 or row >= rows - 1:
        return
    column %= turn
    i, j = int(row), int(column)
    low, left = row - i, column - j
    at, beside = before_mm[i, j], before_mm[i, j + 1]
    over, across = before_mm[i + 1, j], before_mm[i + 1, j + 1]
    if min(at, beside, over, across) == 0.0:
        return
    share_at, share_beside = (1 - low) * (1 - left), (1 - low) * left
    share_over, share_across = low * (1 - left), low * left
    read_mm = share_at * at + share_beside * beside + share_over * over + share_across * across
    if r - read_mm <= SUNK_MM:
        return
    lack_at, lack_beside = max(r - at, 0.0), max(r - beside, 0.0)
    lack_over, lack_across = max(r - over, 0.0), max(r - across, 0.0)
    gain_mm = share_at * lack_at + share_beside * lack_beside
    gain_mm += share_over * lack_over + share_across * lack_across
    part = (r - read_mm - SUNK_MM) / gain_mm
    radius_mm[i, j] = max(radius_mm[i, j], at + part * lack_at)
    radius_mm[i, j + 1] = max(radius_mm[i, j + 1], beside + part * lack_beside)
    radius_mm[i + 1, j] = max(radius_mm[i + 1, j], over + part * lack_over)
    radius_mm[i + 1, j + 1] = max(radius_mm[i + 1, j + 1], across + part * lack_across)


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

    Across a hole a row goes on evenly. Rows about the pole that meet no triangle
    go on level from the one below, by the cosine `flat` (E,) of their elevations.
    """
    rows, turn = len(radius_mm), radius_mm.shape[1] - 1
    for row in range(rows):
        if row > 0 and not radius_mm[row].any():
            rise = np.sqrt((1 - flat[row - 1] ** 2) / (1 - flat[row] ** 2))
            radius_mm[row] = radius_mm[row - 1] * rise
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
