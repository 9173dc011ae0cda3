"""Masks sewn of two mirrored panels that meet in a seam down the middle.

The seam spans from the bridge over the tip of the nose to under the chin, the
panels are pulled taut from it to the sides. What a design chooses is the `Cut`
of its panels and the `Finish` of their edges.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, contact_map
from mask3d.face_model import FaceModel
from mask3d.sheet import Sheet
from scripts.mask_designs.design import CHIN, Design, Spec, bridge_mm, ear_anchors
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.sewn_finish import COLUMNS, ROWS, SEAM, Finish, layout, surface
from scripts.mask_designs.taut import (
    Knots,
    Weave,
    between,
    grid_links,
    on_skin,
    pulled_taut,
    smooth,
    untangled,
)
from scripts.mask_designs.wearing import sheet_rig, worn_poses

ARM_COLUMNS, FLAT = 5, (0.95, 1.0)  # of an arm that stay flat, and its width over that of the cut
MIRROR = np.array([r * COLUMNS + COLUMNS - 1 - c for r in range(ROWS) for c in range(COLUMNS)])
BULGE_BY_SEAM = 0.6  # 1 would have a panel bulge most in its middle, less nearer to the seam
DANGLE_OFFSET_MM = (10.0, -25.0, 30.0)  # of the middle of the upper side from the left ear


class Cut(NamedTuple):
    """Outline of a panel on the mean head, mm.

    Attributes
    ----------
    top, bottom : (share of the way to the side, y) of the edge between seam and side
    chin_mm : (3,) from the chin to the lower end of the seam
    side_mm : (2, 3) upper and lower end of the side
    arm_rows, arm_mm : rows and height of the arms in which the side ends; 0 for none
    bow_mm : how far the middle of the side lies before its ends
    seam_standoff, panel_standoff : off the skin
    seam_bulge_mm : the seam is cut as a curve: it stands off the lips
    panel_bulge_mm : and so do the panels, most by the seam
    """

    top: Knots
    bottom: Knots
    chin_mm: tuple[float, float, float]
    side_mm: tuple[tuple[float, float, float], tuple[float, float, float]]
    arm_rows: int
    arm_mm: float
    bow_mm: float
    seam_standoff: float
    panel_standoff: float
    seam_bulge_mm: float
    panel_bulge_mm: float


def index(row: int, column: int) -> int:
    """Cage point of a row and a column."""
    return row * COLUMNS + column


def design(model: FaceModel, spec: Spec, cut: Cut, finish: Finish, weave: Weave) -> Design:
    """A sewn mask on the mean head, in all ways of wearing it."""
    grid_mm = shape_mm(model, cut, spec["bridge_landmark"])
    anchors = ear_anchors(model, spec["bridge_landmark"])
    links = sheet(grid_mm, cut, weave)
    covered_mm = np.ascontiguousarray(grid_mm.reshape(-1, 3))
    dangling_mm = _dangling(covered_mm, anchors.pulled_mm)
    poses = worn_poses(model, links, anchors, covered_mm, dangling_mm, MIRROR)
    fine = surface(grid_mm, finish, spec["thickness_mm"])
    rig = sheet_rig(links, fine, loop_ends(cut)[None], poses, anchors.pulled_mm)
    return Design(grid_faces(ROWS, COLUMNS), rig, layout(grid_mm, finish))


def _dangling(covered_mm: FloatArray, ears_mm: FloatArray) -> FloatArray:
    """The mask (N, 3) beside the left ear: its left side up, its upper edge in front."""
    turned_mm = covered_mm[:, [2, 0, 1]]
    upper_mm = turned_mm[side_ends(0, 0)[0]].mean(axis=0)
    beside_mm: FloatArray = turned_mm - upper_mm + ears_mm[:2].mean(axis=0) + DANGLE_OFFSET_MM
    return beside_mm


def shape_mm(model: FaceModel, cut: Cut, bridge_landmark: float) -> FloatArray:
    """The sewn shape on the mean head, (ROWS, COLUMNS, 3)."""
    skin = contact_map(model, model.mean_mm)
    seam_mm = _seam(model, cut, bridge_landmark, skin)
    top_mm = _edge(seam_mm[0], cut.side_mm[0], cut.top)
    bottom_mm = _edge(seam_mm[-1], cut.side_mm[1], cut.bottom)
    flat_mm = untangled(between(top_mm, bottom_mm, seam_mm, _side(cut)), skin)
    panel_mm = on_skin(flat_mm, skin, cut.panel_standoff)
    panel_mm[:, 0] = seam_mm
    panel_mm = pulled_taut(panel_mm, skin, cut.panel_standoff)
    panel_mm += cut.panel_bulge_mm * _bulge(panel_mm - skin.centre_mm)
    panel_mm[:, 0, 0] = 0.0
    return np.concatenate([panel_mm[:, :0:-1] * [-1.0, 1.0, 1.0], panel_mm], axis=1)


def _seam(model: FaceModel, cut: Cut, bridge_landmark: float, skin: ContactMap) -> FloatArray:
    """Taut line (ROWS, 3) over the profile, with the bulge of its cut."""
    ends_mm = (
        bridge_mm(model, bridge_landmark),
        model.landmarks_mm(model.mean_mm)[CHIN] + cut.chin_mm,
    )
    first, last = (float(np.arctan2(*(end - skin.centre_mm)[1:])) for end in ends_mm)
    angle = np.linspace(first, last, ROWS)
    ray = np.stack([np.zeros(ROWS), np.sin(angle), np.cos(angle)], axis=1)
    line_mm = on_skin(skin.centre_mm + ray, skin, cut.panel_standoff)
    strip_mm = np.repeat(line_mm[:, None], 3, axis=1)  # a taut strip without threads across
    seam_mm = pulled_taut(strip_mm, skin, cut.seam_standoff, along=0.0)[:, 1]
    seam_mm += cut.seam_bulge_mm * np.sin(np.linspace(0.0, np.pi, ROWS))[:, None] * ray
    way_mm = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(seam_mm, axis=0), axis=1))])
    even_mm = np.linspace(0.0, way_mm[-1], ROWS)
    return np.stack([np.interp(even_mm, way_mm, seam_mm[:, k]) for k in range(3)], axis=1)


def _bulge(away_mm: FloatArray) -> FloatArray:
    """Ways out (ROWS, SEAM + 1, 3) of a panel, up to 1 long; its edges stay."""
    down = np.sin(np.linspace(0.0, np.pi, ROWS))[:, None]
    aside = np.sin(np.pi * np.linspace(0.0, 1.0, SEAM + 1) ** BULGE_BY_SEAM)
    ray = away_mm / np.linalg.norm(away_mm, axis=2, keepdims=True)
    out: FloatArray = (down * aside)[..., None] * ray
    return out


def _edge(middle_mm: FloatArray, end_mm: tuple[float, float, float], heights: Knots) -> FloatArray:
    """Edge (SEAM + 1, 3) from the middle to the side."""
    u = np.linspace(0.0, 1.0, SEAM + 1)
    x = end_mm[0] * np.sin(u * np.pi / 2)
    z = middle_mm[2] + (end_mm[2] - middle_mm[2]) * (1 - np.cos(u * np.pi / 2))
    y = smooth(u, [(0.0, middle_mm[1]), *heights, (1.0, end_mm[1])])
    return np.stack([x, y, z], axis=1)


def _side(cut: Cut) -> FloatArray:
    """Side edge (ROWS, 3): the ends of the arms, and between them a bow."""
    (top_x, top_y, top_z), (low_x, low_y, low_z) = cut.side_mm
    arm = cut.arm_rows
    t = np.linspace(0.0, 1.0, ROWS - 2 * arm)
    y = np.concatenate(
        [
            top_y - cut.arm_mm * np.arange(arm) / max(arm, 1),
            top_y - cut.arm_mm + (low_y - top_y + 2 * cut.arm_mm) * t,
            low_y + cut.arm_mm * np.arange(arm)[::-1] / max(arm, 1),
        ]
    )
    share = np.concatenate([np.zeros(arm), t, np.ones(arm)])
    bow_mm = cut.bow_mm * (1 - np.abs(2 * share - 1) ** 2.5)
    return np.stack(
        [top_x + (low_x - top_x) * share, y, top_z + (low_z - top_z) * share + bow_mm], axis=1
    )


def sheet(grid_mm: FloatArray, cut: Cut, weave: Weave) -> Sheet:
    """Links that keep the sewn lengths, a seam that hardly bends and arms that stay flat."""
    links = grid_links(grid_mm, weave)
    seam = np.array([(index(r, SEAM), index(r + 4, SEAM)) for r in range(ROWS - 4)], np.int32)
    arms = _across_arms(cut)
    seam_mm, arms_mm = (_lengths_mm(grid_mm, pairs)[:, None] for pairs in (seam, arms))
    return Sheet(
        pairs=np.concatenate([links.pairs, seam, arms]),
        bounds_mm=np.concatenate(
            [links.bounds_mm, seam_mm * [weave.shrink, weave.stretch], arms_mm * FLAT]
        ),
        compliance=np.concatenate([links.compliance, np.ones(len(seam)), np.zeros(len(arms))]),
        pulled=side_ends(cut.arm_rows // 2, 0).ravel(),
        wire=np.array([index(0, c) for c in range(SEAM - 4, SEAM + 5)], np.int32),
        tucked=np.array([index(ROWS - 1, c) for c in range(SEAM - 4, SEAM + 5)], np.int32),
        gaps=np.zeros((0, 2), np.int32),
        bridge=index(0, SEAM),
    )


def _across_arms(cut: Cut) -> IntArray:
    """Pairs (K, 2) of points on both edges of the arms: a strap pulls an arm long, not into a roll.

    Designs without arms have none.
    """
    tips = range(ARM_COLUMNS if cut.arm_rows else 0)
    pairs = [
        (index(row, column), index(row + cut.arm_rows, column))
        for row in (0, ROWS - 1 - cut.arm_rows)
        for tip in tips
        for column in (tip, COLUMNS - 1 - tip)
    ]
    return np.array(pairs, np.int32).reshape(-1, 2)


def _lengths_mm(grid_mm: FloatArray, pairs: IntArray) -> FloatArray:
    """Distance (K,) of pairs (K, 2) of the grid's points."""
    ends_mm = grid_mm.reshape(-1, 3)[pairs]
    distance_mm: FloatArray = np.linalg.norm(ends_mm[:, 0] - ends_mm[:, 1], axis=1)
    return distance_mm


def side_ends(rows_in: int, columns_in: int) -> IntArray:
    """Points (2, 2) so far inside the corners, subject's left side first, upper end first."""
    upper, lower = rows_in, ROWS - 1 - rows_in
    left, right = COLUMNS - 1 - columns_in, columns_in
    ends = [[index(upper, left), index(lower, left)], [index(upper, right), index(lower, right)]]
    return np.array(ends, np.int32)


def loop_ends(cut: Cut) -> IntArray:
    """Where the loops leave the sheet (2, 2): in the middle of its arms, or inside its corners."""
    return side_ends(cut.arm_rows // 2 if cut.arm_rows else 1, 1)
