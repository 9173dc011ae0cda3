"""The visible surface of a pleated sheet: panels, the pleats between them, welded at the sides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.rig import Surface
from scripts.mask_designs.grid import GridSurface, Row, double_sided, spline_matrix
from scripts.mask_designs.pleated_sheet import (
    COLUMNS,
    DV_MM,
    HEIGHT_MM,
    PLEAT_DEPTH_MM,
    PLEAT_ROWS,
    ROWS,
    U_MM,
    V_MM,
    WELD_MM,
    WIDTH_MM,
)

WIRED_MM = 12.0  # of the sheet, from its upper edge
PLEAT_REACH = 2  # cage rows from the start of a pleat to where its crease lies at most
PER_COLUMN, PER_ROW = 2, 2
UNFOLDED_MM = HEIGHT_MM + 2 * PLEAT_DEPTH_MM * len(PLEAT_ROWS)
OUTER_V = 0.94  # share of the texture's height that shows the outer side
INNER_V = 0.97  # texture row of the inner side, see the layout of the texture

Creases = Callable[[FloatArray, FloatArray, tuple[int, int]], FloatArray]


def _panel_rows(first: int, last: int, below_mm: float) -> list[Row]:
    """Rows of the flat panel between cage rows `first` and `last`."""
    matrix = spline_matrix(last - first + 1, PER_ROW)
    rows = []
    for k, weights in enumerate(matrix):
        over = np.zeros(ROWS)
        over[first : last + 1] = weights
        shade = 1.0 if first == 0 else (0.72, 0.88, 0.96)[k] if k < 3 else 1.0
        rows.append(Row(over, V_MM[first] + k / PER_ROW * DV_MM + below_mm, occlusion=shade))
    return rows


def _pleat_rows(pleat: int, row: int, v_mm: float) -> list[Row]:
    """Rows of one pleat: down over the next panel, round the crease and back to where it starts.

    What runs on behind the panel above is never seen.
    """
    above = np.zeros(ROWS)
    above[row] = 1.0
    half_mm = (DV_MM + 2 * PLEAT_DEPTH_MM) / 2
    lift_mm, lift_per_slack = 0.9, 1.6 / PLEAT_DEPTH_MM

    def fold(way: float, back: float, lift: float) -> tuple[float, float, float, float]:
        return (way / 2, way / 2 - back, lift * lift_mm, lift * lift_per_slack)

    rows = []
    for way, lift in ((0.25, 0.6), (0.56, 1.0), (1.0, 1.15)):
        rows.append(Row(above, v_mm + way * half_mm * 0.9, pleat, fold(way, 0.0, lift)))
    crease_mm = v_mm + half_mm * 0.9
    crest, back = rows[-1].fold, fold(1.0, 0.35, 0.15)
    rows.append(Row(above, crease_mm, pleat, crest, occlusion=0.5, torn=True))
    rows.append(Row(above, crease_mm, pleat, back, occlusion=0.45, under=True))
    rows.append(Row(above, crease_mm, pleat, back, occlusion=0.45, torn=True))
    return rows


# the rows of `_pleat_rows` where they are welded: flat over the gap, way and lift
WELDED_ROWS = ((0.2, 0.3), (0.4, 0.5), (0.6, 0.6), (0.6, 0.6), (0.63, 0.3), (0.63, 0.3))
WELDED_OCCLUSION = 0.85
FLATTEN_MM = 18.0  # before the weld


def _welded(grid: GridSurface, u_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fold (n, 4) and occlusion (n,) with the pleats pressed flat in the side welds."""
    start_mm = WIDTH_MM / 2 - WELD_MM - FLATTEN_MM
    share = np.clip((np.abs(u_mm) - start_mm) / FLATTEN_MM, 0.0, 1.0)
    pleats = [k for k, row in enumerate(grid.rows) if row.pleat >= 0]
    flat = np.zeros((len(grid.rows), 4))
    flat[pleats] = [(way, 0.0, lift, 0.0) for way, lift in WELDED_ROWS * len(PLEAT_ROWS)]
    flat = np.repeat(flat, len(grid.columns), axis=0)
    fold = grid.fold() + share[:, None] * (flat - grid.fold())
    shade = np.maximum(grid.occlusion(), WELDED_OCCLUSION)
    return fold, grid.occlusion() + share * (shade - grid.occlusion())


