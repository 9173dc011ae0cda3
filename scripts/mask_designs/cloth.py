"""The cloth mask: two panels joined by a curved seam down the middle, ear loops.

It is sewn to shape, so its shape is designed on the mean head: the seam spans
from the bridge over the tip of the nose to under the chin, the panels are
pulled tight from it to the sides. The lengths of that shape are the pattern.
"""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.cloth import Sheet
from mask3d.contact import ContactMap, contact_map, push_out, skin_points
from mask3d.face_model import FaceModel
from mask3d.rig import Rig, Surface
from scripts.mask_designs.creases import crease_sets
from scripts.mask_designs.design import Design, Spec, bridge_mm, ear_anchors
from scripts.mask_designs.grid import GridSurface, Row, grid_faces, spline_matrix, unpleated

COLUMNS, ROWS = 37, 23
SEAM = COLUMNS // 2
SIDE_HEIGHT_MM = 46.0  # of the side edge
SIDE_BEFORE_EAR_MM = 24.0
SEAM_STANDOFF_MM = 5.0
PANEL_STANDOFF_MM = 2.0
TIGHTEN_STEPS = 400
FLATTEN_STEPS = 1500
SEAM_BULGE_MM = 7.0  # the seam is cut as a curve: it stands off the lips
PER_COLUMN, PER_ROW = 2, 2
HEM_MM = 6.0
INNER_V, OUTER_V = 0.97, 0.94
PANEL_APART_MM = 25.0  # of the seams from the middle of the layout, so that panels do not overlap
PX_PER_MM = 4
WIDTH_MM, HEIGHT_MM = 300.0, 170.0  # size of the layout, wider than the widest row


def index(row: int, column: int) -> int:
    """Cage point of a row and a column."""
    return row * COLUMNS + column


def shape_mm(model: FaceModel, bridge_landmark: float) -> FloatArray:
    """The sewn shape on the mean head, (ROWS, COLUMNS, 3)."""
    skin = contact_map(model, model.mean_mm)
    grid_mm = _outline(model, skin, bridge_landmark)
    for step in range(TIGHTEN_STEPS):
        if step < TIGHTEN_STEPS // 2:
            _tighten_seam(grid_mm[:, SEAM], skin)
        if step == TIGHTEN_STEPS // 2:
            grid_mm[:, SEAM, 2] += SEAM_BULGE_MM * np.sin(np.linspace(0.0, np.pi, ROWS))
        for panel in (np.s_[1:SEAM], np.s_[SEAM + 1 : COLUMNS - 1]):
            columns = np.arange(COLUMNS)[panel]
            along = (grid_mm[1:-1, columns - 1] + grid_mm[1:-1, columns + 1]) / 2
            down = (grid_mm[:-2, columns] + grid_mm[2:, columns]) / 2
            tight = 0.75 * along + 0.25 * down
            pushed = push_out(skin, tight.reshape(-1, 3), PANEL_STANDOFF_MM)
            grid_mm[1:-1, columns] = pushed.reshape(tight.shape)
    return (grid_mm + grid_mm[:, ::-1] * [-1.0, 1.0, 1.0]) / 2


def _tighten_seam(seam_mm: FloatArray, skin: ContactMap) -> None:
    """One step of a taut line (ROWS, 3) over the profile, in place."""
    seam_mm[1:-1] = push_out(skin, (seam_mm[:-2] + seam_mm[2:]) / 2, SEAM_STANDOFF_MM)


