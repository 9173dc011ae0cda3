"""The face shield: a clear visor that a foam band holds off the forehead, elastic round the head.

The visor is a flat sheet bent one way: rows of points run across it, and every
column is straight. Its width and height are those of the sheet, so that the
layout is true to scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.ndimage import gaussian_filter

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.contact import contact_map, skin_distance
from mask3d.face_model import FaceModel
from mask3d.recipe import CREASE_SETS
from mask3d.rig import Surface
from mask3d.shell import RIM_CLEARANCE_MM
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.grid import GridSurface, Row, grid_faces, spline_matrix, unpleated
from scripts.mask_designs.marks import Marks
from scripts.mask_designs.parts import Part, with_part
from scripts.mask_designs.shells import (
    PX_PER_MM,
    layout_picture,
    layout_uv,
    on_skin,
    ridge,
    shell_rig,
    swatch_uv,
)

WIDTH_MM, HEIGHT_MM, CORNER_MM = 320.0, 220.0, 65.0
COLUMNS, PER_COLUMN, PER_ROW = 33, 3, 2
U_MM = np.linspace(-WIDTH_MM / 2, WIDTH_MM / 2, COLUMNS)  # to the subject's left
V_MM = np.array([0.0, 6.0, 23.0, 40.0, 62.0, 88.0, 115.0, 142.0, 168.0, 194.0, HEIGHT_MM])
FOAM_ROWS, FOAM_COLUMNS = (1, 3), slice(4, 29)  # where the foam's front is glued
BACK_ROWS = 5  # of its side that lies on the forehead
BAND_ROW, BAND_COLUMN = 2, 1  # where the elastic is riveted, from either end
BROW_TO_TOP_MM = 50.0  # from the brows, landmarks 19 and 24, to the top of the visor
STAND_OFF_MM = 36.0  # of the visor from the forehead's middle
HALF_SPAN_MM = 88.0  # half the width that the bent sheet spans
LEAN = 0.065  # the sheet hangs this much forward: a tangent
BEHIND_VISOR_MM = -0.9  # front of the foam from the visor's outer side
RIVET_MM = 4.0
FOAM_ROUND_MM, PORE_MM = 2.5, 0.25  # of its edges; of its cells
EDGE_MM, EDGE_CLEAR = 0.8, 0.5  # the cut edge catches light


def visor_mm(model: FaceModel) -> FloatArray:
    """The visor (rows, COLUMNS, 3) before the mean head."""
    points_mm = model.landmarks_mm(model.mean_mm)
    top_mm = points_mm[[19, 24], 1].mean() + BROW_TO_TOP_MM
    skin = contact_map(model, model.mean_mm)
    forehead_mm = on_skin(skin, np.array([[0.0, top_mm - V_MM[FOAM_ROWS[0]], 80.0]]))[0, 2]
    plan_mm = _bent(HALF_SPAN_MM, forehead_mm + STAND_OFF_MM)
    v_mm = V_MM[:, None] * _length_share()
    x_mm, z_mm = np.broadcast_to(plan_mm.T[:, None], (2, *v_mm.shape))
    return np.stack([x_mm, top_mm - v_mm, z_mm + LEAN * v_mm], axis=2)


def _bent(half_mm: float, front_mm: float) -> FloatArray:
    """Plan (COLUMNS, 2), x and z, of a sheet bent to half an ellipse, true to length."""
    turn = np.linspace(-np.pi, np.pi, 4000)
    ellipse_mm = np.stack([half_mm * np.sin(turn), front_mm * np.cos(turn)], axis=1)
    steps = np.linalg.norm(np.diff(ellipse_mm, axis=0), axis=1)
    way_mm = np.concatenate([[0.0], np.cumsum(steps)])
    at_mm = way_mm[-1] / 2 + U_MM
    return np.stack([np.interp(at_mm, way_mm, ellipse_mm[:, k]) for k in range(2)], axis=1)


def _length_share() -> FloatArray:
    """Length of each column (COLUMNS,) over the sheet's: its lower corners are round."""
    into_mm = np.clip(np.abs(U_MM) - (WIDTH_MM / 2 - CORNER_MM), 0.0, CORNER_MM)
    cut_mm = CORNER_MM - np.sqrt(CORNER_MM**2 - into_mm**2)
    share: FloatArray = 1.0 - cut_mm / HEIGHT_MM
    return share


