"""The bandana: a printed square folded to a triangle, tied behind the head, its point hanging."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from mask3d.arrays import ByteArray, FloatArray, IntArray
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

COLUMNS, ROWS = 45, 17
PER_COLUMN, PER_ROW = 2, 4
KNOT = 3.0  # azimuth of the knot's two sides
AZIMUTH = np.linspace(-KNOT, KNOT, COLUMNS)
STANDOFF_MM = 2.0
ALONG_SHARE = 0.45
BACK: Knots = (
    (1.2, -34.0),
    (1.5, -52.0),
    (1.8, -57.0),
    (2.4, -52.0),
    (KNOT, -46.0),
)  # below the ears
TOP: dict[str, Knots] = {
    "covered": ((0.0, 14.0), (0.22, 6.0), (0.5, -4.0), (0.9, -12.0), *BACK),
    "nose_out": ((0.0, -36.0), (0.3, -37.0), (0.8, -37.0), (1.2, -46.0), *BACK[1:]),
    "mouth_out": ((0.0, -74.0), (0.3, -72.0), (0.8, -66.0), (1.3, -60.0), (KNOT, -50.0)),
    "under_chin": ((0.0, -98.0), (0.6, -94.0), (1.0, -84.0), (1.7, -70.0), (KNOT, -60.0)),
}  # height of the upper edge by azimuth, mm
HEM: Knots = (
    *((0.0, -196.0), (0.35, -172.0), (0.9, -132.0)),
    *((1.6, -96.0), (2.4, -78.0), (KNOT, -69.0)),
)  # gathered where it is tied
HEM_RADIUS: Knots = ((0.0, 70.0), (0.5, 74.0), (1.0, 72.0), (1.6, 62.0), (2.4, 71.0), (KNOT, 73.0))
COTTON = Weave(shrink=0.0, stretch=2.0, shear=0.8)  # as long as it is tied: the rest is in the knot
TIGHT_FROM, FADE = (
    2.4,
    0.8,
)  # azimuth from which it is drawn tight to the knot, and where folds fade
# folds as high as elsewhere would run into each other where it is bunched below the chin
OVER_JAW = Stretched(share=1.0, down=0.2, reach=(2.2, 0.22))
PRESSED = 1.2  # azimuth up to which the tied edge is pressed to the face
HALF_MM = 275.0  # half of the folded edge; the square's side is that times the root of 2
SIDE_MM = HALF_MM * np.sqrt(2.0)
INNER_V, OUTER_V = 0.97, 0.94
PX_PER_MM = 3
ROUNDED = 0.8  # of the print's rows over the nose, share of half the folded edge
HEM_MM = 5.0  # rolled and stitched
THROUGH = (255, 140, 60, marks.NEUTRAL)  # of a layout: the print shows on the inner side
BORDER_MM = ((9.0, 1.2), (12.5, 0.8), (27.0, 1.0))  # printed lines along the hems: place, width
DOTS_MM, DOT_RADIUS_MM = 19.5, 2.2  # a row of dots between them


def shape_mm(skin: ContactMap, top: Knots) -> FloatArray:
    """The cloth (ROWS, COLUMNS, 3) with its upper edge at heights `top`."""
    top_mm = ring_on_skin(AZIMUTH, top, skin, STANDOFF_MM)
    hem_mm = ring(AZIMUTH, HEM, HEM_RADIUS, skin)
    first_mm = np.linspace(top_mm[0], hem_mm[0], ROWS)
    last_mm = np.linspace(top_mm[-1], hem_mm[-1], ROWS)
    cloth_mm = between(top_mm, hem_mm, first_mm, last_mm)
    return pulled_taut(cloth_mm, skin, STANDOFF_MM, along=ALONG_SHARE)


def sheet(grid_mm: FloatArray) -> Sheet:
    """Links of the cloth; its upper edge is tied tight."""
    links = grid_links(grid_mm, COTTON)
    return Sheet(
        pairs=links.pairs,
        bounds_mm=links.bounds_mm,
        compliance=links.compliance,
        pulled=np.zeros(0, np.int32),
        wire=np.flatnonzero(np.abs(AZIMUTH) < PRESSED).astype(np.int32),
        tucked=np.zeros(0, np.int32),
        gaps=np.zeros((0, 2), np.int32),
        bridge=COLUMNS // 2,
    )


def tied_ends() -> IntArray:
    """Points (2, 2) in the middle of the gathered ends, subject's left side first."""
    left = (ROWS // 2) * COLUMNS + COLUMNS - 1
    right = (ROWS // 2) * COLUMNS
    return np.array([[left, left], [right, right]], np.int32)


def _folds(azimuth: FloatArray, down: FloatArray, seed: int) -> FloatArray:
    """Height of folds that fan out from the knot and hang from nose and chin, mm."""
    rng = np.random.default_rng(seed)
    height_mm = np.zeros_like(azimuth)
    for side in (-1.0, 1.0):
        for start in np.linspace(0.12, 0.88, 7):  # gathered at the knot, spreading over the cheek
            fold = Fold(
                middle=side * rng.uniform(1.1, 1.9),
                reach=rng.uniform(0.8, 1.3),
                start=start + rng.normal(0.0, 0.03),
                slope=-side * rng.uniform(0.0, 0.14),
                bow=0.0,
                width=rng.uniform(0.045, 0.07),
                height_mm=rng.uniform(2.0, 5.0),
            )
            height_mm = np.maximum(height_mm, fold_height(azimuth, down, fold))
    for start in np.linspace(-0.75, 0.75, 6):  # hanging from the chin to the hem
        fold = Fold(
            middle=rng.uniform(0.8, 1.0),
            reach=rng.uniform(0.35, 0.6),
            start=start + rng.normal(0.0, 0.06),
            slope=rng.normal(0.0, 0.08),
            bow=0.0,
            width=rng.uniform(0.08, 0.13),
            height_mm=rng.uniform(4.0, 8.0),
        )
        height_mm = np.maximum(height_mm, fold_height(down, azimuth, fold))
    for start in np.linspace(0.3, 0.7, 5):  # sagging between the cheeks
        fold = Fold(
            middle=rng.normal(0.0, 0.25),
            reach=rng.uniform(0.7, 1.2),
            start=start + rng.normal(0.0, 0.03),
            slope=rng.normal(0.0, 0.05),
            bow=rng.uniform(-0.2, -0.08),
            width=rng.uniform(0.04, 0.06),
            height_mm=rng.uniform(1.5, 5.0),
        )
        height_mm = np.maximum(height_mm, fold_height(azimuth, down, fold))
    behind = np.clip((TIGHT_FROM - np.abs(azimuth)) / FADE, 0.0, 1.0)
    return stretched_mm(height_mm * behind, azimuth, down, OVER_JAW)


def surface(grid_mm: FloatArray, thickness_mm: float) -> Surface:
    """The visible cloth with its folds, laid out on the printed square."""
    across, down = spline_matrix(COLUMNS, PER_COLUMN), spline_matrix(ROWS, PER_ROW)
    grid = GridSurface([Row(weights, 0.0) for weights in down], across)
    share = np.linspace(0.0, 1.0, len(down))[:, None]
    azimuth, where = np.broadcast_arrays((across @ AZIMUTH)[None, :], share)
    relief_mm = 0.7 * _folds(azimuth, where, seed=20)
    creases_mm = [0.15 * _folds(azimuth, where, seed=21 + k).ravel() for k in range(CREASE_SETS)]
    uv = _printed(azimuth / KNOT, where)
    shade = shaded_by(relief_mm).ravel()
    return unpleated(
        grid, grid.outer_faces(), uv, relief_mm.ravel(), np.array(creases_mm), shade, thickness_mm
    )


def _printed(across: FloatArray, down: FloatArray) -> FloatArray:
    """Texture coordinates (2n, 2): the folded edge is the square's diagonal, the hem two sides."""
    u, share = across.ravel(), down.ravel()
    bend = (
        ROUNDED * (1.0 - share) ** 2
    )  # threads bend over the nose, and meet at right angles below
    v = share * (1.0 - (np.hypot(u, bend) - bend) / (np.hypot(1.0, bend) - bend))
    outer_uv = np.stack([(1.0 + u + v) / 2.0, OUTER_V * (1.0 - u + v) / 2.0], axis=1)
    inner_uv = np.stack([outer_uv[:, 0], np.full(len(u), INNER_V)], axis=1)
    return np.concatenate([outer_uv, inner_uv])


def layout() -> ByteArray:
    """Texture layout: the print all over, lines and dots in the trim's colour along the hems."""
    side_px = round(SIDE_MM * PX_PER_MM)
    height_px = round(side_px / OUTER_V)
    away_mm = (side_px - 0.5 - np.arange(side_px)) / PX_PER_MM
    hem_mm = np.minimum(away_mm[:, None], away_mm[None, :])
    along_mm = np.maximum(away_mm[:, None], away_mm[None, :])
    trim = np.zeros((side_px, side_px))
    for place_mm, width_mm in BORDER_MM:
        trim = np.maximum(trim, np.abs(hem_mm - place_mm) < width_mm)
    off_mm = np.hypot(hem_mm - DOTS_MM, along_mm % 9.0 - 4.5)
    trim = np.maximum(trim, off_mm < DOT_RADIUS_MM)
    plain = hem_mm < BORDER_MM[-1][0]
    drawn = marks.joined(
        marks.turned_edge(HEM_MM - hem_mm, 0.12), marks.stitches(hem_mm - HEM_MM + 1.0, along_mm)
    )
    main, shown = (gaussian_filter(share, 0.8) for share in (1.0 - trim, 1.0 - plain))
    picture = np.full((height_px, side_px, 4), THROUGH, np.uint8)
    picture[:side_px] = marks.layout(main, shown, drawn)
    return picture


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    skin = contact_map(model, model.mean_mm)
    poses_mm = np.array([shape_mm(skin, top) for top in TOP.values()])
    fine = surface(poses_mm[0], spec["thickness_mm"])
    rig = wrapped_rig(sheet(poses_mm[0]), fine, tied_ends()[None], tuple(TOP), poses_mm)
    return Design(grid_faces(ROWS, COLUMNS), rig, layout())
