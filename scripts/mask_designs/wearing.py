"""Sheets hung on the mean head as people wear them: over the nose, under it, on one ear.

A state is what the wearer did to the mask that covered the face: swung it
about the ears until its upper edge lay elsewhere, tucked its hem, or took a
loop off. From there the cloth settles by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.cloth import Anchors, Schedule, settle
from mask3d.contact import contact_map, push_out
from mask3d.drape import slid_round_ears
from mask3d.face_model import FaceModel
from mask3d.rig import Rig, Surface
from mask3d.sheet import Contacts, Sheet, closed, self_contacts, within_reach

SETTLE = Schedule(steps=1600, ramp_steps=320, tuck_steps=960)
HANG = Schedule(steps=3000, pull_mm=2.6, gravity_mm=0.004)
LOOP_PULL_MM = 4.5  # of what hangs: a long loop carries the whole sheet by its two corners
START_CLEARANCE_MM = 3.0


class State(NamedTuple):
    """Where a worn sheet's edges lie in the middle of the face.

    Attributes
    ----------
    top : two iBUG landmarks and the share of the way between them
    top_offset_mm : from there, (y, z)
    hem : landmark that the hem is tucked at
    hem_offset_mm : from there, (y, z)
    gathered : the pleats lie closed
    held : the wire and the bridge stay where they were put
    pulls : tension of the upper and the lower strap ends
    """

    top: tuple[int, int, float]
    top_offset_mm: tuple[float, float]
    hem: int
    hem_offset_mm: tuple[float, float]
    held: bool = True
    pulls: tuple[float, float] = (1.0, 1.0)
    gathered: bool = False


STATES = {
    "nose_out": State((33, 51, 0.4), (0.0, 0.0), 8, (-7.0, -32.0)),
    "mouth_out": State(
        (57, 8, 0.45), (0.0, 0.0), 8, (-38.0, -52.0), pulls=(1.0, 0.35), gathered=True
    ),
    "chin_out": State((27, 28, 0.0), (0.0, 0.0), 57, (-10.0, 0.0)),
    "under_chin": State(
        (8, 8, 0.0), (-6.0, -12.0), 8, (-58.0, -54.0), False, (1.0, 0.6), gathered=True
    ),
}
ONE_EAR = ("one_ear_left", "one_ear_right")
ONE_EAR_PULLS = ((1.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 1.0))


class Poses(NamedTuple):
    """The poses of a rig.

    Attributes
    ----------
    names : (S,)
    points_mm : (S, N, 3)
    pulls : (S, P)
    sealing : names of those whose upper edge is held
    gathered : names of those whose pleats are held shut
    contacts : (K, 3) pose, and two points of the sheet that may meet in it
    apart_mm : (K,) how near these may come
    """

    names: tuple[str, ...]
    points_mm: FloatArray
    pulls: FloatArray
    sealing: tuple[str, ...]
    gathered: tuple[str, ...]
    contacts: IntArray
    apart_mm: FloatArray


def sheet_rig(
    sheet: Sheet, fine: Surface, strap_ends: IntArray, poses: Poses, pulled_to_mm: FloatArray
) -> Rig:
    """Rig of a sheet in its poses under its visible surface; see `Rig` for the rest."""
    return Rig(
        sheet=sheet,
        surface=fine,
        softness=np.zeros(poses.points_mm.shape[1]),
        rim=np.zeros(0, np.int32),
        strap_ends=strap_ends,
        pose_names=poses.names,
        poses_mm=poses.points_mm,
        pulls=poses.pulls,
        pulled_to_mm=pulled_to_mm,
        sealing=poses.sealing,
        gathered=poses.gathered,
        contacts=poses.contacts,
        apart_mm=poses.apart_mm,
    )


def worn_poses(
    model: FaceModel,
    sheet: Sheet,
    anchors: Anchors,
    covered_mm: FloatArray,
    dangling_mm: FloatArray | None,
    mirror: IntArray,
    states: Sequence[str] = tuple(STATES),
) -> Poses:
    """A sheet in all states.

    Parameters
    ----------
    model : FaceModel
    sheet : Sheet
        Pulled at its left upper, left lower, right upper and right lower corner.
    anchors : Anchors
        That hold it where it covers the face.
    covered_mm : (N, 3) covering the face of the mean head
    dangling_mm : (N, 3) where it starts to fall from the left ear; None if no ear holds it
    mirror : (N,) point on the other side
    states : of `STATES`
    """
    hung = [worn(model, sheet, anchors, covered_mm, mirror, STATES[name]) for name in states]
    names, points_mm = ("covered", *states), [covered_mm, *hung]
    pulls = [anchors.pulls, *(np.tile(STATES[name].pulls, 2) for name in states)]
    gathered = tuple(name for name in states if STATES[name].gathered)
    if dangling_mm is not None:
        left_mm = dangled(model, sheet, anchors, dangling_mm)
        names, gathered = names + ONE_EAR, gathered + ONE_EAR
        points_mm += [left_mm, mirrored(left_mm, mirror)]
        pulls += [np.array(ears) for ears in ONE_EAR_PULLS]
    meetings, apart_mm = _meetings(self_contacts(sheet, len(covered_mm)), points_mm)
    return Poses(
        names=names,
        points_mm=np.array(points_mm),
        pulls=np.array(pulls),
        sealing=("covered", *(name for name in states if STATES[name].held)),
        gathered=gathered,
        contacts=meetings,
        apart_mm=apart_mm,
    )


def _meetings(contacts: Contacts, poses_mm: Sequence[FloatArray]) -> tuple[IntArray, FloatArray]:
    """Which pairs of points may meet, pose by pose, (K, 3), and how near they may come, (K,)."""
    near = [within_reach(contacts, points_mm) for points_mm in poses_mm]
    pose = np.repeat(np.arange(len(near)), [len(there.pairs) for there in near])
    pairs = np.column_stack([pose, np.concatenate([there.pairs for there in near])])
    return pairs.astype(np.int32), np.concatenate([there.apart_mm for there in near])


def worn(
    model: FaceModel,
    sheet: Sheet,
    anchors: Anchors,
    covered_mm: FloatArray,
    mirror: IntArray,
    state: State,
) -> FloatArray:
    """The sheet (N, 3) in a state, the same on both sides."""
    skin = contact_map(model, model.mean_mm)
    points_mm = model.landmarks_mm(model.mean_mm)
    above, below, share = state.top
    top_mm = (1 - share) * points_mm[above] + share * points_mm[below]
    top_mm[1:] += state.top_offset_mm
    hem_mm = points_mm[state.hem].copy()
    hem_mm[1:] += state.hem_offset_mm
    edges_mm = np.array([covered_mm[sheet.bridge], covered_mm[sheet.tucked].mean(axis=0)])
    ears_mm = model.ear_roots_mm(model.mean_mm).mean(axis=(0, 1))
    start_mm = _swung(covered_mm, ears_mm, edges_mm, np.array([top_mm, hem_mm]))
    held = Anchors(
        pulled_mm=anchors.pulled_mm,
        pulls=np.tile(state.pulls, 2),
        bridge_mm=top_mm,
        tucked_mm=hem_mm,
        hold=float(state.held),
    )
    worn_sheet = closed(sheet) if state.gathered else sheet
    contacts = self_contacts(sheet, len(start_mm))
    start_mm = push_out(skin, start_mm, START_CLEARANCE_MM)
    settled_mm = settle(start_mm, worn_sheet, held, skin, SETTLE, contacts)
    return (settled_mm + mirrored(settled_mm, mirror)) / 2


def dangled(
    model: FaceModel, sheet: Sheet, anchors: Anchors, dangling_mm: FloatArray
) -> FloatArray:
    """The sheet (N, 3) after it has fallen from `dangling_mm`, held by the left ear alone."""
    skin = contact_map(model, model.mean_mm)
    pulled_mm = slid_round_ears(anchors.pulled_mm, sheet)
    pulls = np.array(ONE_EAR_PULLS[0])
    one_ear = anchors._replace(pulled_mm=pulled_mm, pulls=pulls, hold=0.0)
    start_mm = push_out(skin, dangling_mm, START_CLEARANCE_MM)
    contacts = self_contacts(sheet, len(start_mm))
    schedule = HANG._replace(pull_mm=LOOP_PULL_MM) if sheet.loose_mm else HANG
    return settle(start_mm, closed(sheet), one_ear, skin, schedule, contacts)


def mirrored(points_mm: FloatArray, mirror: IntArray) -> FloatArray:
    """Points (N, 3) on the other side of the face."""
    there_mm: FloatArray = points_mm[mirror] * [-1.0, 1.0, 1.0]
    return there_mm


def _swung(
    points_mm: FloatArray, axis_mm: FloatArray, edges_mm: FloatArray, to_mm: FloatArray
) -> FloatArray:
    """Points (N, 3) swung about the line through both ears.

    Seen from there, the upper and the lower edge, (2, 3), come to lie at
    `to_mm` (2, 3), and what is between them, between them.
    """
    angle, radius_mm = _about(points_mm, axis_mm)
    from_angle, from_mm = _about(edges_mm, axis_mm)
    to_angle, to_radius_mm = _about(to_mm, axis_mm)
    down = (angle - from_angle[0]) / np.diff(from_angle)
    angle = to_angle[0] + down * np.diff(to_angle)
    share = np.clip(down, 0.0, 1.0)
    ratio = to_radius_mm / from_mm
    radius_mm = radius_mm * ((1 - share) * ratio[0] + share * ratio[1])
    across = points_mm[:, 0]
    return np.stack(
        [across, axis_mm[1] - radius_mm * np.sin(angle), axis_mm[2] + radius_mm * np.cos(angle)],
        axis=1,
    )


def _about(points_mm: FloatArray, axis_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Angle (N,) below the horizon and distance (N,) from the line through both ears."""
    y_mm, z_mm = (points_mm - axis_mm)[:, 1:].T
    return np.arctan2(-y_mm, z_mm), np.hypot(y_mm, z_mm)