def foam_back_mm(model: FaceModel, visor: FloatArray) -> FloatArray:
    """The side (BACK_ROWS, columns, 3) of the foam that lies on the forehead of the mean head."""
    skin = contact_map(model, model.mean_mm)
    down = np.linspace(0.0, 1.0, BACK_ROWS)[:, None, None]
    top_mm, bottom_mm = visor[list(FOAM_ROWS), FOAM_COLUMNS]
    front_mm = top_mm + down * (bottom_mm - top_mm)
    placed_mm = front_mm.reshape(-1, 3)
    inwards = -placed_mm * [1.0, 0.0, 1.0]
    inwards /= np.linalg.norm(inwards, axis=1, keepdims=True)
    for _ in range(40):  # each step is at most as long as the way to the skin
        gap_mm, _ = skin_distance(skin, placed_mm)
        placed_mm = placed_mm + (gap_mm - RIM_CLEARANCE_MM)[:, None] * inwards
    back_mm: FloatArray = placed_mm.reshape(front_mm.shape)
    return back_mm


def surface(spec: Spec) -> Surface:
    """The visor's visible surface, and the foam behind it."""
    across, down = spline_matrix(COLUMNS, PER_COLUMN), spline_matrix(len(V_MM), PER_ROW)
    grid = GridSurface([Row(weights, 0.0) for weights in down], across)
    u_mm = np.broadcast_to(across @ U_MM, grid.shape)
    v_mm = down @ (V_MM[:, None] * _length_share()) @ across.T
    uv = layout_uv(_on_layout(u_mm, v_mm).reshape(-1, 2), spec["layout_mm"])
    n = uv.shape[0]
    visor = unpleated(
        grid,
        grid.outer_faces(),
        np.concatenate([uv, uv]),
        np.zeros(n),
        np.zeros((CREASE_SETS, n)),
        np.ones(n),
        spec["thickness_mm"],
    )
    held = sparse.eye_array(len(V_MM) * COLUMNS, _cage_points()).tocsr()
    whole = replace(
        visor,
        weights=sparse.csr_array(visor.weights @ held),
        gaps=sparse.csr_array((0, _cage_points())),
        occlusion=np.ones(2 * n),  # light comes through it
    )
    return with_part(whole, foam(spec))


def foam(spec: Spec) -> Part:
    """The foam band: four sides between the visor and the forehead, and two ends."""
    columns = np.arange(COLUMNS, dtype=np.int32)[FOAM_COLUMNS]
    top, bottom = (COLUMNS * row + columns for row in FOAM_ROWS)
    behind = np.arange(len(V_MM) * COLUMNS, _cage_points(), dtype=np.int32)
    back = [*behind.reshape(BACK_ROWS, len(columns))]
    sides = [[top, back[0]], back, [back[-1], bottom], [bottom, top]]  # an edge has two normals
    across = spline_matrix(len(columns), PER_COLUMN)
    lines = [_chosen(across, held) for side in sides for held in side]
    of_front = [held is top or held is bottom for side in sides for held in side]
    front = np.repeat(of_front, len(across))
    return Part(
        weights=sparse.csr_array(sparse.vstack(lines, format="csr")),
        height_mm=np.where(front, BEHIND_VISOR_MM, 0.0),
        creases_mm=np.zeros((CREASE_SETS, len(front))),
        faces=_side_faces([len(side) for side in sides], len(across)),
        uv=swatch_uv(np.zeros(len(front)), spec["layout_mm"]),
        occlusion=np.where(front, 0.9, 0.55),
    )


def _side_faces(lines: Sequence[int], columns: int) -> IntArray:
    """Faces of sides of so many `lines` of points each, and of the two ends."""
    starts = np.concatenate([[0], np.cumsum(lines)])
    index = np.arange(starts[-1] * columns).reshape(-1, columns)
    faces = []
    for first, last in pairwise(starts):
        a, b = index[first : last - 1, :-1].ravel(), index[first : last - 1, 1:].ravel()
        d, c = index[first + 1 : last, :-1].ravel(), index[first + 1 : last, 1:].ravel()
        faces += [np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]
    for end, turn in ((0, 1), (-1, -1)):
        ring = index[[0, *range(starts[1], starts[2]), starts[3]], end]
        fan = [[ring[0], ring[k], ring[k + 1]] for k in range(1, len(ring) - 1)]
        faces.append(np.array(fan)[:, ::turn])
    return np.concatenate(faces).astype(np.int32)


