"""Head pose as three angles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray


class HeadPose(NamedTuple):
    """Turns of the head in degrees, as AFLW2000-3D and 300W-LP count them.

    The head rolls about its own nose axis, then turns by yaw, then by pitch.
    yaw > 0: nose toward image left; pitch > 0: nose up; roll > 0: clockwise
    in the image. Past full profile yaw goes on beyond 90, so that pitch and
    roll stay what a viewer would call them.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def head_pose(viewer_from_face: FloatArray) -> HeadPose:
    """Angles of a rotation (3, 3) from the face frame to one with x right, y up, z to the viewer.

    Examples
    --------
    >>> head_pose(np.diag([-1.0, 1.0, -1.0]))  # the back of an upright head
    HeadPose(yaw_deg=180.0, pitch_deg=0.0, roll_deg=0.0)
    """
    nose = viewer_from_face[:, 2]  # = (-sin yaw, sin pitch cos yaw, cos pitch cos yaw)
    yaw = np.arcsin(np.clip(-nose[0], -1.0, 1.0))
    pitch = np.arctan2(nose[1], nose[2])
    roll = np.arctan2(viewer_from_face[0, 1], viewer_from_face[0, 0])
    if abs(pitch) > np.pi / 2:  # the same rotation, said with the head turned past profile
        yaw, pitch, roll = (_half_turn_from(angle) for angle in (-yaw, pitch, roll))
    return HeadPose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def _half_turn_from(angle: float) -> float:
    """`angle` plus or minus pi, whichever is nearer to 0 (pi for 0)."""
    return angle - np.pi if angle > 0 else angle + np.pi