def grid_surface() -> GridSurface:
    """The fine surface: four panels and the pleats between them."""
    starts = (0, *(row + 1 for row in PLEAT_ROWS))
    ends = (*PLEAT_ROWS, ROWS - 1)
    rows: list[Row] = []
    for pleat, (first, last) in enumerate(zip(starts, ends, strict=True)):
        rows += _panel_rows(first, last, 2 * PLEAT_DEPTH_MM * pleat)
        if pleat < len(PLEAT_ROWS):
            rows += _pleat_rows(pleat, last, rows[-1].v_mm)
    gap_rows = np.zeros((2, len(PLEAT_ROWS), ROWS))
    for pleat, row in enumerate(PLEAT_ROWS):
        gap_rows[0, pleat, row : row + 2] = (-1.0, 1.0)
        gap_rows[1, pleat, row + 1 : row + 3] = (-1.0, 1.0)
    return GridSurface(rows, spline_matrix(COLUMNS, PER_COLUMN), np.concatenate(gap_rows))


def _folded_v_mm(grid: GridSurface) -> FloatArray:
    """How far down the worn sheet each fine row lies, (rows,), the pleats left out.

    What lies double has one and the same place: it must rise and fall together,
    or creases would push one layer through the other.
    """
    double = sorted((V_MM[row], V_MM[row + PLEAT_REACH]) for row in PLEAT_ROWS)
    knots = np.array([0.0, *np.ravel(double), HEIGHT_MM])
    single_mm = np.diff(knots)
    single_mm[1::2] = 0.0
    down_mm = np.array([row.weights for row in grid.rows]) @ V_MM
    single = np.concatenate([[0.0], np.cumsum(single_mm)])
    down: FloatArray = np.interp(down_mm, knots, single).round(6)
    return down


def _creased(grid: GridSurface, creases_mm: Creases) -> FloatArray:
    """Heights (CREASE_SETS, n) of creases of the folded sheet on all its layers.

    The wire keeps the upper edge smooth.
    """
    down_mm, row_of = np.unique(_folded_v_mm(grid), return_inverse=True)
    shape = len(down_mm), len(grid.columns)
    u_mm, v_mm = np.tile(grid.columns @ U_MM, shape[0]), np.repeat(down_mm, shape[1])
    height_mm = creases_mm(u_mm, v_mm, shape) * np.clip(v_mm / WIRED_MM, 0.0, 1.0)
    height_mm = height_mm.reshape(-1, *shape)
    return height_mm[:, row_of].reshape(len(height_mm), -1)


def pleated_surface(
    thickness_mm: float,
    creases_mm: Creases,
    relief_mm: Callable[[FloatArray, FloatArray], FloatArray],
) -> Surface:
    """The visible surface with texture coordinates.

    `relief_mm` takes the place (n,), (n,) on the unfolded sheet, `creases_mm` that on the
    folded one without its pleats, and the rows and columns of the vertices.
    """
    grid = grid_surface()
    rows, columns = grid.shape
    n = rows * columns
    u_mm = np.tile(grid.columns @ U_MM, rows)
    v_mm = grid.v_mm()
    fold, occlusion = _welded(grid, u_mm)
    creased_mm = _creased(grid, creases_mm)
    u = u_mm / WIDTH_MM + 0.5
    outer_uv = np.stack([u, v_mm / UNFOLDED_MM * OUTER_V], axis=1)
    inner_uv = np.stack([u, np.full(n, INNER_V)], axis=1)
    return Surface(
        weights=grid.weights(),
        gaps=grid.gaps(),
        gap_of=grid.gap_of(),
        fold=fold,
        open_mm=DV_MM + 2 * PLEAT_DEPTH_MM,
        slack_mm=np.array([1.6, PLEAT_DEPTH_MM]),
        relief_mm=relief_mm(u_mm, v_mm),
        creases_mm=creased_mm,
        thickness_mm=thickness_mm,
        faces=double_sided(grid.outer_faces(), n),
        uv=np.concatenate([outer_uv, inner_uv]),
        occlusion=np.concatenate([occlusion, np.full(n, 0.55)]),
    )
