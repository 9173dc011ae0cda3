"""What is seen of a sewn mask: its surface, the flat pattern of its panels, its texture layout.

Its cage is a grid of ROWS by COLUMNS whose middle column is the seam.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.rig import Surface
from scripts.mask_designs import marks
from scripts.mask_designs.creases import crease_sets
from scripts.mask_designs.grid import GridSurface, Row, spline_matrix, unpleated
from scripts.mask_designs.marks import Along, Marks, by_line
from scripts.mask_designs.taut import Weave, grid_links

COLUMNS, ROWS = 37, 23
SEAM = COLUMNS // 2
PER_COLUMN, PER_ROW = 2, 2
FLATTEN_STEPS = 1500
INNER_V, OUTER_V = 0.97, 0.94
PANEL_APART_MM = 25.0  # of the seams from the middle of the layout, so that panels do not overlap
PX_PER_MM = 4
WIDTH_MM, HEIGHT_MM = 340.0, 190.0  # size of the layout, wider than the widest row
SEAM_STIFF_MM = 4.0  # no crease runs over the seam, where the panels would part
HEM_STIFF, HEM_STIFF_MM = 0.6, 5.0  # what creases lose at the edge, where the cloth lies double
SEAM_SWELL_MM = 3.5  # how wide the allowance under the seam lifts the cloth
ROUND_COLUMNS, ROUNDED_COLUMNS = 1.1, 3.0  # the cage is blurred so far, to so far from the seam
LEAST_BLUR = 0.05  # a weight that is left out
SIDE_WELD_MM = 4.0
GATHERS = (0.05, 0.12, 0.35, 0.72, 0.95)  # down the sides, where the loops pull folds together
DENTS_MM = ((12.0, 14.0), (6.0, 72.0))  # from the seam and the top: beside the nose, below the lips
SEAM_WIDTH_MM, SEAM_STITCH_MM = 0.6, 2.2  # of the groove; of the stitches from it
ALLOWANCE_MM, ALLOWANCE_HIGH_MM = 3.0, 0.08  # of the cloth that is pressed flat beneath a seam
HEM_STITCH_MM, BINDING_STITCH_MM = 1.4, 1.1  # of the stitches from where the upper layer ends


class Finish(NamedTuple):
    """How seam and edges are made up, mm.

    Attributes
    ----------
    hem_mm : width of the turned hem, stitched down; 0 for a raw edge
    binding_mm : width of the band of trim round the edge
    seam_mm : height of the seam
    seam_stitched : stitches on both sides of the seam
    ridge_mm, wave_mm : height of creases that start at the sides, rms of long waves
    seed : of the creases
    """

    hem_mm: float
    binding_mm: float
    seam_mm: float
    seam_stitched: bool
    ridge_mm: float
    wave_mm: float
    seed: int


def flattened(grid_mm: FloatArray) -> FloatArray:
    """Pattern of the left panel (ROWS, SEAM + 1, 2): the panel pressed flat, lengths kept."""
    panel_mm = grid_mm[:, SEAM:]
    reach = np.linalg.norm(np.diff(panel_mm, axis=1), axis=2).mean(axis=0)
    u_mm = np.concatenate([[0.0], np.cumsum(reach)])
    flat_mm = np.stack([np.broadcast_to(u_mm, panel_mm.shape[:2]), -panel_mm[..., 1]], axis=2)
    links = grid_links(panel_mm, Weave(1.0, 1.0))
    pairs, length_mm = links.pairs, links.bounds_mm[:, 0]
    points_mm = flat_mm.reshape(-1, 2).copy()
    shares = np.bincount(pairs.ravel(), minlength=len(points_mm))[:, None]
    for _ in range(FLATTEN_STEPS):
        across = points_mm[pairs[:, 1]] - points_mm[pairs[:, 0]]
        now_mm = np.linalg.norm(across, axis=1) + 1e-9
        move = across * ((now_mm - length_mm) / now_mm / 2)[:, None]
        step = np.zeros_like(points_mm)
        np.add.at(step, pairs[:, 0], move)
        np.add.at(step, pairs[:, 1], -move)
        points_mm += 1.5 * step / shares
    pattern_mm = points_mm.reshape(flat_mm.shape)
    pattern_mm -= pattern_mm[ROWS // 2, 0]
    pattern_mm[..., 0] += PANEL_APART_MM
    return pattern_mm


def surface(grid_mm: FloatArray, finish: Finish, thickness_mm: float) -> Surface:
    """The visible surface: seam and hems stand up, creases start at the sides."""
    middle = SEAM * PER_COLUMN
    whole = rounded_columns()
    across = np.concatenate([whole[: middle + 1], whole[middle:]])  # each panel has its own seam
    down = spline_matrix(ROWS, PER_ROW)
    grid = GridSurface([Row(weights, 0.0) for weights in down], across, torn_column=middle + 1)
    fine_mm = np.einsum("vr,uc,rcd->vud", down, across, grid_mm)
    u_mm, v_mm = np.moveaxis(fine_pattern(grid_mm), 2, 0)
    seam_mm = np.linalg.norm(fine_mm - fine_mm[:, [middle]], axis=2)
    creases_mm = crease_sets(
        u_mm.ravel(),
        (v_mm - v_mm.min()).ravel(),
        grid.shape,
        half_width_mm=float(u_mm.max()),
        weld_mm=SIDE_WELD_MM,
        ridge_mm=finish.ridge_mm,
        wave_mm=finish.wave_mm,
        seed=finish.seed,
        apexes_mm=[
            (side * (PANEL_APART_MM + away_mm), down_mm)
            for away_mm, down_mm in DENTS_MM
            for side in (-1.0, 1.0)
        ],
        gathers_mm=_gathers_mm(u_mm, v_mm),
    )
    edge_mm = _edge_distance(fine_mm)
    creases_mm *= 1.0 - np.exp(-((seam_mm / SEAM_STIFF_MM) ** 2)).ravel()
    creases_mm *= 1.0 - HEM_STIFF * np.exp(-((edge_mm / HEM_STIFF_MM) ** 2)).ravel()
    occlusion = 1.0 - 0.12 * np.exp(-(((seam_mm - 2.6) / 1.4) ** 2)).ravel()
    relief_mm = _relief(edge_mm, seam_mm, finish).ravel()
    uv = pattern_uv(u_mm, v_mm)
    return unpleated(grid, grid.outer_faces(), uv, relief_mm, creases_mm, occlusion, thickness_mm)


def rounded_columns() -> FloatArray:
    """Weights (m, COLUMNS) of the fine columns: a spline through the cage, round at the seam."""
    columns = np.arange(COLUMNS)
    reach = ROUND_COLUMNS * np.exp(-(((columns - SEAM) / ROUNDED_COLUMNS) ** 2)) + 1e-3
    blur = np.exp(-(((columns - columns[:, None]) / reach[:, None]) ** 2) / 2)
    blur[blur < LEAST_BLUR] = 0.0
    rounded: FloatArray = spline_matrix(COLUMNS, PER_COLUMN) @ (blur / blur.sum(axis=1)[:, None])
    return rounded


def _gathers_mm(u_mm: FloatArray, v_mm: FloatArray) -> list[tuple[float, float]]:
    """Places (u, v) on the sides of the pattern (v, u) that folds start from."""
    rows = np.round(np.array(GATHERS) * (ROWS - 1) * PER_ROW).astype(int)
    return [
        (side * float(u_mm[row, -1] - SIDE_WELD_MM), float(v_mm[row, -1] - v_mm.min()))
        for row in rows
        for side in (-1.0, 1.0)
    ]


def pattern_uv(u_mm: FloatArray, v_mm: FloatArray) -> FloatArray:
    """Texture coordinates (2n, 2) of the outer and the inner side of n places on the pattern."""
    u, n = u_mm.ravel() / WIDTH_MM + 0.5, u_mm.size
    outer_uv = np.stack([u, (v_mm.ravel() / HEIGHT_MM + 0.5) * OUTER_V], axis=1)
    return np.concatenate([outer_uv, np.stack([u, np.full(n, INNER_V)], axis=1)])


def fine_pattern(grid_mm: FloatArray) -> FloatArray:
    """Place (v, u, 2) of the fine vertices on the flat pattern, mm from the seam's middle."""
    left_mm = flattened(grid_mm)
    down, across = spline_matrix(ROWS, PER_ROW), spline_matrix(SEAM + 1, PER_COLUMN)
    fine_mm: FloatArray = np.einsum("vr,uc,rcd->vud", down, across, left_mm)
    return np.concatenate([fine_mm[:, ::-1] * [-1.0, 1.0], fine_mm], axis=1)


