"""Folded respirators: panels welded along sharp lines, on a grid of rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares
from scipy.sparse import lil_array

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, push_out, skin_points
from mask3d.rig import Surface
from scripts.mask_designs.grid import GridSurface, Row, unpleated
from scripts.mask_designs.marks import Along, by_line
from scripts.mask_designs.parts import Part, glued
from scripts.mask_designs.shells import (
    Fine,
    closed,
    creased,
    curve,
    distance_mm,
    index_grid,
    layout_uv,
    swatch_uv,
)

PER_COLUMN, PER_ROW = 2, 2
FACE_CURVE_PER_MM = 0.0148  # the cheeks fall back by this times the square of x
STRIP_MM = (90.0, 4.5, 0.6)  # nose strip: length, width, thickness
FOLD_MM, GAPE = 2.5, 0.1  # halves folded shut: round at the fold, and how they part from there
Points = Sequence[Sequence[float]]


class Folded(NamedTuple):
    """A folded shell.

    Attributes
    ----------
    cage_mm : (R, C, 3)
    grid : GridSurface
    fine : Fine
    """

    cage_mm: FloatArray
    grid: GridSurface
    fine: Fine


def skin_line(skin: ContactMap, half: Points, at: FloatArray) -> FloatArray:
    """Line (n, 3) on the skin of the left face through control points (P, 2) of x and y."""
    line_mm = np.pad(curve(half, at), ((0, 0), (0, 1)))
    line_mm[:, 2] = 86.0 - FACE_CURVE_PER_MM * line_mm[:, 0] ** 2
    ray = line_mm - skin.centre_mm
    return skin_points(skin, ray / np.linalg.norm(ray, axis=1, keepdims=True))


def coons(
    top: FloatArray,
    bottom: FloatArray,
    inner: FloatArray,
    outer: FloatArray,
    down: FloatArray,
    across: FloatArray,
) -> FloatArray:
    """Patch (R, C, 3) between its top and bottom (C, 3) and its inner and outer side (R, 3).

    After Coons, MIT Project MAC TR-41, 1967; `down` (R,) and `across` (C,) run from 0 to 1.
    """
    v, u = down[:, None, None], across[None, :, None]
    ruled_down = (1 - v) * top[None] + v * bottom[None]
    ruled_across = (1 - u) * inner[:, None] + u * outer[:, None]
    corners = (1 - v) * ((1 - u) * top[0] + u * top[-1]) + v * (
        (1 - u) * bottom[0] + u * bottom[-1]
    )
    patch: FloatArray = ruled_down + ruled_across - corners
    return patch


def mirrored(left: FloatArray) -> FloatArray:
    """Both halves (R, 2 C - 1, 3), the subject's right first, of a left half (R, C, 3)."""
    right = left[:, :0:-1] * [-1.0, 1.0, 1.0]
    return np.concatenate([right, left], axis=1)


def clear_of_skin(cage_mm: FloatArray, skin: ContactMap, inside_mm: float) -> FloatArray:
    """Cage (R, C, 3) with all but its rim at least `inside_mm` off the skin."""
    pushed_mm = push_out(skin, cage_mm[1:-1, 1:-1].reshape(-1, 3), inside_mm)
    clear_mm = cage_mm.copy()
    clear_mm[1:-1, 1:-1] = pushed_mm.reshape(clear_mm[1:-1, 1:-1].shape)
    return clear_mm


def folded(cage_mm: FloatArray, row_folds: Sequence[int], column_fold: int = 0) -> Folded:
    """The fine vertices over a cage whose panels meet at rows or at one column."""
    down, torn_rows = creased(len(cage_mm), PER_ROW, row_folds)
    across, torn_columns = creased(
        cage_mm.shape[1], PER_COLUMN, [column_fold] if column_fold else []
    )
    rows = [Row(weights, 0.0, torn=k in torn_rows) for k, weights in enumerate(down)]
    grid = GridSurface(rows, across, torn_column=torn_columns[0] if torn_columns else 0)
    fine_mm = np.einsum("vr,uc,rcd->vud", down, across, cage_mm)
    points_mm = fine_mm.reshape(-1, 3)
    edge_mm = distance_mm(points_mm, closed(_border_line(fine_mm)))
    return Folded(cage_mm, grid, Fine(points_mm, _flattened(fine_mm).reshape(-1, 2), edge_mm))


