"""The N95 cup: a stiff ribbed dome whose soft rim seals, nose strip, two head bands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.face_model import FaceModel
from mask3d.rig import Surface
from scripts.mask_designs import marks
from scripts.mask_designs.cups import (
    COLUMNS,
    CupSurface,
    Plate,
    band_ends,
    cup_surface,
    last_ring,
    rim_mm,
    ring_shares,
    rings_mm,
    shell_surface,
    with_plates,
)
from scripts.mask_designs.design import Design, Spec, bridge_mm
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.parts import Part, glued, with_part
from scripts.mask_designs.shells import (
    closed,
    dents,
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
    (17.0, 0.055),
    (25.0, 0.13),
    (35.0, 0.23),
    (44.5, 0.34),
    (51.0, 0.47),
    (52.0, 0.61),
    (47.0, 0.755),
    (37.0, 0.88),
    (24.0, 0.962),
    (12.0, 0.993),
    (0.0, 1.0),
)
UNDER_CHIN_MM = (0.0, -5.0, -6.0)  # of the rim from landmark 8
APEX_MM = (-47.0, 121.0)  # height and depth, before the nose's tip by 16
BULGE = (2.3, 0.72)
FLANGE = 0.9  # share of the way to the rim where the flat flange begins
RIB_PERIOD_MM, RIB_MM = 11.0, 0.75
DENT_MM = 0.35
STRIP_MM = (86.0, 5.0, 0.7)  # nose strip: length, width, thickness
STRIP_DOWN_MM = 17.0  # of its middle below the rim
BANDS_DOWN = (0.36, 0.72)  # share of the height where the bands are stapled
STAPLE = Plate(size_mm=(1.3, 9.0), thick_mm=1.4, dark=0.3, main=False)


class Cup(NamedTuple):
    """The moulded cup.

    Attributes
    ----------
    rings : (ROWS, COLUMNS, 3)
    made : CupSurface
    """

    rings: FloatArray
    made: CupSurface


def cup(model: FaceModel, spec: Spec) -> Cup:
    """The cup on the mean head."""
    chin_mm = model.landmarks_mm(model.mean_mm)[8]
    top_mm = bridge_mm(model, spec["bridge_landmark"])
    rim = rim_mm(model, top_mm, chin_mm + UNDER_CHIN_MM, HALF_RIM)
    rho = ring_shares(0.05, ROWS, FLANGE, 1.0)
    dome = np.clip(rho / FLANGE, 0.0, 1.0)
    reach = np.where(rho < FLANGE, 0.93 * dome, 0.93 + 0.07 * (rho - FLANGE) / (1 - FLANGE))
    rings = rings_mm(rim, np.array([0.0, *APEX_MM]), reach, BULGE)
    return Cup(rings, cup_surface(rings, rho))


def border(made: CupSurface) -> tuple[FloatArray, FloatArray]:
    """Relief in mm and occlusion, (n,) each, of the flange and the strip's bed."""
    edge_mm = made.fine.edge_mm
    relief_mm = 0.5 * ridge(edge_mm - 1.2, 0.9) - 0.7 * ridge(edge_mm - 6.5, 1.6)
    return relief_mm, 1.0 - 0.22 * ridge(edge_mm - 6.5, 2.2)


def ribs_mm(made: CupSurface) -> FloatArray:
    """Height (n,) of the ribs that stiffen the lower cup."""
    x, y, _ = made.fine.points_mm.T
    bowed_mm = y + 0.0035 * x * x
    inside = step(made.fine.edge_mm - 15.0, 4.0) * step(-26.0 - bowed_mm, 3.0)
    inside *= step(bowed_mm + 86.0, 3.0)
    wave = np.sin(2 * np.pi * bowed_mm / RIB_PERIOD_MM)
    ribs: FloatArray = RIB_MM * inside * wave
    return ribs


def handled_mm(made: CupSurface, seed: int) -> FloatArray:
    """Heights (CREASE_SETS, n) of shallow dents between apex and flange."""
    between = step(made.fine.edge_mm - 8.0, 6.0) * step(made.rho - 0.45, 0.2)
    return DENT_MM * between * dents(made.grid.shape, 7.0, seed)


def nose_strip(surface: Surface, made: CupSurface, spec: Spec) -> Part:
    """The metal strip, glued over the nose."""
    length_mm, width_mm, thick_mm = STRIP_MM
    along = np.linspace(-1.0, 1.0, 65)
    across = np.array([-1.0, -0.86, -0.3, 0.3, 0.86, 1.0])
    rounded = np.sqrt(np.clip(1.0 - np.clip((np.abs(along) - 0.965) / 0.035, 0, 1) ** 2, 0.05, 1))
    rim_v = made.fine.flat_mm[made.fine.edge_mm < 0.3, 1].min()
    u = along * length_mm / 2
    arch_mm = rim_v + STRIP_DOWN_MM + 0.0065 * u * u
    places = np.stack(
        np.broadcast_arrays(u[None], arch_mm + across[:, None] * width_mm / 2 * rounded), 2
    )
    bevel = np.where(np.abs(across) > 0.95, 0.3, 1.0)[:, None]
    thick = thick_mm * bevel * np.where(np.abs(along) > 0.99, 0.4, 1.0)
    glint = 0.12 + 0.1 * np.abs(across)[:, None] + 0.05 * np.cos(9.0 * along)
    return glued(
        surface, made.fine.flat_mm, places, thick, swatch_uv(glint.ravel(), spec["layout_mm"])
    )


def layout(made: CupSurface, spec: Spec, *, text_mm: tuple[float, float]) -> ByteArray:
    """Texture layout: one colour, the weld of the flange, print."""
    places = layout_places(made.fine, spec["layout_mm"])
    rim_mm = made.fine.points_mm.reshape(*made.grid.shape, 3)[-1]
    edge = marks.by_line(places.points_mm, closed(rim_mm))
    drawn = marks.joined(
        marks.weld_dots(edge.away_mm - 2.6, edge.way_mm, length_mm=0.8),
        marks.weld_dots(edge.away_mm - 4.6, edge.way_mm + 1.2, length_mm=0.8),
        marks.weld_line(edge.away_mm - 6.5, 1.2),
    )
    print_text(drawn.shade, "N95", text_mm, 7.0, 0.55)
    print_text(drawn.shade, "NIOSH", (text_mm[0] + 1.0, text_mm[1] + 6.5), 3.6, 0.6)
    whole = np.ones_like(edge.away_mm)
    return layout_picture(whole, whole, drawn)


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    rings, made = cup(model, spec)
    relief_mm, occlusion = border(made)
    relief_mm += ribs_mm(made)
    surface = shell_surface(
        made, relief_mm, handled_mm(made, 3), occlusion, spec["thickness_mm"], spec["layout_mm"]
    )
    surface = with_part(surface, nose_strip(surface, made, spec))
    ends = band_ends(rings[-1], ROWS - 3, BANDS_DOWN)
    surface = with_plates(surface, made, ends, STAPLE, spec["layout_mm"])
    rig = shell_rig(model, spec, rings.reshape(-1, 3), surface, last_ring(ROWS), ends)
    text_mm = (-44.0, 8.0)
    return Design(grid_faces(ROWS, COLUMNS, closed=True), rig, layout(made, spec, text_mm=text_mm))
