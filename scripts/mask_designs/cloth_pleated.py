"""The pleated mask of cotton: the surgical mask's pleats, sewn, with top-stitched edges."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.face_model import FaceModel
from mask3d.rig import Surface
from scripts.mask_designs.creases import crease_sets
from scripts.mask_designs.design import Design, Spec, ear_anchors
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.pleated_sheet import COLUMNS, ROWS, WELD_MM, WIDTH_MM
from scripts.mask_designs.surgical import (
    LOOP_PULLS,
    OUTER_V,
    UNFOLDED_MM,
    loop_ends,
    pleated_surface,
    worn_rig,
)

HEM_MM = 6.0  # of the turned-in upper and lower edges
HEM_RELIEF_MM = 0.5
STITCH_MM, STITCH_PITCH_MM = 0.7, 3.0  # width of a thread; length of a stitch and its gap
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
            ridge_mm=2.0,
            wave_mm=0.6,
            seed=6,
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
    """Texture layout: one colour, with a line of stitches along the hems."""
    width_px, height_px = round(WIDTH_MM * PX_PER_MM), round(UNFOLDED_MM / OUTER_V * PX_PER_MM)
    u_mm = (np.arange(width_px) + 0.5) / PX_PER_MM - WIDTH_MM / 2
    v_mm = (np.arange(height_px) + 0.5) / PX_PER_MM
    u, v = np.meshgrid(u_mm, v_mm)
    inside_mm = _inside_mm(u, v)
    across_mm = np.abs(inside_mm - HEM_MM + 1.2)
    sides_mm = WIDTH_MM / 2 - np.abs(u) - WELD_MM + HEM_MM
    along_mm = np.where(inside_mm < sides_mm, u, v)
    thread = np.cos(2 * np.pi * along_mm / STITCH_PITCH_MM) > -0.5
    groove = np.exp(-((across_mm / STITCH_MM) ** 2))
    stitch = np.exp(-((across_mm / (0.5 * STITCH_MM)) ** 2)) * thread
    seam = np.exp(-(((inside_mm - HEM_MM - 0.6) / 0.8) ** 2))
    outer = v < UNFOLDED_MM
    shade = np.where(outer, 1.0 - 0.22 * groove + 0.3 * stitch - 0.12 * seam, 1.0)
    channels = [np.where(outer, 255.0, 0.0), 128.0 * shade, np.full_like(u, 255.0)]
    return np.round(np.stack(channels, axis=2).clip(0, 255)).astype(np.uint8)
