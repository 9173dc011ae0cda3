"""Where the skin is: a spherical range map of the head and neck.

Seen from a point inside the head, nose, lips, chin, jaw, throat, crown and nape
are all single-valued, so that one radius per direction is a distance field that
costs a bilinear look-up. It ignores the mouth and the eye sockets. The ears
stand off the skull: a map either lies over them, as cloth does, or is made
without them and closed across.
The lower face and the throat stick out of it by less than
0.4 mm (``tests/test_contact.py``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.face_model import FaceModel, neck_sleeve
from mask3d.jit import inlined, kernel
from mask3d.range_map import atan2, close_holes, cover, splat_radius

STEP_RAD = np.deg2rad(1.25)
CELLS_PER_RAD = 1 / STEP_RAD  # a kernel divides in the time of ten multiplications
TURN = 288  # columns all round; the map's last column is its first again
ELEVATION_RAD = (np.deg2rad(-87.5), np.deg2rad(87.5))
MOUTH_CORNERS = (48, 54)  # iBUG landmarks
CENTRE_ABOVE_MOUTH_MM = 13.0
CENTRE_BEFORE_EARS_MM = 8.0
NECK_GOES_ON_MM = 3000.0  # below its cut; the lowest rays leave it before that
MIN_FACING = 0.15  # cosine below which a radial distance says nothing of the true one


class ContactMap(NamedTuple):
    """Radius and normal of the skin by direction, face frame.

    Attributes
    ----------
    centre_mm : (3,)
    cells : (E, TURN + 1, 4), rows by elevation, columns by azimuth, the face in the middle
        Radius, mm, then the outward unit normal: a lookup reads them together.
    """

    centre_mm: FloatArray
    cells: FloatArray

    @property
    def radius_mm(self) -> FloatArray:
        """Radius of the skin (E, TURN + 1)."""
        return self.cells[..., 0]

    @property
    def normals(self) -> FloatArray:
        """Outward unit normals (E, TURN + 1, 3)."""
        return self.cells[..., 1:]


def contact_map(model: FaceModel, vertices_mm: FloatArray, *, ears: bool = True) -> ContactMap:
    """Range map of the head `vertices_mm` (V, 3) in the face frame.

    Without `ears` it is that of the skull: straight along each row from before
    an ear to behind it. The neck goes on straight down below where it is cut.
    """
    ears_mm = model.ear_roots_mm(vertices_mm).mean(axis=(0, 1))
    mouth_mm = model.landmarks_mm(vertices_mm)[list(MOUTH_CORNERS)].mean(axis=0)
    centre_mm = np.array(
        [ears_mm[0], mouth_mm[1] + CENTRE_ABOVE_MOUTH_MM, ears_mm[2] + CENTRE_BEFORE_EARS_MM]
    )
    directions = _directions()
    radius_mm = np.zeros(directions.shape[:2])
    rim, sleeve = neck_sleeve(model)
    faces = np.concatenate([model.faces if ears else skull_faces(model), sleeve])
    below_mm = vertices_mm[rim] - [0.0, NECK_GOES_ON_MM, 0.0]
    seen_mm = np.concatenate([vertices_mm, below_mm]) - centre_mm
    splat_radius(seen_mm, faces, directions, ELEVATION_RAD[0], radius_mm)
    cover(seen_mm, faces, ELEVATION_RAD[0], radius_mm)
    close_holes(radius_mm, directions[:, TURN // 2, 2])
    return _with_normals(centre_mm, radius_mm)


def raised(skin: ContactMap, vertices_mm: FloatArray, faces: IntArray) -> ContactMap:
    """The map with a surface (V, 3), (F, 3) laid over the skin: what the next layer meets."""
    directions, radius_mm = _directions(), skin.radius_mm.copy()
    splat_radius(vertices_mm - skin.centre_mm, faces, directions, ELEVATION_RAD[0], radius_mm)
    return _with_normals(skin.centre_mm, radius_mm)


def _with_normals(centre_mm: FloatArray, radius_mm: FloatArray) -> ContactMap:
    cells = np.zeros((*radius_mm.shape, 4))
    _fill_cells(radius_mm, _directions(), cells)
    return ContactMap(centre_mm, cells)


@lru_cache(maxsize=1)
def _directions() -> FloatArray:
    """Unit vectors (E, TURN + 1, 3) from the centre to the cells."""
    elevation = np.arange(ELEVATION_RAD[0], ELEVATION_RAD[1] + STEP_RAD / 2, STEP_RAD)[:, None]
    azimuth = (np.arange(TURN + 1) - TURN / 2) * STEP_RAD
    flat, upward = np.cos(elevation), np.repeat(np.sin(elevation), TURN + 1, axis=1)
    return np.stack([flat * np.sin(azimuth), upward, flat * np.cos(azimuth)], axis=2)


@lru_cache(maxsize=4)
def skull_faces(model: FaceModel) -> IntArray:
    """Triangles (F, 3) of the head model without a vertex of the ears."""
    of_ears = np.zeros(len(model.mean_mm), np.bool_)
    of_ears[model.regions["ears"]] = True
    skull: IntArray = model.faces[~of_ears[model.faces].any(axis=1)]
    return skull


def skin_distance(skin: ContactMap, points_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Signed distance (N,) of points (N, 3) to the skin, mm, and its normals (N, 3)."""
    distance_mm = np.zeros(len(points_mm))
    normals = np.zeros((len(points_mm), 3))
    _distances(skin, np.ascontiguousarray(points_mm), distance_mm, normals)
    return distance_mm, normals


def skin_points(skin: ContactMap, directions: FloatArray) -> FloatArray:
    """Points (N, 3) of the skin in unit directions (N, 3) from the centre."""
    points_mm = skin.centre_mm + directions
    offset_mm = radial_distance(skin, points_mm)
    return points_mm - directions * offset_mm[:, None]


