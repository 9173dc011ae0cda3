"""The KF94: three panels like a boat, the middle one stands off the mouth; ear loops."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.contact import contact_map
from mask3d.face_model import FaceModel
from scripts.mask_designs import marks
from scripts.mask_designs.creases import crease_sets
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.folded import (
    Folded,
    clear_of_skin,
    edge_places,
    folded,
    folded_surface,
    loop_ends,
    mirrored,
    rim_of,
    skin_line,
)
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.marks import Marks
from scripts.mask_designs.shells import (
    curve,
    distance_mm,
    layout_picture,
    layout_places,
    ridge,
    shell_rig,
    step,
)

ACROSS = tuple(np.linspace(0.0, 1.0, 15) ** 0.9)
PANELS = (7, 9, 7)  # spans of rows of the upper, middle and lower panel
TOP_MM = ((0, 18), (8, 14), (17, 7.5), (30, 1.5), (48, -4), (69, -13))  # x, y on the mean head
SIDE_MM = ((69, -13), (71, -24), (70, -44), (66, -58))
BOTTOM_MM = ((0, -100), (16, -98), (34, -90), (50, -76), (66, -58))
UPPER_FOLD_MM = ((0, -9, 121), (20, -10, 116), (38, -13, 99), (56, -18, 66))
LOWER_FOLD_MM = ((0, -77, 115), (18, -76, 110), (35, -71, 92), (53, -60, 60))
FOLD_AT = (0.16, 0.84)  # share of the side edge where the folds end
INSIDE_MM = 3.5
BOW_MM = 2.0  # of the middle panel
WELD_MM = 4.5  # of the embossed line from the edge
WIRE_DOWN_MM, WIRE_HALF_MM = 8.0, 42.0  # the covered wire, below the top edge


def shape_mm(model: FaceModel) -> FloatArray:
    """The shape on the mean head, (R, C, 3): flat panels between its edges and folds."""
    skin = contact_map(model, model.mean_mm)
    across = np.array(ACROSS, float)
    ends = skin_line(skin, SIDE_MM, np.array(FOLD_AT))
    lines = [
        skin_line(skin, TOP_MM, across),
        curve([*UPPER_FOLD_MM, ends[0]], across),
        curve([*LOWER_FOLD_MM, ends[1]], across),
        skin_line(skin, BOTTOM_MM, across),
    ]
    rows = [lines[0][None]]
    for panel, (above, below) in enumerate(pairwise(lines)):
        share = np.linspace(0.0, 1.0, PANELS[panel] + 1)[1:, None, None]
        bow = BOW_MM * np.sin(np.pi * share) * (1 - across[:, None] ** 2) * (panel == 1)
        rows.append(above * (1 - share) + below * share + bow * [0.0, 0.0, 1.0])
    left = np.concatenate(rows)
    left[:, -1] = skin_line(skin, SIDE_MM, np.array(side_shares()))
    return clear_of_skin(mirrored(left), skin, INSIDE_MM)


def side_shares() -> FloatArray:
    """Share of the side edge at each row."""
    folds = np.cumsum((0, *PANELS))
    shares: FloatArray = np.interp(np.arange(folds[-1] + 1), folds, (0.0, *FOLD_AT, 1.0))
    return shares


def folds_mm(made: Folded, points_mm: FloatArray) -> FloatArray:
    """Distance (n,) of points (n, 3) to the nearer fold."""
    upper, lower = (made.cage_mm[row] for row in np.cumsum(PANELS)[:2])
    return np.minimum(distance_mm(points_mm, upper), distance_mm(points_mm, lower))


def relief(made: Folded) -> tuple[FloatArray, FloatArray]:
    """Relief in mm and occlusion, (n,) each: welded folds, the edge's weld, the wire."""
    fold_mm, edge_mm = folds_mm(made, made.fine.points_mm), made.fine.edge_mm
    weld = ridge(edge_mm - WELD_MM, 1.2)
    relief_mm = 0.5 * ridge(fold_mm, 1.2) - 0.4 * weld + 0.7 * wire(made, made.fine.flat_mm)
    return relief_mm, 1.0 - 0.1 * weld - 0.12 * ridge(fold_mm - 2.0, 1.5)


def wire(made: Folded, flat_mm: FloatArray) -> FloatArray:
    """1 on the wire under the cloth, 0 off it, at places (..., 2) of the flat mask."""
    top = made.fine.flat_mm[: made.grid.shape[1]]
    down_mm = flat_mm[..., 1] - np.interp(flat_mm[..., 0], top[:, 0], top[:, 1])
    along: FloatArray = step(WIRE_HALF_MM - np.abs(flat_mm[..., 0]), 1.0)
    return along * ridge(down_mm - WIRE_DOWN_MM, 1.8)


def creases(made: Folded) -> FloatArray:
    """Creases (CREASE_SETS, n) of the thin panels; folds and welds stay sharp."""
    u, v = made.fine.flat_mm.T
    sets = crease_sets(
        u,
        v - v.min(),
        made.grid.shape,
        half_width_mm=float(u.max()),
        weld_mm=6.0,
        ridge_mm=1.0,
        wave_mm=0.4,
        seed=6,
    )
    fold_mm = folds_mm(made, made.fine.points_mm)
    inside: FloatArray = step(made.fine.edge_mm - 8.0, 5.0) * step(fold_mm - 5.0, 4.0)
    return sets * inside


def layout(made: Folded, spec: Spec) -> ByteArray:
    """Texture layout: one colour, welds of dots along the edge and the folds, the wire's emboss."""
    places = layout_places(made.fine, spec["layout_mm"])
    u = places.flat_mm[..., 0]
    edge = edge_places(made, places)
    fold_mm = folds_mm(made, places.points_mm.reshape(-1, 3)).reshape(u.shape)
    wired = wire(made, places.flat_mm)
    inside = step(edge.away_mm - WELD_MM - 1.5, 0.5)
    drawn = marks.joined(
        marks.weld_dots(edge.away_mm - 1.8, edge.way_mm, length_mm=0.8),
        marks.weld_dots(edge.away_mm - WELD_MM, edge.way_mm, length_mm=0.8),
        marks.kept(marks.weld_dots(fold_mm - 1.9, u), inside),
        marks.weld_line(fold_mm, 0.5),
        Marks(1.0 + 0.03 * wired, 0.2 * wired),
    )
    whole = np.ones_like(u)
    return layout_picture(whole, whole, drawn)


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    cage_mm = shape_mm(model)
    rows, columns = cage_mm.shape[:2]
    made = folded(cage_mm, np.cumsum(PANELS)[:2].tolist())
    relief_mm, occlusion = relief(made)
    surface = folded_surface(
        made, relief_mm, creases(made), occlusion, spec["thickness_mm"], spec["layout_mm"]
    )
    points_mm = cage_mm.reshape(-1, 3)
    rig = shell_rig(model, spec, points_mm, surface, rim_of(cage_mm), loop_ends(cage_mm))
    return Design(grid_faces(rows, columns), rig, layout(made, spec))
