"""Cloth that gives way: extended position-based dynamics of a sheet on the skin.

Macklin, Müller, Chentanez, "XPBD: position-based simulation of compliant
constrained dynamics", MIG 2016; one iteration a step, small steps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, radial_distance, skin_at
from mask3d.jit import kernel
from mask3d.sheet import NO_CONTACTS, Contacts, Sheet

GRAVITY_MM = 0.0015  # per step squared
DAMPING = 0.93  # share of the velocity that is kept
MAX_PUSH_MM = 3.0  # per step; more tears the sheet at a bad start
CONTACT_MM = 1.3  # the middle of the sheet stays this far from the skin
WIRE_REACH_MM = 2.0
BRIDGE_STIFFNESS = 0.5  # share of its way back closed per step
TAUT_MM = 4.0  # a strap that is longer by this pulls with all its tension
SPAN_CLEARANCE_MM = 1.5  # what a spanned sheet has over the contact at first
SPAN_STEPS = 60
SPAN_KEPT = 0.99  # share of a lift that goes on to the next point: it fades over five cells
UNSEEN = 0.5  # share of its gap to the skin that a point may move before it is looked up again
PLEAT_CONTACTS = (0.25, 0.5, 0.75)  # where an open pleat is kept off the skin


class Anchors(NamedTuple):
    """Where this head wants the sheet, face frame.

    Attributes
    ----------
    pulled_mm : (P, 3) where each strap pulls to
    pulls : (P,) its tension over the usual one
    bridge_mm : (3,) place of the bridge point; its depth is left to contact
    tucked_mm : (3,) place of the middle of the tucked points
    hold : how firmly wire and bridge are held: 1 as put on, 0 not at all
    """

    pulled_mm: FloatArray
    pulls: FloatArray
    bridge_mm: FloatArray
    tucked_mm: FloatArray
    hold: float = 1.0


class Schedule(NamedTuple):
    """How long and how hard.

    Attributes
    ----------
    steps : int
    pull_mm : strap pull per step squared
    friction : coefficient on the skin
    ramp_steps : steps over which pull and wire come up
    tuck_steps : steps during which the hem is tucked under the chin
    wire_stiffness : share of the wire's gap closed per step
    gravity_mm : weight per step squared
    """

    steps: int
    pull_mm: float = 1.0
    friction: float = 0.3
    ramp_steps: int = 0
    tuck_steps: int = 0
    wire_stiffness: float = 0.25
    gravity_mm: float = GRAVITY_MM


def settle(
    points_mm: FloatArray,
    sheet: Sheet,
    anchors: Anchors,
    skin: ContactMap,
    schedule: Schedule,
    contacts: Contacts = NO_CONTACTS,
) -> FloatArray:
    """Points (N, 3) of the sheet after `schedule` has run from `points_mm`, at rest at first."""
    settled_mm = np.array(points_mm, dtype=np.float64)
    _run(settled_mm, sheet, anchors, skin, schedule, contacts)
    return settled_mm


def spanned(points_mm: FloatArray, sheet: Sheet, skin: ContactMap) -> FloatArray:
    """Points (N, 3) raised along their rays where the skin comes through, as a taut sheet spans it.

    What lies around a bump rises with it, ever less along the threads.
    """
    lift_mm = np.maximum(CONTACT_MM + SPAN_CLEARANCE_MM - radial_distance(skin, points_mm), 0.0)
    _spread_lift(lift_mm, sheet.pairs[sheet.is_thread])
    ray = points_mm - skin.centre_mm
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    raised_mm: FloatArray = points_mm + lift_mm[:, None] * ray
    return raised_mm


@kernel
def _spread_lift(lift_mm: FloatArray, threads: IntArray) -> None:
    """Raise each lift (N,) to SPAN_KEPT of the mean of its neighbours'."""
    count = np.zeros(len(lift_mm))
    for i, j in threads:
        count[i] += 1.0
        count[j] += 1.0
    for _ in range(SPAN_STEPS):
        total = np.zeros(len(lift_mm))
        for i, j in threads:
            total[i] += lift_mm[j]
            total[j] += lift_mm[i]
        for i in range(len(lift_mm)):
            if count[i] > 0.0:
                lift_mm[i] = max(lift_mm[i], SPAN_KEPT * total[i] / count[i])


