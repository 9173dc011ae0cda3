"""The KN95: two half panels welded at a seam that stands proud from nose to chin, ear loops."""

from __future__ import annotations

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
    coons,
    edge_places,
    folded,
    folded_shut,
    folded_surface,
    loop_ends,
    mirrored,
    nose_strip,
    rim_of,
    skin_line,
)
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.parts import with_part
from scripts.mask_designs.shells import (
    curve,
    layout_picture,
    layout_places,
    print_text,
    ridge,
    shell_rig,
    step,
)

ACROSS = (
    0,
    0.012,
    0.03,
    0.055,
    0.09,
    0.15,
    0.23,
    0.33,
    0.44,
    0.55,
    0.66,
    0.76,
    0.85,
    0.92,
    0.965,
    1,
)
DOWN = (0, 0.02, 0.05, 0.09, 0.15, 0.23, 0.32, 0.42, 0.52, 0.62, 0.72, 0.81, 0.88, 0.94, 0.975, 1)
TOP_MM = ((0, 17), (8, 13.5), (17, 7), (30, 1), (48, -6), (66, -17))  # x, y on the mean head
SIDE_MM = ((66, -17), (67, -38), (63, -60))
BOTTOM_MM = ((0, -99), (16, -97), (34, -89), (50, -76), (63, -60))
SEAM_YZ_MM = ((9, 102), (-10, 117), (-34, 127), (-58, 127), (-80, 116), (-94, 98))
INSIDE_MM = 3.5
BULGE_MM = 4.0  # of a panel between the seam and the side
STRIP_DOWN_MM = 12.0  # of the middle of the nose strip below the edge
WELD_MM = 5.0  # of the embossed lines from the edge and from the seam


def shape_mm(model: FaceModel) -> FloatArray:
    """The shape on the mean head, (R, C, 3)."""
    skin = contact_map(model, model.mean_mm)
    across, down = np.array(ACROSS, float), np.array(DOWN, float)
    top, bottom = skin_line(skin, TOP_MM, across), skin_line(skin, BOTTOM_MM, across)
    side = skin_line(skin, SIDE_MM, down)
    yz = curve(np.array([top[0, 1:], *SEAM_YZ_MM, bottom[0, 1:]]), down)
    seam = np.pad(yz, ((0, 0), (1, 0)))
    left = coons(top, bottom, seam, side, down, across)
    bulge = BULGE_MM * np.sin(np.pi * down)[:, None] * np.sin(np.pi * across)
    left += bulge[..., None] * [0.7, 0.0, 0.7]
    return clear_of_skin(mirrored(left), skin, INSIDE_MM)


def relief(made: Folded) -> tuple[FloatArray, FloatArray]:
    """Relief in mm and occlusion, (n,) each: the proud seam, the welds."""
    seam_mm, edge_mm = np.abs(made.fine.flat_mm[:, 0]), made.fine.edge_mm
    weld = ridge(edge_mm - WELD_MM, 1.2)
    relief_mm = 1.5 * ridge(seam_mm, 1.4) - 0.5 * ridge(seam_mm - 3.4, 1.3) - 0.45 * weld
    occlusion = 1.0 - 0.22 * ridge(seam_mm - 2.6, 1.6) - 0.12 * weld
    return relief_mm, occlusion


def creases(made: Folded) -> FloatArray:
    """Folds (CREASE_SETS, n) of the packed mask and of its wear."""
    u, v = made.fine.flat_mm.T
    sets = crease_sets(
        u,
        v - v.min(),
        made.grid.shape,
        half_width_mm=float(u.max()),
        weld_mm=6.0,
        ridge_mm=0.9,
        wave_mm=0.35,
        seed=5,
    )
    inside: FloatArray = step(made.fine.edge_mm - 8.0, 5.0) * step(np.abs(u) - 5.0, 3.0)
    return sets * inside


def layout(made: Folded, spec: Spec) -> ByteArray:
    """Texture layout: one colour, welds of dots along the edge and the seam, print."""
    places = layout_places(made.fine, spec["layout_mm"])
    u, v = np.moveaxis(places.flat_mm, 2, 0)
    edge, seam_mm = edge_places(made, places), np.abs(u)
    drawn = marks.joined(
        marks.weld_dots(edge.away_mm - 1.8, edge.way_mm, length_mm=0.8),
        marks.weld_dots(edge.away_mm - WELD_MM, edge.way_mm, length_mm=0.8),
        marks.kept(marks.weld_dots(seam_mm - WELD_MM, v), step(edge.away_mm - WELD_MM - 1.5, 0.5)),
        marks.weld_line(seam_mm, 0.7),
        marks.weld_line(seam_mm - 2.4, 0.6),
    )
    level_mm = np.stack([u, -places.points_mm[..., 1]], axis=2)
    print_text(drawn.shade, "KN95", (32.0, 50.0), 6.5, 0.5, level_mm)
    print_text(drawn.shade, "GB2626-2019", (32.0, 56.0), 2.8, 0.55, level_mm)
    whole = np.ones_like(u)
    return layout_picture(whole, whole, drawn)


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    cage_mm = shape_mm(model)
    rows, columns = cage_mm.shape[:2]
    made = folded(cage_mm, [], columns // 2)
    relief_mm, occlusion = relief(made)
    surface = folded_surface(
        made, relief_mm, creases(made), occlusion, spec["thickness_mm"], spec["layout_mm"]
    )
    surface = with_part(surface, nose_strip(surface, made, STRIP_DOWN_MM, spec["layout_mm"]))
    points_mm = cage_mm.reshape(-1, 3)
    shut_mm = folded_shut(cage_mm).reshape(-1, 3)
    rig = shell_rig(model, spec, points_mm, surface, rim_of(cage_mm), loop_ends(cage_mm), shut_mm)
    return Design(grid_faces(rows, columns), rig, layout(made, spec))
