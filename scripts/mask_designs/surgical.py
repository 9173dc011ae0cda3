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

WIRED_MM = 12.0  # of the sheet, from its upper edge
PLEAT_REACH = 2  # cage rows from the start of a pleat to where its crease lies at most
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
DANGLE_TURN_DEG = 90.0  # from facing aside to the front
DANGLE_OFFSET_MM = (0.0, -60.0, 40.0)  # of the sheet's left upper corner from the ear


Creases = Callable[[FloatArray, FloatArray, tuple[int, int]], FloatArray]


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
    """The sheet (N, 3) beside the left ear, bent: its left side up, its outer side to the front."""
    bent = np.tile((U_MM[-1] - U_MM) / DANGLE_RADIUS_MM, ROWS)
    side_mm = anchors.pulled_mm[:2].mean(axis=0) + DANGLE_OFFSET_MM
    down_mm = np.sin(bent) * DANGLE_RADIUS_MM
    in_mm = (1 - np.cos(bent)) * DANGLE_RADIUS_MM
    back_mm = np.repeat(V_MM, COLUMNS)
    turn = np.deg2rad(DANGLE_TURN_DEG)
    aside_mm = back_mm * np.sin(turn) - in_mm * np.cos(turn)
    behind_mm = back_mm * np.cos(turn) + in_mm * np.sin(turn)
    hung_mm: FloatArray = side_mm + np.stack([aside_mm, -down_mm, -behind_mm], axis=1)
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
    crest, back = rows[-1].fold, fold(1.0, 0.35, 0.45)
    rows.append(Row(above, crease_mm, pleat, crest, occlusion=0.5, torn=True))
    rows.append(Row(above, crease_mm, pleat, back, occlusion=0.45))
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
        gathered=poses.gathered,
        contacts=poses.contacts,
        apart_mm=poses.apart_mm,
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