@kernel
def _run(
    points_mm: FloatArray,
    sheet: Sheet,
    anchors: Anchors,
    skin: ContactMap,
    schedule: Schedule,
    contacts: Contacts,
) -> None:
    """Step `points_mm` (N, 3) in place."""
    velocity = np.zeros_like(points_mm)
    before = points_mm.copy()
    normal = np.zeros(3)
    give = 1.0 / (2.0 + sheet.compliance)
    clear_mm = np.zeros(len(points_mm))
    for step in range(schedule.steps):
        ramp = min(1.0, step / schedule.ramp_steps) if schedule.ramp_steps else 1.0
        velocity[:, 1] -= schedule.gravity_mm
        _pull(velocity, points_mm, sheet, anchors, schedule.pull_mm * ramp)
        for i in range(len(points_mm)):
            for k in range(3):
                before[i, k] = points_mm[i, k]
                points_mm[i, k] += velocity[i, k]
        _satisfy_links(points_mm, sheet.pairs, sheet.bounds_mm, give)
        _keep_apart(points_mm, contacts.pairs, contacts.apart_mm)
        for k in range(2):
            way_mm = anchors.bridge_mm[k] - points_mm[sheet.bridge, k]
            points_mm[sheet.bridge, k] += BRIDGE_STIFFNESS * anchors.hold * way_mm
        _press_wire(
            points_mm, sheet.wire, skin, schedule.wire_stiffness * anchors.hold * ramp, normal
        )
        if step < schedule.tuck_steps:
            _tuck(points_mm, sheet.tucked, anchors.tucked_mm, 0.05 * ramp)
        if step % 2 == 0:
            _clear_gaps(points_mm, sheet.gaps, skin, normal)
        _clear_points(points_mm, before, clear_mm, skin, schedule.friction, normal)
        for i in range(len(points_mm)):
            for k in range(3):
                velocity[i, k] = (points_mm[i, k] - before[i, k]) * DAMPING


@kernel
def _pull(
    velocity: FloatArray, points_mm: FloatArray, sheet: Sheet, anchors: Anchors, pull_mm: float
) -> None:
    """Elastic straps: taut a little over their loose length."""
    for p in range(len(sheet.pulled)):
        i = sheet.pulled[p]
        way_mm = anchors.pulled_mm[p] - points_mm[i]
        length_mm = np.sqrt((way_mm * way_mm).sum()) + 1e-9
        stretch = min(max((length_mm - sheet.loose_mm) / TAUT_MM, 0.0), 1.0)
        velocity[i] += way_mm * (pull_mm * anchors.pulls[p] * stretch / length_mm)


@kernel
def _satisfy_links(
    points_mm: FloatArray, pairs: IntArray, bounds_mm: FloatArray, give: FloatArray
) -> None:
    """Move the ends of each link by their share `give` (C,) of its excess."""
    for c in range(len(pairs)):
        i, j = pairs[c, 0], pairs[c, 1]
        dx = points_mm[i, 0] - points_mm[j, 0]
        dy = points_mm[i, 1] - points_mm[j, 1]
        dz = points_mm[i, 2] - points_mm[j, 2]
        length = np.sqrt(dx * dx + dy * dy + dz * dz) + 1e-9
        # a branch that is taken as often as not costs more than the work that it saves
        share = give[c] * (1.0 - min(max(length, bounds_mm[c, 0]), bounds_mm[c, 1]) / length)
        points_mm[i, 0] -= share * dx
        points_mm[i, 1] -= share * dy
        points_mm[i, 2] -= share * dz
        points_mm[j, 0] += share * dx
        points_mm[j, 1] += share * dy
        points_mm[j, 2] += share * dz