def _relief(edge_mm: FloatArray, seam_mm: FloatArray, finish: Finish) -> FloatArray:
    """Height of seam, hem and binding over the cloth."""
    relief_mm = finish.seam_mm * np.exp(-((seam_mm / SEAM_SWELL_MM) ** 2))
    if finish.hem_mm:
        relief_mm += 0.5 * np.exp(-((edge_mm / 2.0) ** 2))
        relief_mm -= 0.3 * np.exp(-(((edge_mm - finish.hem_mm) / 1.5) ** 2))
    if finish.binding_mm:
        relief_mm += 0.9 / (1.0 + np.exp((edge_mm - finish.binding_mm) / 0.4))
    return relief_mm


def _edge_distance(fine_mm: FloatArray) -> FloatArray:
    """Distance (v, u) to the nearest of the four edges along the grid's lines, mm."""
    across = np.linalg.norm(np.diff(fine_mm, axis=1), axis=2)
    falls = np.linalg.norm(np.diff(fine_mm, axis=0), axis=2)
    along = np.concatenate([np.zeros((len(fine_mm), 1)), np.cumsum(across, axis=1)], axis=1)
    height = np.concatenate([np.zeros((1, fine_mm.shape[1])), np.cumsum(falls, axis=0)])
    sides = np.minimum(along, along[:, -1:] - along)
    nearest_mm: FloatArray = np.minimum(sides, np.minimum(height, height[-1:] - height))
    return nearest_mm


