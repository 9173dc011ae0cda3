"""The pleated mask of cotton: the surgical mask's pleats, sewn, with top-stitched edges."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.face_model import FaceModel
from mask3d.rig import Surface
from scripts.mask_designs import marks
from scripts.mask_designs.creases import crease_sets
from scripts.mask_designs.design import Design, Spec, ear_anchors
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.pleated_sheet import COLUMNS, ROWS, WELD_MM, WIDTH_MM
from scripts.mask_designs.pleated_surface import OUTER_V, UNFOLDED_MM, pleated_surface
from scripts.mask_designs.surgical import (
    GATHERS_MM,
    LOOP_PULLS,
    NOSE_APEXES_MM,
    loop_ends,
    worn_rig,
)

HEM_MM = 6.0  # of the turned-in upper and lower edges
HEM_RELIEF_MM = 0.5
HEM_EDGE_MM = 0.15  # of the layer that is turned in, where it ends
STITCH_IN_MM = 1.4  # of the stitches from the end of the hem
PX_PER_MM = 6


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    anchors = ear_anchors(model, spec["bridge_landmark"])._replace(pulls=np.tile(LOOP_PULLS, 2))
    rig = worn_rig(model, anchors, surface(spec["thickness_mm"]), loop_ends())
    return Design(grid_faces(ROWS, COLUMNS), rig, layout())


def surface(thickness_mm: float) -> Surface:
    """The visible surface: hems stand proud, cotton creases softer than non-woven cloth."""

    def creases_mm(u_mm: FloatArray, v_mm: FloatArray, shape: tuple[int, int]) -> FloatArray:
        return crease_sets(
            u_mm,
            v_mm,
            shape,
            half_width_mm=WIDTH_MM / 2,
            weld_mm=WELD_MM,
            ridge_mm=3.0,
            wave_mm=0.5,
            seed=6,
            apexes_mm=NOSE_APEXES_MM,
            gathers_mm=GATHERS_MM,
        )

    def relief_mm(u_mm: FloatArray, v_mm: FloatArray) -> FloatArray:
        proud: FloatArray = np.clip(1.0 - (_inside_mm(u_mm, v_mm) - HEM_MM) / 2.0, 0.0, 1.0)
        return HEM_RELIEF_MM * proud

    return pleated_surface(thickness_mm, creases_mm, relief_mm)


def _inside_mm(u_mm: FloatArray, v_mm: FloatArray) -> FloatArray:
    """How far from the nearest edge; the sides are bound as wide as their weld."""
    sides_mm = WIDTH_MM / 2 - np.abs(u_mm) - WELD_MM + HEM_MM
    inside_mm: FloatArray = np.minimum(sides_mm, np.minimum(v_mm, UNFOLDED_MM - v_mm))
    return inside_mm


def layout() -> ByteArray:
    """Texture layout: one colour, hems stitched down."""
    width_px, height_px = round(WIDTH_MM * PX_PER_MM), round(UNFOLDED_MM / OUTER_V * PX_PER_MM)
    u_mm = (np.arange(width_px) + 0.5) / PX_PER_MM - WIDTH_MM / 2
    v_mm = (np.arange(height_px) + 0.5) / PX_PER_MM
    u, v = np.meshgrid(u_mm, v_mm)
    inside_mm = _inside_mm(u, v)
    sides_mm = WIDTH_MM / 2 - np.abs(u) - WELD_MM + HEM_MM
    along_mm = np.where(inside_mm < sides_mm, u, v)
    outer = np.where(v < UNFOLDED_MM, 1.0, 0.0)
    drawn = marks.joined(
        marks.turned_edge(HEM_MM - inside_mm, HEM_EDGE_MM),
        marks.stitches(inside_mm - HEM_MM + STITCH_IN_MM, along_mm),
    )
    return marks.layout(outer, np.ones_like(u), marks.kept(drawn, outer))
