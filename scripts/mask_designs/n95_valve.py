"""The N95 cup with an exhalation valve: a smooth dome, a square housing with slots."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.face_model import FaceModel
from scripts.mask_designs.cups import (
    COLUMNS,
    CupSurface,
    band_ends,
    bolts,
    front,
    last_ring,
    shell_surface,
    with_plates,
)
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.n95 import (
    BANDS_DOWN,
    ROWS,
    STAPLE,
    border,
    cup,
    handled_mm,
    layout,
    nose_strip,
)
from scripts.mask_designs.parts import Part, bolted, grounded, lathed, with_part
from scripts.mask_designs.shells import ridge, shell_rig, step, swatch_uv

VALVE_XY_MM = (0.0, -57.0)  # where its axis leaves the cup
CLEAR_MM = 25.0  # round it the cup keeps its shape
PROFILE = (  # radius and height, mm, from the underside's middle: plate, wall, slotted lid, cap
    (0.3, 0.0),
    (5.0, 0.0),
    (10.0, 0.0),
    (15.4, 0.0),
    (16.0, 0.4),
    (16.0, 2.0),
    (16.0, 2.0),
    (14.0, 2.5),
    (14.0, 2.5),
    (13.2, 6.4),
    (12.8, 7.0),
    (12.8, 7.0),
    (11.4, 7.4),
    (11.0, 7.5),
    (6.6, 8.0),
    (6.2, 8.1),
    (5.6, 8.2),
    (5.6, 8.2),
    (5.2, 8.9),
    (4.4, 9.2),
    (0.4, 9.4),
)
GROUNDED = 9  # rows of the profile that follow the cup: plate and foot of the wall
SLOT_ROWS, SLOTS, SLOT_MM = (13, 14), 8, 2.4
SQUARE = 4.0  # exponent of its outline
LINE_EDGE_MM, LINE_MM = 15.0, 0.7  # of the embossed line from the rim


def valve(made: CupSurface, cage_mm: FloatArray, spec: Spec) -> Part:
    """The housing on the front of the cup."""
    at_mm, axis = front(made, VALVE_XY_MM)
    solid = lathed(np.array(PROFILE), SQUARE, SLOTS, SLOT_ROWS, SLOT_MM)
    solid = grounded(solid, GROUNDED, at_mm, axis, made.fine.points_mm)
    return bolted(cage_mm, bolts(ROWS), solid, swatch_uv(solid.dark, spec["layout_mm"]))


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    rings, made = cup(model, spec)
    cage_mm = rings.reshape(-1, 3)
    relief_mm, occlusion = border(made)
    relief_mm += LINE_MM * ridge(made.fine.edge_mm - LINE_EDGE_MM, 1.6)
    clear = step(np.linalg.norm(made.fine.points_mm[:, :2] - VALVE_XY_MM, axis=1) - CLEAR_MM, 4.0)
    surface = shell_surface(
        made,
        relief_mm,
        handled_mm(made, 4) * clear,
        occlusion * (0.75 + 0.25 * clear),
        spec["thickness_mm"],
        spec["layout_mm"],
    )
    surface = with_part(surface, nose_strip(surface, made, spec))
    surface = with_part(surface, valve(made, cage_mm, spec))
    ends = band_ends(rings[-1], ROWS - 3, BANDS_DOWN)
    surface = with_plates(surface, made, ends, STAPLE, spec["layout_mm"])
    rig = shell_rig(model, spec, cage_mm, surface, last_ring(ROWS), ends)
    return Design(
        grid_faces(ROWS, COLUMNS, closed=True), rig, layout(made, spec, text_mm=(-46.0, 2.0))
    )
