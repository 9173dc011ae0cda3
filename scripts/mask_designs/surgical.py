"""The surgical mask: one sheet, three pleats, nose wire, ear loops."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.cloth import Anchors, settle
from mask3d.contact import contact_map
from mask3d.face_model import FaceModel
from mask3d.rig import Rig, Surface
from scripts.mask_designs import marks
from scripts.mask_designs.creases import crease_sets
from scripts.mask_designs.design import Design, Spec, ear_anchors
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.marks import Marks, joined, ridge_line, weld_dots
from scripts.mask_designs.pleated_sheet import (
    COLUMNS,
    HEIGHT_MM,
    ROWS,
    U_MM,
    V_MM,
    WELD_MM,
    WIDTH_MM,
    index,
    sheet,
)
from scripts.mask_designs.pleated_surface import (
    OUTER_V,
    UNFOLDED_MM,
    grid_surface,
    pleated_surface,
)
from scripts.mask_designs.wearing import SETTLE, mirrored, sheet_rig, worn_poses

MIRROR = np.array([index(r, COLUMNS - 1 - c) for r in range(ROWS) for c in range(COLUMNS)])
LOOP_PULLS = (1.0, 0.25)  # the lower ends are looser: the hem hangs round under the chin
NOSE_APEXES_MM = ((-14.0, 7.0), (14.0, 7.0))  # creases run down beside the nose from the wire
GATHERS_MM = tuple(
    (80.0 * side, v_mm) for side in (-1.0, 1.0) for v_mm in (3.0, 24.0, 66.0)
)  # where the loops draw the pleats together
TOP_BAND_MM, HEM_BAND_MM, BAND_RELIEF_MM = 9.0, 7.0, 0.1  # the sheet's edges folded over
WIRE_DOWN_MM, WIRE_HALF_MM = 4.7, 50.0  # of the nose wire in the upper band
PLEAT_EDGE_MM = 1.0  # from a pleat's fold to where pressing shows
DANGLE_RADIUS_MM = 150.0
DANGLE_TURN_DEG = 65.0  # from facing aside to the front
DANGLE_OFFSET_MM = (5.0, -45.0, 20.0)  # of the sheet's left upper corner from the ear


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


def surface(thickness_mm: float) -> Surface:
    """The visible surface with the creases of non-woven cloth."""

    def creases_mm(u_mm: FloatArray, v_mm: FloatArray, shape: tuple[int, int]) -> FloatArray:
        return crease_sets(
            u_mm,
            v_mm,
            shape,
            half_width_mm=WIDTH_MM / 2,
            weld_mm=WELD_MM,
            ridge_mm=3.8,
            wave_mm=0.15,
            seed=2,
            apexes_mm=NOSE_APEXES_MM,
            gathers_mm=GATHERS_MM,
        )

    return pleated_surface(thickness_mm, creases_mm, lambda u_mm, _: np.zeros_like(u_mm))


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
    return sheet_rig(links, fine, strap_ends, poses, anchors.pulled_mm)


def loop_ends() -> IntArray:
    """Where the loops leave the sheet: one cell inside its corners, (1, 2, 2)."""
    inner = [
        [index(1, COLUMNS - 2), index(ROWS - 2, COLUMNS - 2)],
        [index(1, 1), index(ROWS - 2, 1)],
    ]
    return np.array([inner])


def layout() -> ByteArray:
    """Texture layout: bands and their welds, the wire, pressed pleats; inner side white."""
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
