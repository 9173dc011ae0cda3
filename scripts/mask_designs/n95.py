"""The N95 cup: a stiff dome whose soft rim seals, nose strip, two head bands."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.cloth import Sheet
from mask3d.contact import ContactMap, contact_map, skin_points
from mask3d.face_model import FaceModel
from mask3d.recipe import CREASE_SETS
from mask3d.rig import Rig, Surface
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.grid import GridSurface, Row, grid_faces, spline_matrix, unpleated

COLUMNS, ROWS = 48, 16  # round the rim, from the apex to the rim
PER_COLUMN, PER_ROW = 2, 3
HALF_WIDTH_MM = 52.0
NOSE_NARROWING_MM = 20.0  # the outline is a drop, narrow at the nose
APEX_BEFORE_NOSE_MM = 14.0
FLANGE = 0.90  # share of the way to the rim where the flat flange begins
FIRST_RING = 0.05  # the innermost ring; a fan closes it
SOFT_FROM = 0.55
STRAP_ANGLES_DEG = (30.0, -25.0)  # where the bands are stapled, from the side, up positive
LAYOUT_MM = 150.0


def index(row: int, column: int) -> int:
    """Cage point of a ring and an angle."""
    return row * COLUMNS + column % COLUMNS


def shape_mm(model: FaceModel) -> FloatArray:
    """The cup on the mean head, (ROWS, COLUMNS, 3)."""
    skin = contact_map(model, model.mean_mm)
    rim_mm = _rim(model, skin)
    points_mm = model.landmarks_mm(model.mean_mm)
    middle_y = rim_mm[:, 1].mean()
    base_mm = np.array([0.0, middle_y - 2.0, rim_mm[:, 2].mean()])
    apex_mm = points_mm[30, 2] + APEX_BEFORE_NOSE_MM
    rho = np.linspace(FIRST_RING, 1.0, ROWS)[:, None]
    reach = np.where(rho < FLANGE, rho / FLANGE * 0.93, 0.93 + 0.07 * (rho - FLANGE) / (1 - FLANGE))
    dome = (1 - np.clip(rho / FLANGE, 0, 1) ** 2.6) ** 0.75
    flat_mm: FloatArray = base_mm + (rim_mm - base_mm)[None] * reach[..., None]
    flat_mm[..., 2] = flat_mm[..., 2] * (1 - dome) + apex_mm * dome
    return flat_mm


def _rim(model: FaceModel, skin: ContactMap) -> FloatArray:
    """Outline (COLUMNS, 3) on the skin: from the nose bridge round to under the chin."""
    points_mm = model.landmarks_mm(model.mean_mm)
    top_mm = 0.5 * (points_mm[27] + points_mm[28])
    bottom_mm = points_mm[8] + [0.0, -5.0, -6.0]
    angle = np.arange(COLUMNS) * 2 * np.pi / COLUMNS
    up = np.sin(angle)
    half_mm = HALF_WIDTH_MM - NOSE_NARROWING_MM * np.clip(up, 0, 1) ** 3
    middle_y, half_y = (top_mm[1] + bottom_mm[1]) / 2, (top_mm[1] - bottom_mm[1]) / 2 + 1.0
    x_mm, y_mm = half_mm * np.cos(angle), middle_y + half_y * up
    z_mm = np.full(COLUMNS, 0.6 * points_mm[30, 2])
    for _ in range(8):  # the skin's depth at a given x and y
        ray = np.stack([x_mm, y_mm, z_mm], axis=1) - skin.centre_mm
        on_skin = skin_points(skin, ray / np.linalg.norm(ray, axis=1, keepdims=True))
        z_mm = on_skin[:, 2]
    rim_mm: FloatArray = gaussian_filter1d(
        np.stack([x_mm, y_mm, z_mm], axis=1), 0.8, axis=0, mode="wrap"
    )
    return rim_mm


def surface(grid_mm: FloatArray, thickness_mm: float) -> Surface:
    """The visible surface: dome, embossed flange, nose strip."""
    across = spline_matrix(COLUMNS, PER_COLUMN, closed=True)
    down = spline_matrix(ROWS, PER_ROW)
    grid = GridSurface([Row(weights, 0.0) for weights in down], across, closed=True)
    fine_mm = np.einsum("vr,uc,rcd->vud", down, across, grid_mm)
    columns = grid.shape[1]
    rho = (down @ np.linspace(FIRST_RING, 1.0, ROWS))[:, None] * np.ones(columns)
    relief_mm = 0.5 * np.exp(-(((rho - 0.955) / 0.012) ** 2))
    relief_mm -= 0.8 * np.exp(-(((rho - 0.905) / 0.02) ** 2))
    fan = np.array([[0, k, k + 1] for k in range(1, columns - 1)], np.int32)
    outer = np.concatenate([grid.outer_faces(), fan])
    flat_mm = fine_mm[..., :2] - fine_mm[-1, :, :2].mean(axis=0)
    uv = np.stack([flat_mm[..., 0], -flat_mm[..., 1]], axis=2).reshape(-1, 2) / LAYOUT_MM + 0.5
    occlusion = 1.0 - 0.18 * np.exp(-(((rho - 0.9) / 0.035) ** 2))
    return unpleated(
        grid,
        outer,
        np.concatenate([uv, uv]),
        relief_mm.ravel(),
        np.zeros((CREASE_SETS, relief_mm.size)),
        occlusion.ravel(),
        thickness_mm,
    )


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    grid_mm = shape_mm(model)
    softness = np.clip((np.linspace(FIRST_RING, 1.0, ROWS) - SOFT_FROM) / (1 - SOFT_FROM), 0, 1)
    rim = np.array([index(ROWS - 1, c) for c in range(COLUMNS)], np.int32)
    rig = Rig(
        sheet=_no_links(),
        surface=surface(grid_mm, spec["thickness_mm"]),
        softness=np.repeat(softness**2, COLUMNS),
        rim=rim,
        strap_ends=_ends(),
        pose_names=("covered",),
        poses_mm=grid_mm.reshape(1, -1, 3),
        pulls=np.zeros((1, 0)),
        pulled_to_mm=np.zeros((0, 3)),
    )
    return Design(grid_faces(ROWS, COLUMNS, closed=True), rig, layout())


def _ends() -> IntArray:
    """Where the bands are stapled, (2, 2, 2); a band has one end a side, given twice."""
    bands = []
    for degrees in STRAP_ANGLES_DEG:
        left = index(ROWS - 2, round(degrees / 360 * COLUMNS))
        right = index(ROWS - 2, round((180 - degrees) / 360 * COLUMNS))
        bands.append([[left, left], [right, right]])
    return np.array(bands)


def _no_links() -> Sheet:
    none = np.zeros(0, np.int32)
    pairs = np.zeros((0, 2), np.int32)
    return Sheet(pairs, np.zeros((0, 2)), np.zeros(0), none, none, none, pairs, 0)


def layout() -> ByteArray:
    """Texture layout: one colour, welding dots on the flange, a metal strip over the nose."""
    size_px = 600  # 4 px per mm
    at_mm = (np.arange(size_px) + 0.5) / size_px * LAYOUT_MM - LAYOUT_MM / 2
    x, down = np.meshgrid(at_mm, at_mm)
    arc = down + 41.0 - 0.012 * x * x
    strip = (np.abs(arc) < 2.6) & (np.abs(x) < 24.0)
    rim = np.abs(np.abs(arc) - 2.6) < 0.5
    shade = np.where(strip & rim, 0.86, 1.0)
    shade *= 1.0 + 0.06 * np.exp(-(((arc + 0.8) / 0.9) ** 2)) * strip
    channels = [np.where(strip, 0.0, 255.0), 128.0 * shade, np.where(strip, 0.0, 255.0)]
    return np.round(np.stack(channels, axis=2)).astype(np.uint8)
