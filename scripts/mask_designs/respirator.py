"""The half-face respirator: a rubber facepiece, two cartridges, an exhalation valve, a harness."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.face_model import FaceModel
from mask3d.recipe import CREASE_SETS
from scripts.mask_designs import marks
from scripts.mask_designs.cups import (
    COLUMNS,
    CupSurface,
    Plate,
    band_ends,
    bolts,
    cup_surface,
    front,
    last_ring,
    rim_mm,
    ring_shares,
    rings_mm,
    shell_surface,
    with_plates,
)
from scripts.mask_designs.design import Design, Spec, bridge_mm
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.marks import Marks
from scripts.mask_designs.parts import (
    TURN_STEPS,
    Part,
    Solid,
    bolted,
    gripped,
    grounded,
    lathed,
    with_part,
)
from scripts.mask_designs.shells import (
    layout_picture,
    layout_places,
    print_text,
    ridge,
    shell_rig,
    step,
    swatch_uv,
)

ROWS = 18
HALF_RIM = (  # half width in mm, share of the way from the bridge to the chin
    (0.0, 0.0),
    (9.0, 0.012),
    (16.0, 0.06),
    (23.0, 0.145),
    (33.5, 0.25),
    (42.0, 0.37),
    (46.5, 0.50),
    (47.0, 0.63),
    (43.0, 0.77),
    (34.0, 0.89),
    (22.0, 0.965),
    (11.0, 0.994),
    (0.0, 1.0),
)
UNDER_CHIN_MM = (0.0, -5.0, -6.0)  # of the rim from landmark 8
APEX_MM = (-46.0, 120.0)  # height and depth
BULGE = (2.0, 0.8)
LIP_MM = 9.0  # of the rolled rubber lip
STEP_MM = 13.5  # of the groove between lip and body, from the rim
BANDS_DOWN = (0.34, 0.70)
CARTRIDGE_XY_MM = (33.0, -54.0)  # where the port leaves the facepiece, subject's left
CARTRIDGE_AXIS = (0.78, -0.16, 0.60)  # about 45 degrees outwards
CARTRIDGE = (  # radius and height, mm
    *((0.3, 0.0), (7.0, 0.0), (13.0, 0.0), (15.5, 0.3)),  # the port, on the facepiece
    *((15.5, 1.6), (15.5, 1.6), (20.5, 1.6), (20.5, 1.6), (20.5, 4.6), (20.5, 4.6)),  # bayonet ring
    *((15.5, 4.6), (15.5, 4.6), (15.5, 6.0), (15.5, 6.0)),
    *((35.0, 7.5), (38.0, 9.0), (39.0, 11.0)),  # the body, 78 x 22 mm
    *((39.0, 13.5), (39.0, 14.0), (39.0, 22.5), (39.0, 23.0)),  # its grip
    *((39.0, 26.0), (38.2, 28.2), (36.0, 29.0), (36.0, 29.0)),
    *((34.5, 28.8), (33.8, 28.0), (32.5, 27.8), (19.0, 27.8), (17.5, 27.8), (17.5, 27.8)),  # grille
    *((16.8, 29.0), (16.8, 29.0), (0.3, 29.2)),  # the label
)
CARTRIDGE_GROUNDED, GRILLE_ROWS, GRILLE_SLOTS, GRILLE_MM = 4, (27, 28), 16, 2.0
GRIP_ROWS, GRIPS, GRIP_MM = (18, 19), 24, 0.9
LABEL_ROWS, LABEL_RADIUS_MM, LABEL_MM = 2, 16.8, (20.0, 208.0)  # its middle on the layout
LABEL_BRIGHT, LABEL_INK = 1.9, 0.3
VALVE_XY_MM = (0.0, -66.0)
VALVE = (  # radius and height, mm: collar, cage, cap
    (0.3, 0.0),
    (6.0, 0.0),
    (12.0, 0.0),
    (18.0, 0.0),
    (19.5, 0.6),
    (19.5, 4.0),
    (19.5, 4.0),
    (18.5, 5.0),
    (16.5, 5.4),
    (16.5, 5.4),
    (15.5, 9.5),
    (14.5, 10.4),
    (14.5, 10.4),
    (13.4, 10.6),
    (12.9, 10.7),
    (8.6, 11.2),
    (8.2, 11.3),
    (7.4, 11.4),
    (7.4, 11.4),
    (6.6, 12.4),
    (0.3, 12.8),
)
VALVE_GROUNDED, VALVE_ROWS, VALVE_SLOTS, VALVE_SLOT_MM = 7, (14, 15), 8, 2.4
VALVE_DARK = 0.45  # its plastic beside the facepiece's rubber
BUCKLE = Plate(size_mm=(15.0, 17.0), thick_mm=2.4, dark=VALVE_DARK, main=True)


def facepiece(model: FaceModel, spec: Spec) -> tuple[FloatArray, CupSurface]:
    """Rings (ROWS, COLUMNS, 3) of the facepiece on the mean head and its fine vertices."""
    chin_mm = model.landmarks_mm(model.mean_mm)[8]
    top_mm = bridge_mm(model, spec["bridge_landmark"])
    rim = rim_mm(model, top_mm, chin_mm + UNDER_CHIN_MM, HALF_RIM)
    rho = ring_shares(0.05, ROWS, 0.76, 1.0)
    rings = rings_mm(rim, np.array([0.0, *APEX_MM]), rho, BULGE)
    return rings, cup_surface(rings, rho)


def relief(made: CupSurface) -> tuple[FloatArray, FloatArray]:
    """Relief in mm and occlusion, (n,) each: the rolled lip, a rib along the nose."""
    edge_mm, (x, y, _) = made.fine.edge_mm, made.fine.points_mm.T
    relief_mm = 0.6 * ridge(edge_mm - 3.5, 3.0) - 0.5 * ridge(edge_mm - LIP_MM, 2.4)
    nose = step(y + 34.0, 6.0) * step(edge_mm - 14.0, 4.0)
    relief_mm += nose * (1.4 * ridge(x, 5.0) + 0.8 * ridge(np.abs(x) - 14.0, 2.0))
    return relief_mm, 1.0 - 0.35 * ridge(edge_mm - LIP_MM, 2.2)


def cartridge() -> Solid:
    """A cartridge as it is turned, its port below."""
    solid = lathed(np.array(CARTRIDGE), 2.3, GRILLE_SLOTS, GRILLE_ROWS, GRILLE_MM)
    return gripped(solid, GRIP_ROWS, GRIPS, GRIP_MM)


def cartridge_uv(spec: Spec) -> FloatArray:
    """Texture coordinates (m, 2) of a cartridge: the trim's colour, and the label."""
    solid = cartridge()
    uv = swatch_uv(solid.dark, spec["layout_mm"])
    lid = slice(-LABEL_ROWS * TURN_STEPS, None)
    uv[lid] = (solid.points_mm[lid, :2] * [1.0, -1.0] + LABEL_MM) / spec["layout_mm"]
    return uv


