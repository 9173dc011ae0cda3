"""The duckbill: two trapezoid panels welded in front to a flat bill, two head bands."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.contact import contact_map
from mask3d.face_model import FaceModel
from scripts.mask_designs import marks
from scripts.mask_designs.cups import (
    COLUMNS,
    CupSurface,
    band_ends,
    cup_surface,
    last_ring,
    shell_surface,
    with_plates,
)
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.folded import skin_line
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.marks import Marks
from scripts.mask_designs.n95 import STAPLE
from scripts.mask_designs.shells import (
    closed,
    dents,
    distance_mm,
    layout_picture,
    layout_places,
    ridge,
    shell_rig,
    step,
)

TOP_MM = ((0, 17), (8, 13.5), (17, 7.5), (30, 1), (46, -6), (60, -19), (66, -36))
BOTTOM_MM = ((66, -36), (62, -56), (50, -76), (34, -89), (16, -97), (0, -99))
SIDES = (COLUMNS // 4, 3 * COLUMNS // 4)  # columns of the side welds
SEAM_MM = (47.0, -50.0, 139.0)  # half width, height and depth of the front weld
LIP_MM = 5.0  # of the weld before the pouch
LIP_HALF_MM = 0.7  # half its thickness
RINGS = 16  # the lip, then the panels from the pouch's front to the rim
BULGE_MM = 7.0  # of a panel, by the air in the pouch
DENT_MM = 0.5
WELD_MM = 4.5  # of the embossed line from the edge
WIRE_DOWN_MM, WIRE_HALF_MM = 8.0, 44.0
BANDS_DOWN = (0.38, 0.58)  # share of the height where the bands are stapled


def rings_mm(model: FaceModel) -> FloatArray:
    """The shape on the mean head, (R, COLUMNS, 3)."""
    skin = contact_map(model, model.mean_mm)
    at = np.linspace(0.0, 1.0, COLUMNS // 4 + 1)
    left = np.concatenate([skin_line(skin, TOP_MM, at)[:-1], skin_line(skin, BOTTOM_MM, at)])
    rim = np.concatenate([left * [-1.0, 1.0, 1.0], left[-2:0:-1]])
    seam = _seam_mm()
    share = np.linspace(0.0, 1.0, RINGS - 1)[:, None, None]
    panels = seam * (1 - share) + rim * share
    out = np.sign(np.cos(_turn()))[:, None] * np.array([0.0, 0.6, 0.0]) + [0.0, 0.0, 0.35]
    panels += BULGE_MM * np.sin(np.pi * share) * (np.cos(_turn()) ** 2)[:, None] * out
    lip = seam + np.array([0.0, 0.0, LIP_MM])
    return np.concatenate([lip[None], panels])


def _turn() -> FloatArray:
    """Angle (COLUMNS,) of each column round the bill, from the top."""
    return np.arange(COLUMNS) * 2 * np.pi / COLUMNS


def _seam_mm() -> FloatArray:
    """The front weld (COLUMNS, 3): a flat loop, its upper side first."""
    half_mm, y_mm, z_mm = SEAM_MM
    quarter = COLUMNS / 4
    x = 1.0 - np.abs(np.arange(COLUMNS) % (2 * quarter) / quarter - 1.0)
    side = np.where(np.arange(COLUMNS) < COLUMNS / 2, -1.0, 1.0)
    up = np.cos(_turn())
    lens = LIP_HALF_MM * np.sign(up) * np.abs(up) ** 0.4
    bowed_mm = z_mm - 5.0 * x**2
    return np.stack([side * half_mm * x, y_mm + lens, bowed_mm], axis=1)


def welds_mm(rings: FloatArray, points_mm: FloatArray) -> FloatArray:
    """Distance (n,) of points (n, 3) to the nearest weld of two panels."""
    front = np.concatenate([rings[1, SIDES[1] :], rings[1, : SIDES[0] + 1]])
    lines = [front, *(rings[1:, side] for side in SIDES)]
    nearest_mm: FloatArray = np.min([distance_mm(points_mm, line) for line in lines], axis=0)
    return nearest_mm


def relief(rings: FloatArray, made: CupSurface) -> tuple[FloatArray, FloatArray]:
    """Relief in mm and occlusion, (n,) each: welds, the edge, the covered wire."""
    weld_mm, edge_mm = welds_mm(rings, made.fine.points_mm), made.fine.edge_mm
    weld = ridge(edge_mm - WELD_MM, 1.2)
    relief_mm = 0.7 * wire(made.fine.points_mm, edge_mm) - 0.4 * weld
    x, _, z = made.fine.points_mm.T
    broad = (z < SEAM_MM[2] - 5.5) * step(SEAM_MM[0] - 12.0 - np.abs(x), 4.0)  # thick enough
    relief_mm -= 0.5 * broad * ridge(weld_mm - 3.0, 1.4)
    return relief_mm, 1.0 - 0.1 * weld - 0.2 * ridge(weld_mm - 2.0, 2.0)


def wire(points_mm: FloatArray, edge_mm: FloatArray) -> FloatArray:
    """1 on the wire under the cloth, 0 off it."""
    over_nose = step(WIRE_HALF_MM - np.abs(points_mm[..., 0]), 1.0) * (points_mm[..., 1] > -25.0)
    wired: FloatArray = over_nose * ridge(edge_mm - WIRE_DOWN_MM, 1.8)
    return wired


def creases(rings: FloatArray, made: CupSurface) -> FloatArray:
    """Dents (CREASE_SETS, n) of the soft panels; welds stay straight."""
    inside = step(made.fine.edge_mm - 8.0, 5.0)
    inside *= step(welds_mm(rings, made.fine.points_mm) - 9.0, 5.0)
    return DENT_MM * inside * dents(made.grid.shape, 3.5, 8)


def layout(rings: FloatArray, made: CupSurface, spec: Spec) -> ByteArray:
    """Texture layout: one colour, welds of dots along the edge and between the panels."""
    places = layout_places(made.fine, spec["layout_mm"])
    u = places.flat_mm[..., 0]
    weld_mm = welds_mm(rings, places.points_mm.reshape(-1, 3)).reshape(u.shape)
    rim_mm = made.fine.points_mm.reshape(*made.grid.shape, 3)[-1]
    edge = marks.by_line(places.points_mm, closed(rim_mm))
    wired = wire(places.points_mm, places.edge_mm)
    drawn = marks.joined(
        marks.weld_dots(edge.away_mm - 1.8, edge.way_mm, length_mm=0.8),
        marks.weld_dots(edge.away_mm - WELD_MM, edge.way_mm, length_mm=0.8),
        marks.weld_dots(weld_mm - 3.0, u, length_mm=0.6),
        marks.weld_line(weld_mm, 0.8),
        Marks(1.0 + 0.03 * wired, 0.2 * wired),
    )
    whole = np.ones_like(u)
    return layout_picture(whole, whole, drawn)


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    rings = rings_mm(model)
    made = cup_surface(rings, np.linspace(0.0, 1.0, len(rings)), [1], SIDES)
    relief_mm, occlusion = relief(rings, made)
    surface = shell_surface(
        made, relief_mm, creases(rings, made), occlusion, spec["thickness_mm"], spec["layout_mm"]
    )
    ends = band_ends(rings[-1], len(rings) - 2, BANDS_DOWN)
    surface = with_plates(surface, made, ends, STAPLE, spec["layout_mm"])
    rig = shell_rig(model, spec, rings.reshape(-1, 3), surface, last_ring(RINGS), ends)
    return Design(grid_faces(len(rings), COLUMNS, closed=True), rig, layout(rings, made, spec))
