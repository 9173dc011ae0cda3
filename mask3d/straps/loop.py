"""Ear loops: taut from the mask's corners round the ear, or hanging free."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mask3d.arrays import FloatArray
from mask3d.contact import push_out, skin_distance
from mask3d.mesh import Mesh
from mask3d.straps.ear import REACH_MM, EarSkin, lift_off
from mask3d.straps.line import (
    along_mm,
    evened,
    hull_of_path,
    length_mm,
    perpendicular,
    resampled,
    rounded,
    tangents,
    taut_span,
)
from mask3d.straps.sweep import PROBED, frames, sinking_mm, swept
from mask3d.straps.types import CLEARANCE_MM, MAX_CORD_MM, Strap, StrappedHead

POINTS = 110
LOOSE_MM = 170.0  # loop without tension; 160 to 180 mm are sold for adults
EVENED_POINTS = (2.0, 1.0)  # over which it is moved off the ear, ever less
ROUNDED_MM = 3.0  # over which the stiffness of an elastic spreads a corner
MAX_IN_CREASE_MM = 1.6  # height of a strap's middle over the crease behind the ear
TUCKED_MM = 5.0  # this far behind the front of the crease, a loop is out of sight
TURNS_MM = 14.0  # way before the ear over which a flat strap turns on edge
SMOOTH_POINTS = 3  # over which a strap's facing and its lift off the skin are evened
SAG_MM = 9.0  # of a 60 mm span without any tension
WELD_MM = 4.0  # of a strap's end that is pressed flat onto the mask
WELD_WIDER, WELD_THINNER = 1.5, 0.6
NARROW_BEHIND_EAR_MM = 3.3  # a wide strap folds together there
BELOW_EAR_MM = 16.0  # above the lobe's root: where a taut loop usually leaves the crease
HANG_SIDEWAYS = 0.55  # how far a free loop bows out, over how far it hangs


def ear_loop(strap: Strap, ends_mm: FloatArray, side: int, head: StrappedHead, sag: float) -> Mesh:
    """Loop from the mask's ends (upper and lower, 3) round the ear of a side.

    Parameters
    ----------
    side : 0 the subject's left ear, 1 the right one
    sag : 0 taut .. 1 without tension
    """
    line_mm, behind = ear_loop_line(strap, ends_mm, side, head, sag)
    _, normals = skin_distance(head.skin, line_mm)
    outward = perpendicular(tangents(line_mm), np.array([1.0 - 2.0 * side, 0.0, 0.0]))
    turned = behind[:, None]
    up = gaussian_filter1d((1 - turned) * normals + turned * outward, SMOOTH_POINTS, axis=0)
    narrow = min(NARROW_BEHIND_EAR_MM / strap.width_mm, 1.0)
    width_mm = strap.width_mm * (1.0 - (1.0 - narrow) * _nearness(line_mm, behind))
    line_mm = line_mm + _lift_mm(strap, line_mm, up, width_mm, side, head)[:, None] * normals
    clearance_mm = CLEARANCE_MM * (1.0 - behind)  # behind the ear it is drawn against it
    line_mm = _off_the_ear(strap, line_mm, up, width_mm, clearance_mm, head.ear_skins[side])
    return _welded(strap, line_mm, up, width_mm)


def _lift_mm(
    strap: Strap,
    line_mm: FloatArray,
    up: FloatArray,
    width_mm: FloatArray,
    side: int,
    head: StrappedHead,
) -> FloatArray:
    """How much (P,) a loop's edges lack over the skin where they are seen and off the ear."""
    thick_mm = np.full(POINTS, strap.thickness_mm)
    lacks_mm = sinking_mm(line_mm, up, width_mm, thick_mm, head.skin)
    crease_mm = head.creases_mm[side]
    away_mm = np.linalg.norm(line_mm[:, None] - crease_mm, axis=2).min(axis=1)
    seen = (away_mm > REACH_MM) & (line_mm[:, 2] > crease_mm[0, 2] - TUCKED_MM)
    lift_mm: FloatArray = evened(np.where(seen, lacks_mm.clip(0.0), 0.0), SMOOTH_POINTS)
    lift_mm[[0, -1]] = 0.0
    return lift_mm


