"""The surgical mask: one sheet, three pleats, nose wire, ear loops."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.cloth import Anchors, settle
from mask3d.contact import contact_map
from mask3d.face_model import FaceModel
from mask3d.rig import Rig, Surface
from scripts.mask_designs import marks
from scripts.mask_designs.creases import crease_sets
from scripts.mask_designs.design import Design, Spec, ear_anchors
from scripts.mask_designs.grid import GridSurface, Row, double_sided, grid_faces, spline_matrix
from scripts.mask_designs.marks import Marks, joined, ridge_line, weld_dots
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
    index,
    sheet,
)
from scripts.mask_designs.wearing import SETTLE, mirrored, worn_poses

UNDER_MM = -0.35  # the cloth that runs back under a pleat lies lower than the sheet
PER_COLUMN, PER_ROW = 2, 2
UNFOLDED_MM = HEIGHT_MM + 2 * PLEAT_DEPTH_MM * len(PLEAT_ROWS)
OUTER_V = 0.94  # share of the texture's height that shows the outer side
INNER_V = 0.97  # texture row of the inner side, see the layout of the texture
MIRROR = np.array([index(r, COLUMNS - 1 - c) for r in range(ROWS) for c in range(COLUMNS)])
LOOP_PULLS = (1.0, 0.25)  # the lower ends are looser: the hem hangs round under the chin
NOSE_APEXES_MM = ((-14.0, 7.0), (14.0, 7.0))  # creases run down beside the nose from the wire
TOP_BAND_MM, HEM_BAND_MM, BAND_RELIEF_MM = 9.0, 7.0, 0.1  # the sheet's edges folded over
WIRE_DOWN_MM, WIRE_HALF_MM = 4.7, 50.0  # of the nose wire in the upper band
PLEAT_EDGE_MM = 1.0  # from a pleat's fold to where pressing shows
DANGLE_RADIUS_MM = 150.0
DANGLE_OFFSET_MM = (14.0, -45.0, 55.0)  # of the sheet's left upper corner from the ear


def start_mm(model: FaceModel, anchors: Anchors) -> FloatArray:
    """The flat sheet bent to a cylinder in front of the mean head, (N, 3)."""
    points_mm = model.landmarks_mm(model.mean_mm)
    radius_mm = float(np.abs(points_mm[[0, 16], 0]).mean()) + 8.0
    front_mm = float(points_mm[[30, 51, 8], 2].max()) + 8.0
    top_mm, bottom_mm = float(anchors.bridge_mm[1]), float(points_mm[8, 1]) - 8.0
    angle = np.tile(U_MM / radius_mm, ROWS)
    down = np.repeat(V_MM / HEIGHT_MM, COLUMNS)
    return np.stack(
        [
            np.sin(angle) * radius_mm,
            top_mm + (bottom_mm - top_mm) * down,
            front_mm - radius_mm + np.cos(angle) * radius_mm,
        ],
        axis=1,
    )


def drape_on_mean(model: FaceModel, anchors: Anchors) -> FloatArray:
    """Cage (N, 3) hung on the mean head, made symmetric."""
    skin = contact_map(model, model.mean_mm)
    hung_mm = settle(start_mm(model, anchors), sheet(), anchors, skin, SETTLE)
    return (hung_mm + mirrored(hung_mm, MIRROR)) / 2


def dangling_mm(anchors: Anchors) -> FloatArray:
    """The sheet (N, 3) beside the left ear: its left side up, its upper edge in front, bent."""
    bent = np.tile((U_MM[-1] - U_MM) / DANGLE_RADIUS_MM, ROWS)
    side_mm = anchors.pulled_mm[:2].mean(axis=0) + DANGLE_OFFSET_MM
    down_mm = np.sin(bent) * DANGLE_RADIUS_MM
    in_mm = (1 - np.cos(bent)) * DANGLE_RADIUS_MM
    back_mm = np.repeat(V_MM, COLUMNS)
    hung_mm: FloatArray = side_mm - np.stack([in_mm, down_mm, back_mm], axis=1)
    return hung_mm


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
    """Rows of one pleat: down over the next panel, round the crease and back under."""
    above = np.zeros(ROWS)
    above[row] = 1.0
    half_mm = (DV_MM + 2 * PLEAT_DEPTH_MM) / 2
    lift_mm, lift_per_slack = 0.9, 1.6 / PLEAT_DEPTH_MM
    rows = []
    for way, lift in ((0.35, 0.6), (0.75, 1.0), (1.0, 1.15)):
        fold = (way / 2, way / 2, lift * lift_mm, lift * lift_per_slack)
        rows.append(Row(above, v_mm + way * half_mm * 0.9, pleat, fold))
    crease_mm = v_mm + half_mm * 0.9
    under = (0.5, -0.5, UNDER_MM, 0.0)
    rows.append(Row(above, crease_mm, pleat, rows[-1].fold, occlusion=0.5, torn=True))
    rows.append(Row(above, crease_mm, pleat, under, occlusion=0.45))
    rows.append(Row(above, crease_mm, pleat, under, occlusion=0.45, torn=True))
    rows.append(Row(above, crease_mm + 1.0, pleat, (0.75, -0.25, UNDER_MM, 0.0), occlusion=0.55))
    return rows


# the rows of `_pleat_rows` where they are welded: flat over the gap, way and lift
WELDED_ROWS = ((0.2, 0.3), (0.4, 0.5), (0.6, 0.5), (0.6, 0.5), (0.65, 0.0), (0.65, 0.0), (0.8, 0.0))
WELDED_OCCLUSION = 0.85


def _welded(grid: GridSurface, u_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fold (n, 4) and occlusion (n,) with the pleats pressed flat in the side welds."""
    share = np.clip((np.abs(u_mm) - WIDTH_MM / 2 + WELD_MM + 5.0) / 5.0, 0.0, 1.0)
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
    gap_rows = np.zeros((len(PLEAT_ROWS), ROWS))
    for pleat, row in enumerate(PLEAT_ROWS):
        gap_rows[pleat, row : row + 2] = (-1.0, 1.0)
    return GridSurface(rows, spline_matrix(COLUMNS, PER_COLUMN), gap_rows)