def screwed_in(made: CupSurface, side: int) -> Solid:
    """The cartridge of one side, +1 the subject's left."""
    at_mm, _ = front(made, (side * CARTRIDGE_XY_MM[0], CARTRIDGE_XY_MM[1]))
    axis = np.array(CARTRIDGE_AXIS) * [side, 1.0, 1.0]
    return grounded(cartridge(), CARTRIDGE_GROUNDED, at_mm, axis, made.fine.points_mm)


def valve(made: CupSurface) -> Solid:
    """The exhalation valve under the chin of the facepiece."""
    at_mm, axis = front(made, VALVE_XY_MM)
    solid = lathed(np.array(VALVE), 2.0, VALVE_SLOTS, VALVE_ROWS, VALVE_SLOT_MM)
    return grounded(solid, VALVE_GROUNDED, at_mm, axis, made.fine.points_mm)


def parts(made: CupSurface, cage_mm: FloatArray, spec: Spec) -> list[Part]:
    """What is screwed into the facepiece: cartridges in the trim's colour, a dark valve."""
    to, layout_mm = bolts(ROWS), spec["layout_mm"]
    filters = [bolted(cage_mm, to, screwed_in(made, side), cartridge_uv(spec)) for side in (1, -1)]
    outlet = valve(made)
    plastic = VALVE_DARK + (1.0 - VALVE_DARK) * outlet.dark
    return [
        *filters,
        bolted(cage_mm, to, outlet, swatch_uv(plastic, layout_mm, main=True)),
    ]


def layout(made: CupSurface, spec: Spec) -> ByteArray:
    """Texture layout: smooth rubber, darker in the groove of the lip, with lines of the mould."""
    places = layout_places(made.fine, spec["layout_mm"])
    edge_mm, (x, y, _) = places.edge_mm, np.moveaxis(places.points_mm, 2, 0)
    below = np.where((y < -20.0) & (edge_mm > LIP_MM), 1.0, 0.0)
    drawn = marks.joined(
        Marks(1.0 - 0.2 * ridge(edge_mm - LIP_MM, 1.5), np.zeros_like(x)),
        marks.weld_line(edge_mm - STEP_MM, 0.8),
        marks.kept(marks.ridge_line(x, 0.7, 0.12), below),
    )
    main = np.ones_like(x)
    print_label(drawn.shade, main, places.flat_mm + np.array(spec["layout_mm"]) / 2, spec)
    return layout_picture(main, np.full_like(x, 0.15), drawn)


def print_label(shade: FloatArray, main: FloatArray, at_mm: FloatArray, spec: Spec) -> None:
    """Print the cartridges' label on a layout (H, W), in place, whose pixels lie `at_mm`."""
    right_mm, below_mm = np.moveaxis(at_mm - LABEL_MM, 2, 0)
    label = np.hypot(right_mm, below_mm) < LABEL_RADIUS_MM + 2.0
    shade[label] = LABEL_BRIGHT
    band = label & (np.abs(below_mm - 5.0) < 2.2)
    main[band], shade[band] = 0.0, 1.0
    left_mm, top_mm = np.array(LABEL_MM) - np.array(spec["layout_mm"]) / 2
    print_text(shade, "P3", (left_mm - 6.5, top_mm + 0.5), 9.0, LABEL_INK)
    print_text(shade, "EN 143", (left_mm - 7.0, top_mm + 12.0), 3.0, LABEL_INK)


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    rings, made = facepiece(model, spec)
    cage_mm = rings.reshape(-1, 3)
    relief_mm, occlusion = relief(made)
    smooth = np.zeros((CREASE_SETS, len(relief_mm)))
    surface = shell_surface(
        made, relief_mm, smooth, occlusion, spec["thickness_mm"], spec["layout_mm"]
    )
    for part in parts(made, cage_mm, spec):
        surface = with_part(surface, part)
    ends = band_ends(rings[-1], ROWS - 3, BANDS_DOWN)
    surface = with_plates(surface, made, ends, BUCKLE, spec["layout_mm"])
    rig = shell_rig(model, spec, cage_mm, surface, last_ring(ROWS), ends)
    return Design(grid_faces(ROWS, COLUMNS, closed=True), rig, layout(made, spec))
