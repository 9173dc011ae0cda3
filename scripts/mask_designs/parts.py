"""Parts on a shell: strips glued to its surface, housings and cartridges bolted to its cage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray, IntArray
from mask3d.recipe import CREASE_SETS
from mask3d.rig import Surface

LIFT_MM = 0.35  # of a part's underside off the shell: a chord must not cut a dome
CANDIDATES = 24  # triangles that may hold a place
REACH_MM = 30.0  # of the ground that a part may stand on
TURN_STEPS = 96  # round a lathed part
GROOVE_DARK = 0.4  # of the bottom of a groove


class Part(NamedTuple):
    """A closed solid that rides on a surface.

    Attributes
    ----------
    weights : (m, N) sparse, from the cage; rows sum to 1
    height_mm : (m,) along the surface's normal
    creases_mm : (CREASE_SETS, m) of the surface under it
    faces : (F, 3)
    uv : (m, 2)
    occlusion : (m,)
    """

    weights: sparse.csr_array
    height_mm: FloatArray
    creases_mm: FloatArray
    faces: IntArray
    uv: FloatArray
    occlusion: FloatArray


class Solid(NamedTuple):
    """A closed solid in millimetres.

    Attributes
    ----------
    points_mm : (m, 3)
    faces : (F, 3)
    dark : (m,) 0 as the part's colour .. 1 as the bottom of a slot
    """

    points_mm: FloatArray
    faces: IntArray
    dark: FloatArray


def with_part(surface: Surface, part: Part) -> Surface:
    """The surface with a part added to its outer side."""
    n, m = surface.weights.shape[0], part.weights.shape[0]
    moved = np.where(surface.faces < n, surface.faces, surface.faces + m)
    uv, occlusion = surface.uv, surface.occlusion
    return replace(
        surface,
        weights=sparse.csr_array(sparse.vstack([surface.weights, part.weights], format="csr")),
        gap_of=np.concatenate([surface.gap_of, np.full(m, -1)]),
        fold=np.concatenate([surface.fold, np.zeros((m, 4))]),
        relief_mm=np.concatenate([surface.relief_mm, part.height_mm]),
        creases_mm=np.concatenate([surface.creases_mm, part.creases_mm], axis=1),
        faces=np.concatenate([moved, part.faces + n]),
        uv=np.concatenate([uv[:n], part.uv, uv[n:], part.uv]),
        occlusion=np.concatenate([occlusion[:n], part.occlusion, occlusion[n:], part.occlusion]),
    )


def bolted(cage_mm: FloatArray, to: IntArray, solid: Solid, uv: FloatArray) -> Part:
    """A solid that moves with four points `to` of the cage (N, 3) as if bolted to them."""
    frame = np.concatenate([cage_mm[to].T, np.ones((1, 4))])  # (4, 4) columns: points
    placed = np.concatenate([solid.points_mm.T, np.ones((1, len(solid.points_mm)))])
    shares = np.linalg.solve(frame, placed).T  # (m, 4)
    rows = np.repeat(np.arange(len(shares)), 4)
    weights = sparse.csr_array(
        (shares.ravel(), (rows, np.tile(to, len(shares)))), shape=(len(shares), len(cage_mm))
    )
    flat, smooth = np.zeros(len(shares)), np.zeros((CREASE_SETS, len(shares)))
    return Part(weights, flat, smooth, solid.faces, uv, 1.0 - 0.8 * solid.dark)


def glued(
    surface: Surface,
    flat_mm: FloatArray,
    places_mm: FloatArray,
    thick_mm: FloatArray,
    uv: FloatArray,
) -> Part:
    """A strip, `thick_mm` (s, t) high, at places (s, t, 2) of the surface's flat (n, 2)."""
    at = places_mm.reshape(-1, 2)
    corners, share = _within(flat_mm, surface.faces[(surface.faces < len(flat_mm)).all(axis=1)], at)
    rows = np.repeat(np.arange(len(at)), 3)
    blend = sparse.csr_array(
        (share.ravel(), (rows, corners.ravel())), shape=(len(at), surface.weights.shape[0])
    )
    under_mm = blend @ surface.relief_mm + LIFT_MM
    top, bottom = under_mm + thick_mm.ravel(), under_mm
    weights = blend @ surface.weights
    creases_mm = (blend @ surface.creases_mm.T).T
    count = len(at)
    sheet = _grid_faces(*places_mm.shape[:2])
    rim = _border(*places_mm.shape[:2])
    i, j = rim, np.roll(rim, -1)
    sides = np.concatenate(
        [np.stack([i, i + count, j], axis=1), np.stack([j, i + count, j + count], axis=1)]
    )
    faces = np.concatenate([sheet, sheet[:, ::-1] + count, sides])
    return Part(
        sparse.csr_array(sparse.vstack([weights, weights], format="csr")),
        np.concatenate([top, bottom]),
        np.concatenate([creases_mm, creases_mm], axis=1),
        faces.astype(np.int32),
        np.concatenate([uv, uv]),
        np.concatenate([np.ones(count), np.full(count, 0.6)]),
    )