def radial_distance(skin: ContactMap, points_mm: FloatArray) -> FloatArray:
    """Signed distance (N,) of points (N, 3) to the skin along their own ray, mm."""
    distance_mm = np.zeros(len(points_mm))
    _radial(skin, np.ascontiguousarray(points_mm), distance_mm)
    return distance_mm


def push_out(
    skin: ContactMap, points_mm: FloatArray, clearance_mm: FloatArray | float
) -> FloatArray:
    """Copy of points (N, 3) with all nearer than `clearance_mm`, (N,) or one, moved out to it."""
    pushed_mm = np.array(points_mm, dtype=np.float64)
    _push(skin, pushed_mm, np.broadcast_to(np.asarray(clearance_mm, float), len(pushed_mm)))
    return pushed_mm


@kernel
def _fill_cells(radius_mm: FloatArray, directions: FloatArray, cells: FloatArray) -> None:
    """Write radius and normal of every cell, from the differences of its neighbours."""
    rows, columns = radius_mm.shape
    for r in range(rows):
        below, above = max(r - 1, 0), min(r + 1, rows - 1)
        for c in range(columns):
            left, right = (c - 1) % TURN, c % TURN + 1
            left_mm, right_mm = radius_mm[r, left], radius_mm[r, right]
            below_mm, above_mm = radius_mm[below, c], radius_mm[above, c]
            ux = right_mm * directions[r, right, 0] - left_mm * directions[r, left, 0]
            uy = right_mm * directions[r, right, 1] - left_mm * directions[r, left, 1]
            uz = right_mm * directions[r, right, 2] - left_mm * directions[r, left, 2]
            vx = above_mm * directions[above, c, 0] - below_mm * directions[below, c, 0]
            vy = above_mm * directions[above, c, 1] - below_mm * directions[below, c, 1]
            vz = above_mm * directions[above, c, 2] - below_mm * directions[below, c, 2]
            nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
            length = np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
            cells[r, c, 0] = radius_mm[r, c]
            cells[r, c, 1], cells[r, c, 2] = nx / length, ny / length
            cells[r, c, 3] = nz / length


@inlined
def _cell(skin: ContactMap, x: float, y: float, z: float) -> tuple[int, int, float, float]:
    """Row, column and the fractions in the cell of direction (x, y, z)."""
    rows, columns = skin.cells.shape[0], skin.cells.shape[1]
    col = atan2(x, z) * CELLS_PER_RAD + TURN / 2
    row = (atan2(y, np.sqrt(x * x + z * z)) - ELEVATION_RAD[0]) * CELLS_PER_RAD
    col = min(max(col, 0.0), columns - 1.001)
    row = min(max(row, 0.0), rows - 1.001)
    return int(row), int(col), row - int(row), col - int(col)


@inlined
def _between(skin: ContactMap, r: int, c: int, fr: float, fc: float, k: int) -> float:
    """Number `k` of the map, `fr` and `fc` into the cell (r, c)."""
    near: float = (1 - fc) * skin.cells[r, c, k] + fc * skin.cells[r, c + 1, k]
    far: float = (1 - fc) * skin.cells[r + 1, c, k] + fc * skin.cells[r + 1, c + 1, k]
    return (1 - fr) * near + fr * far


@inlined
def skin_at(skin: ContactMap, point_mm: FloatArray, normal: FloatArray) -> float:
    """Signed distance of one point to the skin, mm; writes the normal (3,)."""
    x = point_mm[0] - skin.centre_mm[0]
    y = point_mm[1] - skin.centre_mm[1]
    z = point_mm[2] - skin.centre_mm[2]
    r, c, fr, fc = _cell(skin, x, y, z)
    nx, ny, nz = (
        _between(skin, r, c, fr, fc, 1),
        _between(skin, r, c, fr, fc, 2),
        _between(skin, r, c, fr, fc, 3),
    )
    scale = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-24)
    normal[0], normal[1], normal[2] = nx * scale, ny * scale, nz * scale
    radius = np.sqrt(x * x + y * y + z * z)
    facing = (x * nx + y * ny + z * nz) * scale / radius
    distance_mm: float = (radius - _between(skin, r, c, fr, fc, 0)) * max(facing, MIN_FACING)
    return distance_mm


@inlined
def radial_at(skin: ContactMap, point_mm: FloatArray) -> float:
    """Signed distance of one point to the skin along its own ray, mm: its sign costs less."""
    x = point_mm[0] - skin.centre_mm[0]
    y = point_mm[1] - skin.centre_mm[1]
    z = point_mm[2] - skin.centre_mm[2]
    r, c, fr, fc = _cell(skin, x, y, z)
    distance_mm: float = np.sqrt(x * x + y * y + z * z) - _between(skin, r, c, fr, fc, 0)
    return distance_mm


@kernel
def _distances(
    skin: ContactMap, points_mm: FloatArray, distance_mm: FloatArray, normals: FloatArray
) -> None:
    for i in range(len(points_mm)):
        distance_mm[i] = skin_at(skin, points_mm[i], normals[i])


@kernel
def _radial(skin: ContactMap, points_mm: FloatArray, distance_mm: FloatArray) -> None:
    for i in range(len(points_mm)):
        distance_mm[i] = radial_at(skin, points_mm[i])


@kernel
def _push(skin: ContactMap, points_mm: FloatArray, clearance_mm: FloatArray) -> None:
    normal = np.zeros(3)
    for i in range(len(points_mm)):
        for _ in range(8):  # the normal turns on the way out
            depth = clearance_mm[i] - skin_at(skin, points_mm[i], normal)
            if depth <= 0:
                break
            for k in range(3):
                points_mm[i, k] += depth * normal[k]