def _off_the_ear(
    strap: Strap,
    line_mm: FloatArray,
    up: FloatArray,
    width_mm: FloatArray,
    clearance_mm: FloatArray,
    ear: EarSkin,
) -> FloatArray:
    """A loop's line (P, 3) moved smoothly to where it cuts neither ear nor skull."""
    half_mm = np.stack([width_mm, np.full(POINTS, strap.thickness_mm)], axis=1) / 2
    aside, off = frames(line_mm, up)
    clearance_mm[[0, -1]] = -np.inf  # the ends are the mask's
    probed = np.array((0.0,) if strap.width_mm <= MAX_CORD_MM else PROBED)
    for reach in EVENED_POINTS:
        free_mm = line_mm.copy()
        lift_off(ear, free_mm, aside, off, half_mm, clearance_mm, probed)
        line_mm = line_mm + gaussian_filter1d(free_mm - line_mm, reach, axis=0)
    lift_off(ear, line_mm, aside, off, half_mm, clearance_mm, probed)
    return line_mm


def ear_loop_line(
    strap: Strap, ends_mm: FloatArray, side: int, head: StrappedHead, sag: float
) -> tuple[FloatArray, FloatArray]:
    """Middle (POINTS, 3) of a loop, and how far each point is behind the ear, 0 .. 1."""
    rest_mm = strap.thickness_mm / 2 + CLEARANCE_MM
    held_mm = _round_the_ear(strap, ends_mm, side, head)
    upper_mm = _sagging(taut_span(ends_mm[0], held_mm[0], head.skin, rest_mm), sag)
    # A run that leaves the crease high up, towards a mask that hangs, passes behind the ear.
    leaves_high = held_mm[-1, 1] > head.creases_mm[side, -1, 1] + BELOW_EAR_MM
    below = head.skull if leaves_high else head.skin
    lower_mm = _sagging(taut_span(held_mm[-1], ends_mm[1], below, rest_mm), sag)
    if sag > 0.0:
        upper_mm = push_out(head.skin, upper_mm, rest_mm)
        lower_mm = push_out(below, lower_mm, rest_mm)
    whole_mm = np.concatenate([upper_mm[:-1], held_mm, lower_mm[1:]])
    line_mm = rounded(resampled(whole_mm, POINTS), ROUNDED_MM)
    way_mm = along_mm(line_mm)
    before_mm = np.maximum(length_mm(upper_mm) - way_mm, 0.0)
    after_mm = np.maximum(way_mm - (way_mm[-1] - length_mm(lower_mm)), 0.0)
    share = np.clip(1.0 - (before_mm + after_mm) / TURNS_MM, 0.0, 1.0)
    return line_mm, share * share * (3.0 - 2.0 * share)


def _nearness(line_mm: FloatArray, behind: FloatArray) -> FloatArray:
    """How near (P,) each point of a loop is to where it passes behind the ear, 0 .. 1 there."""
    way_mm = along_mm(line_mm)
    there_mm = way_mm[behind >= 1.0]
    near: FloatArray = np.minimum(
        way_mm / max(there_mm[0], 1.0), (way_mm[-1] - way_mm) / max(way_mm[-1] - there_mm[-1], 1.0)
    ).clip(0.0, 1.0)
    return near


def _round_the_ear(strap: Strap, ends_mm: FloatArray, side: int, head: StrappedHead) -> FloatArray:
    """The part (P, 3) that rests in the crease: what a thread pulled tight keeps of it."""
    height_mm = min(strap.width_mm / 2, MAX_IN_CREASE_MM)
    crease_mm = head.creases_mm[side] + height_mm * head.crease_normals[side]
    path_mm = np.concatenate([ends_mm[:1], crease_mm[3:], ends_mm[1:]])
    kept = hull_of_path(np.ascontiguousarray(path_mm[:, [2, 1]]))
    held_mm = path_mm[kept[1:-1]]
    return np.concatenate(
        [_front(crease_mm[1:3].mean(axis=0), ends_mm[0], held_mm[0])[None], held_mm]
    )