def _within(flat_mm: FloatArray, faces: IntArray, at_mm: FloatArray) -> tuple[IntArray, FloatArray]:
    """Corners (m, 3) of the triangle that holds each place (m, 2), and the shares of each."""
    corner_mm = flat_mm[faces]  # (F, 3, 2)
    _, near = cKDTree(corner_mm.mean(axis=1)).query(at_mm, k=CANDIDATES)
    a, b, c = np.moveaxis(corner_mm[near], 2, 0)  # (m, K, 2) each
    edges = np.stack([a - c, b - c], axis=-1)  # (m, K, 2, 2)
    flat = np.abs(np.linalg.det(edges)) < 1e-9
    edges[flat] = np.eye(2)
    share = np.linalg.solve(edges, (at_mm[:, None] - c)[..., None])[..., 0]
    share = np.concatenate([share, 1 - share.sum(axis=2, keepdims=True)], axis=2)
    best = np.argmax(np.where(flat, -np.inf, share.min(axis=2)), axis=1)
    row = np.arange(len(at_mm))
    return faces[near[row, best]], share[row, best]


def lathed(
    profile: FloatArray,
    square: float,
    slots: int = 0,
    slot_rows: tuple[int, ...] = (),
    slot_mm: float = 0.0,
) -> Solid:
    """A turned solid about z, from its underside up.

    Parameters
    ----------
    profile : (P, 2) radius and height, mm; a corner that is to be sharp stands there twice
    square : exponent of its outline, 2 round, more is squarer
    slots : number of slots round it
    slot_rows : rows of the profile that the slots sink
    slot_mm : how deep
    """
    turn = np.arange(TURN_STEPS) * 2 * np.pi / TURN_STEPS
    shape = (np.abs(np.cos(turn)) ** square + np.abs(np.sin(turn)) ** square) ** (-1 / square)
    radius_mm = profile[:, :1] * shape
    height_mm = np.repeat(profile[:, 1:], TURN_STEPS, axis=1)
    sunk = np.zeros_like(height_mm)
    sunk[list(slot_rows)] = np.sin(slots * turn + 0.5 * np.pi) > -0.25 if slots else 0.0
    height_mm = height_mm - slot_mm * sunk
    points_mm = np.stack([radius_mm * np.cos(turn), radius_mm * np.sin(turn), height_mm], axis=2)
    faces = _lathe_faces(len(profile), np.linalg.norm(np.diff(profile, axis=0), axis=1) < 1e-9)
    return Solid(points_mm.reshape(-1, 3), faces, sunk.ravel())


def gripped(solid: Solid, rows: Sequence[int], count: int, depth_mm: float) -> Solid:
    """A turned solid with `count` grooves along the wall that these rows of its profile make."""
    points_mm = solid.points_mm.reshape(-1, TURN_STEPS, 3).copy()
    groove = np.arange(TURN_STEPS) % (TURN_STEPS // count) == 0
    radius_mm = np.linalg.norm(points_mm[list(rows), :, :2], axis=2, keepdims=True)
    points_mm[list(rows), :, :2] *= 1.0 - depth_mm * groove[:, None] / radius_mm
    dark = solid.dark.reshape(-1, TURN_STEPS).copy()
    dark[list(rows)] += GROOVE_DARK * groove
    return Solid(points_mm.reshape(-1, 3), solid.faces, dark.ravel())


def grounded(
    solid: Solid, rows: int, at_mm: FloatArray, axis: FloatArray, on_mm: FloatArray
) -> Solid:
    """A turned solid moved to `at_mm`, its axis along `axis`, whose lowest rows lie on a surface.

    Parameters
    ----------
    solid : its z axis is put along `axis`, its y axis as upright as it goes
    rows : of the profile that follow the surface
    on_mm : (n, 3) points of the surface
    """
    turn = _upright(axis)
    local_mm = (on_mm - at_mm) @ turn.T
    near = (np.abs(local_mm[:, :2]).max(axis=1) < REACH_MM) & (local_mm[:, 2] > -REACH_MM)
    ground = LinearNDInterpolator(local_mm[near, :2], local_mm[near, 2])
    points_mm = solid.points_mm + np.array([0.0, 0.0, LIFT_MM])
    low = np.arange(rows * TURN_STEPS)
    points_mm[low, 2] += ground(points_mm[low, :2])
    return solid._replace(points_mm=points_mm @ turn + at_mm)


def _upright(axis: FloatArray) -> FloatArray:
    """Axes (3, 3), by rows, of a frame with z along `axis` and y upwards."""
    z = axis / np.linalg.norm(axis)
    x = np.cross([0.0, 1.0, 0.0], z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z])


def _lathe_faces(rows: int, torn: NDArray[np.bool_]) -> IntArray:
    """Triangles between rings, and fans over the first and the last."""
    index = np.arange(rows * TURN_STEPS).reshape(rows, TURN_STEPS)
    following = np.roll(index, -1, axis=1)
    whole = np.flatnonzero(~torn)
    a, b = index[whole].ravel(), following[whole].ravel()
    d, c = index[whole + 1].ravel(), following[whole + 1].ravel()
    sides = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    k = np.arange(1, TURN_STEPS - 1)
    top, bottom = index[-1], index[0]
    lid = np.stack([np.full_like(k, top[0]), top[k], top[k + 1]], axis=1)
    base = np.stack([np.full_like(k, bottom[0]), bottom[k + 1], bottom[k]], axis=1)
    return np.concatenate([sides, lid, base]).astype(np.int32)


def _grid_faces(rows: int, columns: int) -> IntArray:
    """Triangles of a grid whose rows run down and whose columns run to +x, seen from +z."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()
    d, c = index[1:, :-1].ravel(), index[1:, 1:].ravel()
    return np.concatenate([np.stack([a, d, b], axis=1), np.stack([b, d, c], axis=1)])


def _border(rows: int, columns: int) -> IntArray:
    """Points round a grid, counter-clockwise seen from +z."""
    index = np.arange(rows * columns).reshape(rows, columns)
    return np.concatenate([index[:-1, 0], index[-1, :-1], index[:0:-1, -1], index[0, :0:-1]])