def _still_in_pleats(grid: GridSurface, creases_mm: FloatArray) -> None:
    """Let a pleat rise and fall with the row above it: what lies double must not cross itself."""
    by_row = creases_mm.reshape(len(creases_mm), *grid.shape)
    for k, row in enumerate(grid.rows):
        if row.pleat >= 0:
            by_row[:, k] = by_row[:, k - 1]


def surface(thickness_mm: float) -> Surface:
    """The visible surface with the creases of non-woven cloth."""

    def creases_mm(u_mm: FloatArray, v_mm: FloatArray, shape: tuple[int, int]) -> FloatArray:
        return crease_sets(
            u_mm,
            v_mm,
            shape,
            half_width_mm=WIDTH_MM / 2,
            weld_mm=WELD_MM,
            ridge_mm=4.5,
            wave_mm=0.3,
            seed=1,
            apexes_mm=NOSE_APEXES_MM,
        )

    return pleated_surface(thickness_mm, creases_mm, lambda u_mm, _: np.zeros_like(u_mm))


def pleated_surface(
    thickness_mm: float,
    creases_mm: Callable[[FloatArray, FloatArray, tuple[int, int]], FloatArray],
    relief_mm: Callable[[FloatArray, FloatArray], FloatArray],
) -> Surface:
    """The visible surface with texture coordinates.

    `creases_mm` and `relief_mm` take the place (n,), (n,) on the unfolded sheet,
    the former also the rows and columns of the n vertices.
    """
    grid = grid_surface()
    rows, columns = grid.shape
    n = rows * columns
    u_mm = np.tile(grid.columns @ U_MM, rows)
    v_mm = grid.v_mm()
    fold, occlusion = _welded(grid, u_mm)
    creased_mm = creases_mm(u_mm, v_mm, grid.shape)
    _still_in_pleats(grid, creased_mm)
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


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    anchors = ear_anchors(model, spec["bridge_landmark"])._replace(pulls=np.tile(LOOP_PULLS, 2))
    return Design(
        grid_faces(ROWS, COLUMNS),
        worn_rig(model, anchors, surface(spec["thickness_mm"]), loop_ends()),
        layout(),
    )