def _flattened(fine_mm: FloatArray) -> FloatArray:
    """Place (v, u, 2) on a plane, v down: true to length across, and down from the top edge."""
    across = np.linalg.norm(np.diff(fine_mm, axis=1), axis=2)
    u_mm = np.pad(np.cumsum(across, axis=1), ((0, 0), (1, 0)))
    u_mm -= (u_mm[:, [(u_mm.shape[1] - 1) // 2]] + u_mm[:, [u_mm.shape[1] // 2]]) / 2
    falls = np.linalg.norm(np.diff(fine_mm, axis=0), axis=2)
    v_mm = np.pad(np.cumsum(falls, axis=0), ((1, 0), (0, 0))) - fine_mm[:1, :, 1]
    v_mm -= (v_mm.min() + v_mm.max()) / 2
    return np.stack([u_mm, v_mm], axis=2)


def _border_line(grid: FloatArray) -> FloatArray:
    """The border of a grid (R, C, ...) in order round it."""
    return np.concatenate([grid[0, :-1], grid[:-1, -1], grid[-1, :0:-1], grid[:0:-1, 0]])


def edge_places(made: Folded, places: Fine) -> Along:
    """Where the pixels of a layout lie by the mask's edge."""
    border_mm = _border_line(made.fine.points_mm.reshape(*made.grid.shape, 3))
    return by_line(places.points_mm, closed(border_mm))


def rim_of(cage_mm: FloatArray) -> IntArray:
    """Cage points of the rim, in order round it."""
    index = index_grid(*cage_mm.shape[:2])
    return _border_line(index.astype(float)).astype(np.int32)


def folded_shut(cage_mm: FloatArray) -> FloatArray:
    """A shape (R, C, 3) folded along its middle column: its halves flat beside each other.

    They gape a little, ever more with the way from the fold.
    """
    middle = cage_mm.shape[1] // 2
    flat_mm = _pressed_flat(cage_mm[:, middle:])
    way_mm = flat_mm[:, :1, 1] - flat_mm[..., 1]
    gape_mm = np.clip(way_mm, 0.0, FOLD_MM) + GAPE * way_mm.clip(0.0)
    return mirrored(np.concatenate([gape_mm[..., None], flat_mm], axis=2))


def _pressed_flat(half_mm: FloatArray) -> FloatArray:
    """Heights and depths (R, C, 2) of a left half (R, C, 3) laid flat, lengths kept at best."""
    rows, columns = half_mm.shape[:2]
    index = index_grid(rows, columns)
    pairs = np.concatenate(
        [
            np.stack([a.ravel(), b.ravel()], axis=1)
            for a, b in (
                (index[1:], index[:-1]),
                (index[:, 1:], index[:, :-1]),
                (index[1:, 1:], index[:-1, :-1]),
                (index[1:, :-1], index[:-1, 1:]),
            )
        ]
    )
    points_mm = half_mm.reshape(-1, 3)
    length_mm = np.linalg.norm(points_mm[pairs[:, 0]] - points_mm[pairs[:, 1]], axis=1)

    def stretched(flat_mm: FloatArray) -> FloatArray:
        ends_mm = flat_mm.reshape(-1, 2)[pairs]
        error: FloatArray = np.linalg.norm(ends_mm[:, 0] - ends_mm[:, 1], axis=1) / length_mm - 1.0
        return error

    pattern = lil_array((len(pairs), 2 * len(points_mm)))
    for k, ends in enumerate(pairs):
        for end in ends:
            pattern[k, 2 * end : 2 * end + 2] = 1
    down_mm, across_mm = (_ways_mm(half_mm, axis).ravel() for axis in (0, 1))
    start_mm = -np.stack([down_mm, across_mm], axis=1)  # no cell turned over
    solved = least_squares(stretched, start_mm.ravel(), jac_sparsity=pattern, max_nfev=60)
    flat_mm = solved.x.reshape(-1, 2)
    seen_mm = np.stack([points_mm[:, 1], points_mm[:, 2] - points_mm[:, 0]], axis=1)
    seen_mm -= seen_mm.mean(axis=0)
    left, _, right = np.linalg.svd((flat_mm - flat_mm.mean(axis=0)).T @ seen_mm)
    turned_mm: FloatArray = (flat_mm - flat_mm.mean(axis=0)) @ left @ right
    return turned_mm.reshape(rows, columns, 2)


def _ways_mm(grid_mm: FloatArray, axis: int) -> FloatArray:
    """Way (R, C) along the rows or the columns of a grid (R, C, 3)."""
    steps_mm = np.linalg.norm(np.diff(grid_mm, axis=axis), axis=2)
    first = [(0, 0), (0, 0)]
    first[axis] = (1, 0)
    ways_mm: FloatArray = np.pad(np.cumsum(steps_mm, axis=axis), first)
    return ways_mm


def loop_ends(cage_mm: FloatArray) -> list[list[list[int]]]:
    """Where the ear loops are welded: a cell inside the corners, strap by side by end."""
    index = index_grid(*cage_mm.shape[:2])
    return [[[int(index[row, column]) for row in (1, -2)] for column in (-2, 1)]]


def folded_surface(
    made: Folded,
    relief_mm: FloatArray,
    creases_mm: FloatArray,
    occlusion: FloatArray,
    thickness_mm: float,
    layout_mm: Sequence[float],
) -> Surface:
    """The visible surface."""
    uv = layout_uv(made.fine.flat_mm, layout_mm)
    return unpleated(
        made.grid,
        made.grid.outer_faces(),
        np.concatenate([uv, uv]),
        relief_mm,
        creases_mm,
        occlusion,
        thickness_mm,
    )


def nose_strip(surface: Surface, made: Folded, down_mm: float, layout_mm: Sequence[float]) -> Part:
    """The metal strip glued along the top edge, its middle `down_mm` below it."""
    length_mm, width_mm, thick_mm = STRIP_MM
    columns = made.grid.shape[1]
    top = made.fine.flat_mm[:columns]
    along = np.linspace(-1.0, 1.0, 121)
    across = np.array([-1.0, -0.85, 0.0, 0.85, 1.0])
    rounded = np.sqrt(np.clip(1.0 - (np.clip(np.abs(along) - 0.965, 0, 1) / 0.035) ** 2, 0.05, 1))
    u_mm = along * length_mm / 2
    v_mm = np.interp(u_mm, top[:, 0], top[:, 1]) + down_mm
    v_mm = v_mm + across[:, None] * rounded * width_mm / 2
    places = np.stack(np.broadcast_arrays(u_mm[None], v_mm), axis=2)
    bevel = np.where(np.abs(across) > 0.95, 0.3, 1.0)[:, None] * np.ones(len(along))
    glint = 0.10 + 0.1 * np.abs(across)[:, None] + 0.05 * np.cos(9.0 * along)
    return glued(
        surface, made.fine.flat_mm, places, thick_mm * bevel, swatch_uv(glint.ravel(), layout_mm)
    )