def _chosen(across: FloatArray, held: IntArray) -> sparse.csr_array:
    """Weights (m, N) of a line over the cage points `held`."""
    over = np.zeros((len(across), _cage_points()))
    over[:, held] = across
    return sparse.csr_array(over)


def _cage_points() -> int:
    return len(V_MM) * COLUMNS + BACK_ROWS * len(U_MM[FOAM_COLUMNS])


def _on_layout(u_mm: FloatArray, v_mm: FloatArray) -> FloatArray:
    """Place on the layout from its middle, v down, of a place on the sheet."""
    return np.stack([u_mm, v_mm - HEIGHT_MM / 2], axis=-1)


def layout(spec: Spec) -> ByteArray:
    """Texture layout: the fabric shows where the visor is clear; foam, rivets, cut edge are not."""
    width_mm, height_mm = spec["layout_mm"]
    x_mm = (np.arange(round(width_mm * PX_PER_MM)) + 0.5) / PX_PER_MM - width_mm / 2
    y_mm = (np.arange(round(height_mm * PX_PER_MM)) + 0.5) / PX_PER_MM - height_mm / 2
    u, v = np.meshgrid(x_mm, y_mm + HEIGHT_MM / 2)
    clear = np.ones_like(u)
    half_foam_mm = float(U_MM[FOAM_COLUMNS][-1])
    top_mm, bottom_mm = V_MM[list(FOAM_ROWS)]
    in_foam = (v > top_mm) & (v < bottom_mm) & (np.abs(u) < half_foam_mm)
    clear[in_foam] = 0.0
    rivet_mm = np.hypot(np.abs(u) - U_MM[-1 - BAND_COLUMN], v - V_MM[BAND_ROW])
    clear[rivet_mm < RIVET_MM] = 0.0
    clear[_inside_mm(u, v) < EDGE_MM] = EDGE_CLEAR
    shade = 1.0 - 0.3 * ridge(rivet_mm - RIVET_MM, 0.5)
    rounded = ridge(v - top_mm, FOAM_ROUND_MM) + ridge(v - bottom_mm, FOAM_ROUND_MM)
    rounded += ridge(np.abs(u) - half_foam_mm, FOAM_ROUND_MM)
    pores = gaussian_filter(np.random.default_rng(0).standard_normal(u.shape), PORE_MM * PX_PER_MM)
    foamy = 1.0 - 0.16 * rounded - 0.045 * np.abs(pores) / pores.std()
    shade *= np.where(in_foam, foamy, 1.0)
    return layout_picture(clear, clear, Marks(shade, np.zeros_like(shade)))


def _inside_mm(u: FloatArray, v: FloatArray) -> FloatArray:
    """How far places on the sheet lie inside of its cut edge."""
    side, below = WIDTH_MM / 2 - np.abs(u), HEIGHT_MM - v
    corner = CORNER_MM - np.hypot(CORNER_MM - side, CORNER_MM - below)
    rounded = np.where((side < CORNER_MM) & (below < CORNER_MM), corner, np.inf)
    inside_mm: FloatArray = np.minimum.reduce([side, below, v, rounded])
    return inside_mm


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    visor = visor_mm(model)
    back = foam_back_mm(model, visor)
    cage_mm = np.concatenate([visor.reshape(-1, 3), back.reshape(-1, 3)])
    first = len(V_MM) * COLUMNS
    rim = np.arange(first, len(cage_mm), dtype=np.int32).reshape(back.shape[:2])
    rim[1::2] = rim[1::2, ::-1]  # to and fro, so that neighbours stay neighbours
    left = BAND_ROW * COLUMNS + COLUMNS - 1 - BAND_COLUMN
    right = BAND_ROW * COLUMNS + BAND_COLUMN
    ends = [[[left, left], [right, right]]]
    rig = shell_rig(model, spec, cage_mm, surface(spec), rim.ravel(), ends)
    faces = [grid_faces(len(V_MM), COLUMNS), grid_faces(*back.shape[:2]) + first]
    return Design(np.concatenate(faces), rig, layout(spec))