def worn_rig(
    model: FaceModel, anchors: Anchors, fine: Surface, strap_ends: IntArray, *, on_ears: bool = True
) -> Rig:
    """The sheet under a fine surface in all states; `on_ears`: one ear can hold it too."""
    links = sheet()
    covered_mm = drape_on_mean(model, anchors)
    dangling = dangling_mm(anchors) if on_ears else None
    poses = worn_poses(model, links, anchors, covered_mm, dangling, MIRROR)
    return Rig(
        sheet=links,
        surface=fine,
        softness=np.zeros(ROWS * COLUMNS),
        rim=np.zeros(0, np.int32),
        strap_ends=strap_ends,
        pose_names=poses.names,
        poses_mm=poses.points_mm,
        pulls=poses.pulls,
        pulled_to_mm=anchors.pulled_mm,
        sealing=poses.sealing,
    )


def loop_ends() -> IntArray:
    """Where the loops leave the sheet: one cell inside its corners, (1, 2, 2)."""
    inner = [
        [index(1, COLUMNS - 2), index(ROWS - 2, COLUMNS - 2)],
        [index(1, 1), index(ROWS - 2, 1)],
    ]
    return np.array([inner])


def layout() -> ByteArray:
    """Texture layout: white bands and their welds, the wire, pressed pleats; inner side white."""
    width_px, height_px = 700, 685  # 4 px per mm
    u_mm = (np.arange(width_px) + 0.5) / width_px * WIDTH_MM - WIDTH_MM / 2
    v_mm = (np.arange(height_px) + 0.5) / height_px * UNFOLDED_MM / OUTER_V
    u, v = np.meshgrid(u_mm, v_mm)
    side_mm = WIDTH_MM / 2 - np.abs(u)
    banded_mm = np.maximum.reduce(
        [WELD_MM - 1.0 - side_mm, TOP_BAND_MM - v, v - UNFOLDED_MM + HEM_BAND_MM]
    )
    outer = np.where(v < UNFOLDED_MM, 1.0, 0.0)
    main = outer * np.where(banded_mm > 0.0, 0.45, 1.0)
    drawn = joined(
        marks.turned_edge(banded_mm, BAND_RELIEF_MM), _welds(u, v, side_mm), _pressed(u, v, side_mm)
    )
    return marks.layout(main, np.ones_like(u), marks.kept(drawn, outer))


def _welds(u: FloatArray, v: FloatArray, side_mm: FloatArray) -> Marks:
    """Points along the upper and the lower edge, dashes along the sides."""
    rows = [weld_dots(v - at_mm, u) for at_mm in (1.8, TOP_BAND_MM - 1.4)]
    rows.append(weld_dots(UNFOLDED_MM - v - HEM_BAND_MM / 2, u))
    columns = [weld_dots(side_mm - at_mm, v, length_mm=1.0) for at_mm in (2.2, 6.0)]
    between = np.where(side_mm > WELD_MM - 1.0, 1.0, 0.0)
    return joined(marks.kept(joined(*rows), between), *columns)


def _pressed(u: FloatArray, v: FloatArray, side_mm: FloatArray) -> Marks:
    """The wire in the upper band, and the edges of the pleats."""
    wire_mm = np.hypot(v - WIRE_DOWN_MM, np.maximum(np.abs(u) - WIRE_HALF_MM, 0.0))
    pleats = sorted({row.v_mm for row in grid_surface().rows if row.torn})
    edges = [ridge_line(v - at_mm + PLEAT_EDGE_MM, 1.2, 0.06) for at_mm in pleats]
    inside = np.where(side_mm > WELD_MM, 1.0, 0.0)
    return joined(ridge_line(wire_mm, 2.6, 0.35), marks.kept(joined(*edges), inside))