def layout(grid_mm: FloatArray, finish: Finish) -> ByteArray:
    """Texture layout: the panels with their seam and hems; inner side of the trim's colour."""
    half_px, height_px = round(WIDTH_MM / 2 * PX_PER_MM), round(HEIGHT_MM / OUTER_V * PX_PER_MM)
    u_mm = (np.arange(half_px) + 0.5) / PX_PER_MM
    v_mm = (np.arange(height_px) + 0.5) / PX_PER_MM - HEIGHT_MM / 2
    places_mm = np.stack(np.meshgrid(u_mm, v_mm), axis=2)
    panel_mm = flattened(grid_mm)
    seam = by_line(places_mm, panel_mm[:, 0])
    rim_mm = np.concatenate([panel_mm[0], panel_mm[1:, -1], panel_mm[-1, -2::-1]])
    edge = by_line(places_mm, rim_mm)
    outer = np.broadcast_to(np.where(v_mm < HEIGHT_MM / 2, 1.0, 0.0)[:, None], places_mm.shape[:2])
    main = outer * np.where(edge.away_mm < finish.binding_mm, 0.0, 1.0)
    drawn = marks.kept(marks.joined(*_seam_marks(seam, finish), *_edge_marks(edge, finish)), outer)
    shown = np.where(outer > 0.0, main, 1.0)  # the binding is a plain tape
    left = marks.layout(main, shown, drawn)
    return np.concatenate([left[:, ::-1], left], axis=1)


def _seam_marks(seam: Along, finish: Finish) -> list[Marks]:
    """The seam itself, and the stitches that hold its allowance down on both sides."""
    drawn = [marks.weld_line(seam.away_mm, SEAM_WIDTH_MM)]
    if finish.seam_stitched:
        drawn.append(marks.turned_edge(ALLOWANCE_MM - seam.away_mm, ALLOWANCE_HIGH_MM))
        drawn.append(marks.stitches(seam.away_mm - SEAM_STITCH_MM, seam.way_mm))
    return drawn


def _edge_marks(edge: Along, finish: Finish) -> list[Marks]:
    """The turned hem or the binding, and its stitches; a raw edge has none."""
    drawn = []
    for width_mm, stitch_mm, height_mm in (
        (finish.hem_mm, HEM_STITCH_MM, 0.15),
        (finish.binding_mm, BINDING_STITCH_MM, 0.3),
    ):
        if width_mm:
            drawn.append(marks.turned_edge(width_mm - edge.away_mm, height_mm))
            drawn.append(marks.stitches(edge.away_mm - width_mm + stitch_mm, edge.way_mm))
    return drawn
