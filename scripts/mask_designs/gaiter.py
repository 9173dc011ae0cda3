"""The neck gaiter: a tube of jersey from over the nose down to the collar, gathered at the neck."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.contact import ContactMap, contact_map
from mask3d.face_model import FaceModel
from mask3d.recipe import CREASE_SETS
from mask3d.rig import Surface
from mask3d.sheet import Sheet
from scripts.mask_designs import marks
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.grid import GridSurface, Row, grid_faces, spline_matrix, unpleated
from scripts.mask_designs.taut import Knots, Weave, between, grid_links, pulled_taut
from scripts.mask_designs.wrapped import (
    Fold,
    Stretched,
    fold_height,
    ring,
    ring_on_skin,
    shaded_by,
    stretched_mm,
    wrapped_rig,
)

COLUMNS, ROWS = 44, 19
PER_COLUMN, PER_ROW = 2, 4
AZIMUTH = (np.arange(COLUMNS) / COLUMNS - 0.5) * 2 * np.pi
STANDOFF_MM = 2.0
HOOP_SHARE = 0.4  # of the tension that runs round the head
TIGHTEN_STEPS = 400
RIGHT_ANGLE = np.pi / 2
BACK: Knots = (
    (1.2, -34.0),
    (1.5, -52.0),
    (1.8, -58.0),
    (2.4, -53.0),
    (np.pi, -48.0),
)  # below the ears
TOP: dict[str, Knots] = {
    "covered": ((0.0, 14.0), (0.22, 6.0), (0.5, -3.0), (0.9, -12.0), *BACK),
    "nose_out": ((0.0, -36.0), (0.3, -37.0), (0.8, -37.0), (1.2, -46.0), *BACK[1:]),
    "mouth_out": ((0.0, -74.0), (0.3, -72.0), (0.8, -66.0), (1.3, -61.0), (np.pi, -53.0)),
    "under_chin": ((0.0, -100.5), (0.6, -96.0), (1.0, -84.0), (1.7, -68.0), (np.pi, -64.0)),
}  # height of the upper edge by azimuth, mm
COLLAR: Knots = (
    *((0.0, -138.0), (0.7, -133.0), (RIGHT_ANGLE, -104.0)),
    *((2.4, -85.0), (np.pi, -83.0)),
)  # it ends on the neck: what is below is the wearer's own
COLLAR_RADIUS: Knots = ((0.0, 46.0), (0.8, 48.0), (RIGHT_ANGLE, 55.0), (2.4, 72.0), (np.pi, 75.0))
JERSEY = Weave(shrink=0.0, stretch=2.0, shear=0.6)  # gathers freely, and elastane doubles in length
PRESSED = 1.2  # azimuth up to which the elastic edge is pressed to the face
SMOOTH_FROM, FADE = 2.3, 0.9  # azimuth from which there are no wrinkles, and where they fade
# folds as high as elsewhere would run into each other where it is bunched below the chin
OVER_JAW = Stretched(share=1.0, down=0.45, reach=(2.2, 0.23))
TEXTURE_MM = (600.0, 272.0)  # the tube cut open, and a strip for its inner side
INNER_V, OUTER_V = 0.97, 0.94
HEM_MM, COVER_STITCH_MM = 12.0, (1.5, 4.5)  # of the two needles from the end of the hem
PX_PER_MM = 3


def shape_mm(skin: ContactMap, top: Knots) -> FloatArray:
    """The tube (ROWS, COLUMNS, 3) with its upper edge at heights `top`."""
    top_mm = ring_on_skin(AZIMUTH, top, skin, STANDOFF_MM)
    bottom_mm = ring(AZIMUTH, COLLAR, COLLAR_RADIUS, skin)
    side_mm = np.linspace(top_mm[0], bottom_mm[0], ROWS)
    last_mm = np.linspace(top_mm[-1], bottom_mm[-1], ROWS)
    tube_mm = between(top_mm, bottom_mm, side_mm, last_mm)
    return pulled_taut(
        tube_mm, skin, STANDOFF_MM, along=HOOP_SHARE, steps=TIGHTEN_STEPS, closed=True
    )


def sheet(grid_mm: FloatArray) -> Sheet:
    """Links of the tube; its upper edge clings to the face."""
    links = grid_links(grid_mm, JERSEY, closed=True)
    pressed = np.flatnonzero(np.abs(AZIMUTH) < PRESSED)
    return Sheet(
        pairs=links.pairs,
        bounds_mm=links.bounds_mm,
        compliance=links.compliance,
        pulled=np.zeros(0, np.int32),
        wire=pressed.astype(np.int32),
        tucked=np.zeros(0, np.int32),
        gaps=np.zeros((0, 2), np.int32),
        bridge=COLUMNS // 2,
    )


def _wrinkles(azimuth: FloatArray, down: FloatArray, seed: int) -> FloatArray:
    """Height of soft wrinkles round neck and chin, hanging lower in front, mm."""
    rng = np.random.default_rng(seed)
    height_mm = np.zeros_like(azimuth)
    for start in np.linspace(0.45, 0.95, 8):  # round the neck, where the tube is gathered
        fold = Fold(
            middle=rng.normal(0.0, 0.7),
            reach=rng.uniform(0.9, 1.8),
            start=start + rng.normal(0.0, 0.02),
            slope=rng.normal(0.0, 0.06),
            bow=rng.uniform(-0.2, -0.06),
            width=rng.uniform(0.045, 0.065),
            height_mm=rng.uniform(4.5, 8.5),
        )
        height_mm = np.maximum(height_mm, fold_height(azimuth, down, fold))
    for side in (-1.0, 1.0):  # from the jaw up to the ears, where it is pulled
        for start in np.linspace(0.26, 0.66, 5):
            fold = Fold(
                middle=side * rng.uniform(0.9, 1.4),
                reach=rng.uniform(0.4, 0.8),
                start=start + rng.normal(0.0, 0.02),
                slope=-side * rng.uniform(0.0, 0.12),
                bow=rng.uniform(-0.08, 0.02),
                width=rng.uniform(0.035, 0.05),
                height_mm=rng.uniform(2.5, 5.5),
            )
            height_mm = np.maximum(height_mm, fold_height(azimuth, down, fold))
    behind = np.clip((SMOOTH_FROM - np.abs(azimuth)) / FADE, 0.0, 1.0)  # drawn tight at the nape
    return stretched_mm(height_mm * behind, azimuth, down, OVER_JAW)


def surface(grid_mm: FloatArray, thickness_mm: float) -> Surface:
    """The visible tube, its hems and wrinkles; cut open at the back for its texture."""
    round_it = spline_matrix(COLUMNS, PER_COLUMN, closed=True)
    across = np.concatenate([round_it, round_it[:1]])
    down = spline_matrix(ROWS, PER_ROW)
    grid = GridSurface([Row(weights, 0.0) for weights in down], across)
    share = np.linspace(0.0, 1.0, len(down))[:, None]
    turn = np.linspace(0.0, 1.0, len(across))[None, :]
    fine_mm = np.einsum("vr,uc,rcd->vud", down, across, grid_mm)
    length_mm = np.linalg.norm(np.diff(fine_mm, axis=0), axis=2).sum(axis=0)
    edge_mm = np.minimum(share, 1 - share) * length_mm
    relief_mm = 0.9 * np.exp(-((edge_mm / 2.0) ** 2))
    relief_mm -= 0.25 * np.exp(-(((edge_mm - HEM_MM) / 1.5) ** 2))
    azimuth, where = np.broadcast_arrays((turn - 0.5) * 2 * np.pi, share)
    relief_mm += 0.7 * _wrinkles(azimuth, where, seed=10)
    creases_mm = [0.12 * _wrinkles(azimuth, where, seed=11 + k).ravel() for k in range(CREASE_SETS)]
    u, n = np.broadcast_to(turn, relief_mm.shape).ravel(), relief_mm.size
    outer_uv = np.stack([u, where.ravel() * OUTER_V], axis=1)
    uv = np.concatenate([outer_uv, np.stack([u, np.full(n, INNER_V)], axis=1)])
    return unpleated(
        grid,
        grid.outer_faces(),
        uv,
        relief_mm.ravel(),
        np.array(creases_mm),
        shaded_by(relief_mm).ravel(),
        thickness_mm,
    )


def layout() -> ByteArray:
    """Texture layout: one colour, a double line of stitches along both hems."""
    width_px, height_px = (round(side * PX_PER_MM) for side in TEXTURE_MM)
    u_mm = (np.arange(width_px)[None, :] + 0.5) / PX_PER_MM
    v_mm = (np.arange(height_px)[:, None] + 0.5) / PX_PER_MM
    outer_mm = OUTER_V * TEXTURE_MM[1]
    u, edge = np.broadcast_arrays(u_mm, np.minimum(v_mm, outer_mm - v_mm))
    outer = np.broadcast_to(np.where(v_mm < outer_mm, 1.0, 0.0), u.shape)
    drawn = marks.joined(
        marks.turned_edge(HEM_MM - edge, 0.15),
        *(marks.stitches(edge - HEM_MM + line_mm, u) for line_mm in COVER_STITCH_MM),
    )
    return marks.layout(outer, np.ones_like(u), marks.kept(drawn, outer))


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    skin = contact_map(model, model.mean_mm)
    poses_mm = np.array([shape_mm(skin, top) for top in TOP.values()])
    fine = surface(poses_mm[0], spec["thickness_mm"])
    rig = wrapped_rig(sheet(poses_mm[0]), fine, np.zeros((0, 2, 2), np.int32), tuple(TOP), poses_mm)
    return Design(grid_faces(ROWS, COLUMNS, closed=True), rig, layout())