def flattened(grid_mm: FloatArray) -> FloatArray:
    """Pattern of the left panel (ROWS, SEAM + 1, 2): the panel pressed flat, lengths kept."""
    panel_mm = grid_mm[:, SEAM:]
    reach = np.linalg.norm(np.diff(panel_mm, axis=1), axis=2).mean(axis=0)
    u_mm = np.concatenate([[0.0], np.cumsum(reach)])
    flat_mm = np.stack([np.broadcast_to(u_mm, panel_mm.shape[:2]), -panel_mm[..., 1]], axis=2)
    pairs = _panel_pairs(*flat_mm.shape[:2])
    length_mm = np.linalg.norm(np.diff(panel_mm.reshape(-1, 3)[pairs], axis=1)[:, 0], axis=1)
    points_mm = flat_mm.reshape(-1, 2).copy()
    shares = np.bincount(pairs.ravel(), minlength=len(points_mm))[:, None]
    for _ in range(FLATTEN_STEPS):
        across = points_mm[pairs[:, 1]] - points_mm[pairs[:, 0]]
        now_mm = np.linalg.norm(across, axis=1) + 1e-9
        move = across * ((now_mm - length_mm) / now_mm / 2)[:, None]
        step = np.zeros_like(points_mm)
        np.add.at(step, pairs[:, 0], move)
        np.add.at(step, pairs[:, 1], -move)
        points_mm += 1.5 * step / shares
    pattern_mm = points_mm.reshape(flat_mm.shape)
    pattern_mm -= pattern_mm[ROWS // 2, 0]
    pattern_mm[..., 0] += PANEL_APART_MM
    return pattern_mm


def _panel_pairs(rows: int, columns: int) -> IntArray:
    """Neighbours along rows, columns and diagonals of a grid."""
    at = np.arange(rows * columns).reshape(rows, columns)
    ends = (
        (at[:, :-1], at[:, 1:]),
        (at[:-1], at[1:]),
        (at[:-1, :-1], at[1:, 1:]),
        (at[:-1, 1:], at[1:, :-1]),
    )
    return np.concatenate([np.stack([a.ravel(), b.ravel()], axis=1) for a, b in ends])


def _outline(model: FaceModel, skin: ContactMap, bridge_landmark: float) -> FloatArray:
    """Grid (ROWS, COLUMNS, 3) on the skin whose border is the outline of the mask."""
    points_mm = model.landmarks_mm(model.mean_mm)
    upper_mm = bridge_mm(model, bridge_landmark)
    chin_mm = points_mm[8] + [0.0, -4.0, -14.0]
    ear_mm = model.ear_roots_mm(model.mean_mm)[0]
    side_mm = np.array([ear_mm[0, 0] - 4.0, 0.0, ear_mm[:, 2].max() + SIDE_BEFORE_EAR_MM])
    middle_y = points_mm[33, 1] - 8.0
    u = np.abs(np.linspace(-1.0, 1.0, COLUMNS))
    top_mm = _edge(upper_mm, side_mm + np.array([0.0, middle_y + SIDE_HEIGHT_MM / 2, 0.0]), u, 1.5)
    bottom_mm = _edge(
        chin_mm, side_mm + np.array([0.0, middle_y - SIDE_HEIGHT_MM / 2, 0.0]), u, 1.7
    )
    v = np.linspace(0.0, 1.0, ROWS)[:, None, None]
    grid_mm = top_mm * (1 - v) + bottom_mm * v
    grid_mm[..., 0] *= np.sign(np.linspace(-1.0, 1.0, COLUMNS))
    ray = (grid_mm - skin.centre_mm).reshape(-1, 3)
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    on_skin = skin_points(skin, ray)
    return push_out(skin, on_skin, PANEL_STANDOFF_MM).reshape(grid_mm.shape)


def _edge(middle_mm: FloatArray, end_mm: FloatArray, u: FloatArray, turn: float) -> FloatArray:
    """Edge (COLUMNS, 3) from the middle to the side, drawn for x >= 0."""
    x = end_mm[0] * np.sin(u * np.pi / 2)
    z = middle_mm[2] + (end_mm[2] - middle_mm[2]) * (1 - np.cos(u * np.pi / 2))
    y = middle_mm[1] + (end_mm[1] - middle_mm[1]) * u**turn
    return np.stack([x, y, z], axis=1)


def sheet(grid_mm: FloatArray) -> Sheet:
    """Links that keep the sewn lengths."""
    points_mm = grid_mm.reshape(-1, 3)
    pairs: list[tuple[int, int]] = []
    compliance: list[float] = []
    steps = (
        (0, 1, 0.02),
        (1, 0, 0.0),
        (1, 1, 0.4),
        (1, -1, 0.4),
        (0, 2, 12.0),
        (2, 0, 12.0),
    )
    for down, along, give in steps:
        for r in range(ROWS - down):
            for c in range(max(0, -along), COLUMNS - max(0, along)):
                pairs.append((index(r, c), index(r + down, c + along)))
                compliance.append(give)
    for r in range(ROWS - 4):  # the doubled, top-stitched seam hardly bends
        pairs.append((index(r, SEAM), index(r + 4, SEAM)))
        compliance.append(1.0)
    order = np.random.default_rng(0).permutation(len(pairs))
    links = np.array(pairs, np.int32)[order]
    length_mm = np.linalg.norm(points_mm[links[:, 0]] - points_mm[links[:, 1]], axis=1)
    last = ROWS - 1
    corners = [index(0, COLUMNS - 1), index(last, COLUMNS - 1), index(0, 0), index(last, 0)]
    return Sheet(
        pairs=links,
        bounds_mm=np.stack([0.97 * length_mm, 1.01 * length_mm], axis=1),
        compliance=np.array(compliance)[order],
        pulled=np.array(corners, np.int32),
        wire=np.array([index(0, c) for c in range(SEAM - 4, SEAM + 5)], np.int32),
        tucked=np.zeros(0, np.int32),
        gaps=np.zeros((0, 2), np.int32),
        bridge=index(0, SEAM),
    )


def surface(grid_mm: FloatArray, thickness_mm: float) -> Surface:
    """The visible surface: seam and hems stand up, creases start at the loops."""
    middle = SEAM * PER_COLUMN
    whole = spline_matrix(COLUMNS, PER_COLUMN)
    across = np.concatenate([whole[: middle + 1], whole[middle:]])  # each panel has its own seam
    down = spline_matrix(ROWS, PER_ROW)
    rows = [Row(weights, 0.0) for weights in down]
    grid = GridSurface(rows, across, torn_column=middle + 1)
    fine_mm = np.einsum("vr,uc,rcd->vud", down, across, grid_mm)
    u_mm, v_mm = np.moveaxis(_pattern(grid_mm), 2, 0)
    n = u_mm.size
    edge_mm, seam_mm = _edge_distance(fine_mm), _seam_distance(fine_mm)
    relief_mm = 0.7 * np.exp(-((seam_mm / 1.6) ** 2)) + 0.5 * np.exp(-((edge_mm / 2.0) ** 2))
    relief_mm -= 0.3 * np.exp(-(((edge_mm - HEM_MM) / 1.5) ** 2))
    creases_mm = crease_sets(
        u_mm.ravel(),
        (v_mm - v_mm.min()).ravel(),
        grid.shape,
        half_width_mm=float(u_mm.max()),
        weld_mm=4.0,
        ridge_mm=1.5,
        wave_mm=0.5,
        seed=2,
    )
    u = u_mm.ravel() / WIDTH_MM + 0.5
    outer_uv = np.stack([u, (v_mm.ravel() / HEIGHT_MM + 0.5) * OUTER_V], axis=1)
    inner_uv = np.stack([u, np.full(n, INNER_V)], axis=1)
    occlusion = 1.0 - 0.25 * np.exp(-(((seam_mm - 2.6) / 1.4) ** 2)).ravel()
    uv = np.concatenate([outer_uv, inner_uv])
    return unpleated(
        grid, grid.outer_faces(), uv, relief_mm.ravel(), creases_mm, occlusion, thickness_mm
    )


def _pattern(grid_mm: FloatArray) -> FloatArray:
    """Place (v, u, 2) of the fine vertices on the flat pattern, mm from the seam's middle."""
    left_mm = flattened(grid_mm)
    down, across = spline_matrix(ROWS, PER_ROW), spline_matrix(SEAM + 1, PER_COLUMN)
    fine_mm: FloatArray = np.einsum("vr,uc,rcd->vud", down, across, left_mm)
    return np.concatenate([fine_mm[:, ::-1] * [-1.0, 1.0], fine_mm], axis=1)


def _edge_distance(fine_mm: FloatArray) -> FloatArray:
    """Distance (v, u) to the nearest of the four edges along the grid's lines, mm."""
    across = np.linalg.norm(np.diff(fine_mm, axis=1), axis=2)
    falls = np.linalg.norm(np.diff(fine_mm, axis=0), axis=2)
    along = np.concatenate([np.zeros((len(fine_mm), 1)), np.cumsum(across, axis=1)], axis=1)
    height = np.concatenate([np.zeros((1, fine_mm.shape[1])), np.cumsum(falls, axis=0)])
    sides = np.minimum(along, along[:, -1:] - along)
    nearest_mm: FloatArray = np.minimum(sides, np.minimum(height, height[-1:] - height))
    return nearest_mm


def _seam_distance(fine_mm: FloatArray) -> FloatArray:
    """Distance (v, u) to the seam along the rows, mm."""
    away_mm = fine_mm - fine_mm[:, [SEAM * PER_COLUMN]]
    distance_mm: FloatArray = np.linalg.norm(away_mm, axis=2)
    return distance_mm


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    grid_mm = shape_mm(model, spec["bridge_landmark"])
    ends = [
        [index(1, COLUMNS - 2), index(ROWS - 2, COLUMNS - 2)],
        [index(1, 1), index(ROWS - 2, 1)],
    ]
    rig = Rig(
        sheet=sheet(grid_mm),
        surface=surface(grid_mm, spec["thickness_mm"]),
        softness=np.zeros(ROWS * COLUMNS),
        rim=np.zeros(0, np.int32),
        strap_ends=np.array([ends]),
        pose_names=("covered",),
        poses_mm=grid_mm.reshape(1, -1, 3),
        pulls=np.ones((1, 4)),
        pulled_to_mm=ear_anchors(model, spec["bridge_landmark"]).pulled_mm,
    )
    return Design(grid_faces(ROWS, COLUMNS), rig, layout(grid_mm))


def layout(grid_mm: FloatArray) -> ByteArray:
    """Texture layout: main colour everywhere, the seam's shadow and a line of stitches."""
    width_px, height_px = round(WIDTH_MM * PX_PER_MM), round(HEIGHT_MM / OUTER_V * PX_PER_MM)
    u_mm = (np.arange(width_px) + 0.5) / PX_PER_MM - WIDTH_MM / 2
    v_mm = (np.arange(height_px) + 0.5) / PX_PER_MM - HEIGHT_MM / 2
    seam_mm = flattened(grid_mm)[:, 0]
    seam_u, seam_v = np.interp(v_mm, seam_mm[:, 1], seam_mm[:, 0]), v_mm[:, None]
    away_mm = np.abs(np.abs(u_mm) - seam_u[:, None])
    away_mm /= np.hypot(1.0, np.gradient(seam_u, v_mm))[:, None]
    outer = np.broadcast_to(seam_v < HEIGHT_MM / 2, away_mm.shape)
    stitch = np.exp(-(((away_mm - 2.2) / 0.45) ** 2)) * (np.sin(2 * np.pi * seam_v / 3.0) > -0.4)
    shade = np.where(outer, 1.0 - 0.4 * np.exp(-((away_mm / 0.5) ** 2)) - 0.16 * stitch, 1.0)
    channels = [np.where(outer, 255.0, 0.0), 128.0 * shade, np.full_like(away_mm, 255.0)]
    return np.round(np.stack(channels, axis=2)).astype(np.uint8)
