"""Cups: rings from an apex to a rim that lies on the skin."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d, map_coordinates

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import contact_map, skin_points
from mask3d.face_model import FaceModel
from mask3d.rig import Surface
from scripts.mask_designs.grid import GridSurface, Row, spline_matrix, unpleated
from scripts.mask_designs.parts import glued, with_part
from scripts.mask_designs.shells import (
    Fine,
    closed,
    creased,
    curve,
    distance_mm,
    layout_uv,
    swatch_uv,
)

COLUMNS = 56  # round the rim: the first at the nose, then to the subject's right
PER_COLUMN, PER_ROW = 2, 3
RIM_SMOOTHING = 1.2  # columns
FACE_CURVE_PER_MM = 0.0148  # the cheeks fall back by this times the square of x
# of a plate's lines: its border and its flat middle
PLATE_ACROSS, PLATE_ALONG = np.array([-1.0, -0.8, 0.8, 1.0]), np.array([-1.0, -0.9, 0.0, 0.9, 1.0])
Points = Sequence[Sequence[float]]


class CupSurface(NamedTuple):
    """The fine vertices of a cup.

    Attributes
    ----------
    grid : GridSurface
    fine : Fine
    rho : (n,) share of the way from the apex to the rim
    """

    grid: GridSurface
    fine: Fine
    rho: FloatArray


class Plate(NamedTuple):
    """What holds a band on a cup: a buckle, a staple.

    Attributes
    ----------
    size_mm : away from the apex, and along the rim
    thick_mm : float
    dark, main : its colour, see `shells.swatch_uv`
    """

    size_mm: tuple[float, float]
    thick_mm: float
    dark: float
    main: bool


def rim_mm(model: FaceModel, top_mm: FloatArray, bottom_mm: FloatArray, half: Points) -> FloatArray:
    """Rim (COLUMNS, 3) on the skin of the mean head.

    Parameters
    ----------
    top_mm, bottom_mm : (3,) where it crosses the middle of the face
    half : control points of its left half: half width in mm, share of the way down
    """
    right = curve(half, np.linspace(0.0, 1.0, COLUMNS // 2 + 1)) * [-1.0, 1.0]
    left = right[-2:0:-1] * [-1.0, 1.0]
    x_mm, down = np.concatenate([right, left]).T
    flat_mm = top_mm + (bottom_mm - top_mm) * down[:, None]
    flat_mm[:, 0] = x_mm
    flat_mm[:, 2] -= FACE_CURVE_PER_MM * x_mm**2
    skin = contact_map(model, model.mean_mm)
    ray = flat_mm - skin.centre_mm
    skin_mm = skin_points(skin, ray / np.linalg.norm(ray, axis=1, keepdims=True))
    smooth_mm: FloatArray = gaussian_filter1d(skin_mm, RIM_SMOOTHING, axis=0, mode="wrap")
    return smooth_mm


def rings_mm(
    rim: FloatArray, apex_mm: FloatArray, rho: FloatArray, bulge: tuple[float, float]
) -> FloatArray:
    """Rings (len(rho), COLUMNS, 3) of a dome over a rim (COLUMNS, 3).

    Parameters
    ----------
    apex_mm : (3,)
    rho : shares of the way from the apex to the rim, in the plane of the face
    bulge : exponents of the dome's height (1 - rho ** a) ** b: the greater a the flatter
        its front, the smaller b the steeper its wall
    """
    share = rho[:, None]
    height = (1 - share ** bulge[0]) ** bulge[1]
    floor_mm = np.array([apex_mm[0], apex_mm[1], rim[:, 2].mean()])
    out_mm = rim - floor_mm
    away_mm = np.linalg.norm(out_mm[:, :2], axis=1, keepdims=True)
    round_mm = out_mm * away_mm.mean() / away_mm  # the apex is round whatever the rim
    shape_mm = round_mm * (1 - share[..., None]) + out_mm * share[..., None]
    rings: FloatArray = floor_mm + shape_mm * share[..., None]
    rings[..., 2] = rings[..., 2] * (1 - height) + apex_mm[2] * height
    return rings


def ring_shares(first: float, rows: int, flange: float, wide: float) -> FloatArray:
    """Shares of `rows` rings; the flange has the last quarter of them."""
    dome = round(0.75 * rows)
    return np.concatenate(
        [np.linspace(first, flange, dome, endpoint=False), np.linspace(flange, wide, rows - dome)]
    )


def cup_surface(
    rings: FloatArray, rho: FloatArray, ring_folds: Sequence[int] = (), folds: Sequence[int] = ()
) -> CupSurface:
    """The fine vertices over rings (R, COLUMNS, 3), with creases at rings and at columns."""
    across = _round(folds) if folds else spline_matrix(COLUMNS, PER_COLUMN, closed=True)
    down, torn = creased(len(rho), PER_ROW, ring_folds)
    rows = [Row(weights, 0.0, torn=k in torn) for k, weights in enumerate(down)]
    grid = GridSurface(rows, across, closed=True)
    fine_mm = np.einsum("vr,uc,rcd->vud", down, across, rings)
    edge_mm = distance_mm(fine_mm.reshape(-1, 3), closed(fine_mm[-1]))
    fine = Fine(fine_mm.reshape(-1, 3), _unrolled(fine_mm).reshape(-1, 2), edge_mm)
    return CupSurface(grid, fine, np.repeat(down @ rho, grid.shape[1]))


def _round(folds: Sequence[int]) -> FloatArray:
    """Spline weights (m, COLUMNS) round a cup that do not smooth over its folds."""
    blocks = []
    for first, last in pairwise([*folds, folds[0] + COLUMNS]):
        block = spline_matrix(last - first + 1, PER_COLUMN)[:-1]
        weights = np.zeros((len(block), COLUMNS))
        weights[:, np.arange(first, last + 1) % COLUMNS] = block
        blocks.append(weights)
    return np.roll(np.concatenate(blocks), folds[0] * PER_COLUMN, axis=0)


def _unrolled(fine_mm: FloatArray) -> FloatArray:
    """Place (v, u, 2) of rings (v, u, 3) on a plane, v down: true to length from the apex out."""
    middle_mm = fine_mm[0].mean(axis=0)
    steps = np.linalg.norm(np.diff(fine_mm, axis=0), axis=2)
    first = np.linalg.norm(fine_mm[0] - middle_mm, axis=1)
    way_mm = np.concatenate([[first], first + np.cumsum(steps, axis=0)])
    out = (fine_mm[-1] - middle_mm)[:, :2] * [1.0, -1.0]
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    flat: FloatArray = way_mm[..., None] * out
    return flat


def shell_surface(
    made: CupSurface,
    relief_mm: FloatArray,
    creases_mm: FloatArray,
    occlusion: FloatArray,
    thickness_mm: float,
    layout_mm: Sequence[float],
) -> Surface:
    """The visible surface, its apex closed."""
    uv = layout_uv(made.fine.flat_mm, layout_mm)
    return unpleated(
        made.grid,
        np.concatenate([made.grid.outer_faces(), _lid(made.grid.shape[1])]),
        np.concatenate([uv, uv]),
        relief_mm,
        creases_mm,
        occlusion,
        thickness_mm,
    )


def _lid(columns: int) -> IntArray:
    """Triangles between the upper and the lower half of the first ring."""
    side, k = columns // 4, np.arange(columns // 2)
    a, b = (side + k) % columns, (side + k + 1) % columns
    c, d = (side - k - 1) % columns, (side - k) % columns
    lower, upper = np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)
    return np.concatenate([lower[:-1], upper[1:]]).astype(np.int32)


def column_at(rim: FloatArray, share_down: float, side: int) -> int:
    """Column of the rim (COLUMNS, 3) at a share of its height, on the side of `side` (+1 left)."""
    down = (rim[:, 1].max() - rim[:, 1]) / np.ptp(rim[:, 1])
    away = np.abs(down - share_down) + 10.0 * (rim[:, 0] * side < 0)
    return int(np.argmin(away))


def band_ends(rim: FloatArray, ring: int, shares_down: Sequence[float]) -> list[list[list[int]]]:
    """Cage points where head bands are fixed, band by side; a band has one end a side, twice."""
    ends: list[list[list[int]]] = []
    for share in shares_down:
        left, right = (ring * COLUMNS + column_at(rim, share, side) for side in (1, -1))
        ends.append([[left, left], [right, right]])
    return ends


def with_plates(
    surface: Surface,
    made: CupSurface,
    ends: Sequence[Sequence[Sequence[int]]],
    plate: Plate,
    layout_mm: Sequence[float],
) -> Surface:
    """The surface with a plate at each of the band ends, see `band_ends`."""
    inner = (np.abs(PLATE_ACROSS) < 1.0)[:, None] & (np.abs(PLATE_ALONG) < 1.0)
    thick_mm = np.where(inner, plate.thick_mm, 0.4 * plate.thick_mm)
    uv = swatch_uv(np.full(thick_mm.size, plate.dark), layout_mm, main=plate.main)
    for end in np.unique(ends):
        places = _plate_places(made, end, plate)
        surface = with_part(surface, glued(surface, made.fine.flat_mm, places, thick_mm, uv))
    return surface


def _plate_places(made: CupSurface, end: int, plate: Plate) -> FloatArray:
    """Places (s, t, 2) on the layout of the lines of a plate on a cage point."""
    points_mm = made.fine.points_mm.reshape(*made.grid.shape, 3)
    flat_mm = made.fine.flat_mm.reshape(*made.grid.shape, 2)
    row, column = end // COLUMNS * PER_ROW, end % COLUMNS * PER_COLUMN
    row_mm = np.linalg.norm(points_mm[row - 1, column] - points_mm[row, column])
    column_mm = np.linalg.norm(points_mm[row, column - 1] - points_mm[row, column])
    rows = row + PLATE_ACROSS * plate.size_mm[0] / 2 / row_mm
    columns = column + PLATE_ALONG * plate.size_mm[1] / 2 / column_mm
    at = np.meshgrid(rows, columns, indexing="ij")
    place = [map_coordinates(flat_mm[..., k], at, order=1, mode="grid-wrap") for k in range(2)]
    return np.stack(place, axis=2)


def last_ring(rows: int) -> IntArray:
    """Cage points of the rim, in order round it."""
    return np.arange((rows - 1) * COLUMNS, rows * COLUMNS, dtype=np.int32)


def bolts(rows: int) -> IntArray:
    """Four cage points of the stiff middle that span space."""
    ring = max(2, rows // 3)
    at = [0, ring * COLUMNS, ring * COLUMNS + COLUMNS // 3, ring * COLUMNS + 2 * COLUMNS // 3]
    return np.array(at, np.int32)


def front(made: CupSurface, xy_mm: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Point (3,) of a cup straight before the face at `xy_mm`, and its outward normal (3,)."""
    points_mm = made.fine.points_mm
    near = np.argsort(np.linalg.norm(points_mm[:, :2] - xy_mm, axis=1))[:40]
    middle_mm = points_mm[near].mean(axis=0)
    normal = np.linalg.svd(points_mm[near] - middle_mm)[2][-1]
    return points_mm[near[0]], normal * np.sign(normal[2])