def _front(root_mm: FloatArray, ahead_mm: FloatArray, behind_mm: FloatArray) -> FloatArray:
    """Where (3,) a loop passes the top front of the ear's root: over it, or straight above."""
    way_mm = max(ahead_mm[2] - behind_mm[2], 1e-6)
    share = np.clip((root_mm[2] - behind_mm[2]) / way_mm, 0.0, 1.0)
    straight_mm = behind_mm[1] + share * (ahead_mm[1] - behind_mm[1])
    return np.array([root_mm[0], max(root_mm[1], straight_mm), root_mm[2]])


def _sagging(span_mm: FloatArray, sag: float) -> FloatArray:
    """A span (P, 3) that hangs through: a flat catenary is a parabola."""
    share = np.linspace(0.0, 1.0, len(span_mm))
    depth_mm = sag * SAG_MM * np.linalg.norm(span_mm[-1] - span_mm[0]) / 60.0
    hanging_mm: FloatArray = span_mm - np.outer(4 * share * (1 - share), [0.0, depth_mm, 0.0])
    return hanging_mm


def free_loop(strap: Strap, ends_mm: FloatArray, side: int, head: StrappedHead) -> Mesh:
    """Loop that has slipped off its ear and hangs from the mask's ends (upper and lower, 3)."""
    line_mm = free_loop_line(ends_mm, side, head)
    line_mm = push_out(head.skin, line_mm, strap.thickness_mm / 2 + CLEARANCE_MM)
    up = perpendicular(tangents(line_mm), np.array([0.0, 0.0, 1.0]))
    return _welded(strap, line_mm, up, np.full(POINTS, strap.width_mm))


def free_loop_line(ends_mm: FloatArray, side: int, head: StrappedHead) -> FloatArray:
    """Middle (POINTS, 3) of a free loop, LOOSE_MM long: a bow that its weight draws down.

    It bows out as far as its ends lie one above the other.
    """
    between_mm = ends_mm[0] - ends_mm[1]
    upright = abs(between_mm[1]) / (np.linalg.norm(between_mm) + 1e-9)
    outward = upright * np.array([1.0 - 2.0 * side, 0.0, -0.3])
    low, high = 0.0, LOOSE_MM
    for _ in range(20):  # the length grows with the reach
        reach_mm = (low + high) / 2
        too_long = length_mm(_bow(ends_mm, outward, reach_mm)) > LOOSE_MM
        low, high = (low, reach_mm) if too_long else (reach_mm, high)
    line_mm: FloatArray = resampled(_bow(ends_mm, outward, low), POINTS)
    return line_mm


def _bow(ends_mm: FloatArray, outward: FloatArray, reach_mm: float) -> FloatArray:
    """Cubic curve (P, 3) between two ends, bowed outwards and down."""
    way = reach_mm * (HANG_SIDEWAYS * outward + [0.0, -1.0, 0.0])
    t = np.linspace(0.0, 1.0, 60)[:, None]
    near = (1 - t) ** 3 * ends_mm[0] + 3 * t * (1 - t) ** 2 * (ends_mm[0] + way)
    far = 3 * t**2 * (1 - t) * (ends_mm[1] + way) + t**3 * ends_mm[1]
    bow_mm: FloatArray = near + far
    return bow_mm


def _welded(strap: Strap, line_mm: FloatArray, up: FloatArray, width_mm: FloatArray) -> Mesh:
    """Strap whose ends are pressed flat onto the mask, with rounded corners."""
    way_mm = along_mm(line_mm)
    end_mm = np.minimum(way_mm, way_mm[-1] - way_mm)
    weld = np.clip(2.0 - end_mm / WELD_MM, 0.0, 1.0) * (strap.kind == "ear_loop")
    width_mm = width_mm * (1.0 + (WELD_WIDER - 1.0) * weld)
    thick_mm = strap.thickness_mm * (1.0 - (1.0 - WELD_THINNER) * weld)
    last = end_mm == 0.0
    width_mm, thick_mm = np.where(last, 0.8 * width_mm, width_mm), np.where(last, 0.1, thick_mm)
    return swept(line_mm, up, width_mm, thick_mm, strap)