@kernel
def _keep_apart(points_mm: FloatArray, pairs: IntArray, apart_mm: FloatArray) -> None:
    for c in range(len(pairs)):
        i, j = pairs[c, 0], pairs[c, 1]
        dx = points_mm[i, 0] - points_mm[j, 0]
        if abs(dx) >= apart_mm[c]:
            continue
        dy = points_mm[i, 1] - points_mm[j, 1]
        dz = points_mm[i, 2] - points_mm[j, 2]
        length = np.sqrt(dx * dx + dy * dy + dz * dz) + 1e-9
        if length >= apart_mm[c]:
            continue
        share = 0.5 * (apart_mm[c] - length) / length
        points_mm[i, 0] += share * dx
        points_mm[i, 1] += share * dy
        points_mm[i, 2] += share * dz
        points_mm[j, 0] -= share * dx
        points_mm[j, 1] -= share * dy
        points_mm[j, 2] -= share * dz


@kernel
def _press_wire(
    points_mm: FloatArray, wire: IntArray, skin: ContactMap, stiffness: float, normal: FloatArray
) -> None:
    for i in wire:
        gap = skin_at(skin, points_mm[i], normal) - CONTACT_MM
        if gap > 0:
            for k in range(3):
                points_mm[i, k] -= stiffness * min(gap, WIRE_REACH_MM) * normal[k]


@kernel
def _tuck(points_mm: FloatArray, tucked: IntArray, target_mm: FloatArray, share: float) -> None:
    for i in tucked:
        aside = points_mm[i, 0] - target_mm[0]
        points_mm[i, 1] += share * (target_mm[1] - points_mm[i, 1])
        points_mm[i, 2] += share * (target_mm[2] - 0.012 * aside * aside - points_mm[i, 2])


@kernel
def _clear_gaps(
    points_mm: FloatArray, gaps: IntArray, skin: ContactMap, normal: FloatArray
) -> None:
    between = np.zeros(3)
    for g in range(len(gaps)):
        i, j = gaps[g, 0], gaps[g, 1]
        for w in PLEAT_CONTACTS:
            for k in range(3):
                between[k] = (1 - w) * points_mm[i, k] + w * points_mm[j, k]
            gap = skin_at(skin, between, normal) - CONTACT_MM
            if gap < 0:
                push = max(gap, -MAX_PUSH_MM) / ((1 - w) ** 2 + w * w)
                for k in range(3):
                    points_mm[i, k] -= (1 - w) * push * normal[k]
                    points_mm[j, k] -= w * push * normal[k]


@kernel
def _clear_points(
    points_mm: FloatArray,
    before: FloatArray,
    clear_mm: FloatArray,
    skin: ContactMap,
    friction: float,
    normal: FloatArray,
) -> None:
    """Push points (N, 3) out of the skin; `clear_mm` (N,) is how far each may still go unseen."""
    slide = np.zeros(3)
    for i in range(len(points_mm)):
        for k in range(3):
            slide[k] = points_mm[i, k] - before[i, k]
        clear_mm[i] -= abs(slide[0]) + abs(slide[1]) + abs(slide[2])
        if clear_mm[i] > 0:
            continue
        gap = max(skin_at(skin, points_mm[i], normal) - CONTACT_MM, -MAX_PUSH_MM)
        if gap >= 0:
            clear_mm[i] = UNSEEN * gap
            continue
        along = 0.0
        for k in range(3):
            points_mm[i, k] -= gap * normal[k]
            slide[k] = points_mm[i, k] - before[i, k]
            along += slide[k] * normal[k]
        length = 1e-9
        for k in range(3):
            slide[k] -= along * normal[k]
            length += slide[k] * slide[k]
        held = min(1.0, friction * -gap / np.sqrt(length))
        for k in range(3):
            points_mm[i, k] -= held * slide[k]
