"""The detector that mask3d ships: YuNet finds the faces, two nets their points."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.landmarks.detector import check_rgb, largest_first
from mask3d.landmarks.facemesh import FaceMesh
from mask3d.landmarks.pose import pose_of_points
from mask3d.landmarks.profile_net import ProfileNet
from mask3d.landmarks.types import Landmarks
from mask3d.landmarks.yunet import Detection, YuNet, same_face

SOURCE = "yunet-2023mar+landmarks68+facemesh-v2"
SURE_SCORE = 0.5  # a box with less is a face only if the nets see one in it
SURE_CONFIDENCE = 0.25

# FaceMesh is better from the front and lost in profile: its share in the mean of the two by the
# yaw that the net sees. Chosen on held-out training crops (scripts/train_landmarks/evaluate.py).
MESH_SHARE = ((25.0, 55.0), (0.8, 0.0))  # degrees
MIN_PRESENCE = 0.9  # FaceMesh knows when it sees no face,
FRONTAL_DEG = 30.0  # and sees 99 % of the faces up to this yaw

# Confidence is 0.5 where the net expects to be off by 8 % of the face.
ERROR_CONFIDENCE = ((0.04, 0.08, 0.16), (1.0, 0.5, 0.0))


class EmbeddedDetector:
    """Finds every face of a photo and its 68 points, from frontal to full profile.

    Raises
    ------
    MissingWeightsError
        The embedded weights are absent or altered.
    """

    def __init__(self) -> None:
        self._yunet = YuNet()
        self._net = ProfileNet()
        self._mesh = FaceMesh()

    def detect(self, rgb: ByteArray) -> list[Landmarks]:
        """Landmarks of every face of a photo (H, W, 3), the largest first.

        Raises
        ------
        ValueError
            `rgb` is no (H, W, 3) array of bytes.
        """
        check_rgb(rgb)
        faces: list[Landmarks] = []
        for detection in self._yunet.detect(rgb):
            points_px, trust = self._look(rgb, detection)
            if detection.score < SURE_SCORE and trust < SURE_CONFIDENCE:
                continue
            if not any(_same_points(points_px, face.points_px) for face in faces):
                faces.append(_landmarks(detection, points_px, trust))
        return sorted(faces, key=largest_first)

    def _look(self, rgb: ByteArray, detection: Detection) -> tuple[FloatArray, float]:
        """Points of the net, drawn to FaceMesh as far as that is to be trusted; confidence."""
        view = self._net.look(rgb, detection)
        yaw_deg = pose_of_points(view.points_px).yaw_deg
        share, trust = mesh_share(yaw_deg), confidence(view.error)
        if share == 0:
            return view.points_px, trust
        mesh = self._mesh.look(rgb, detection)
        if abs(yaw_deg) < FRONTAL_DEG:
            trust = min(trust, mesh.presence)
        sure = mesh.presence >= MIN_PRESENCE
        return blend(view.points_px, mesh.points_px, share * sure), trust


def mesh_share(yaw_deg: float) -> float:
    """Share of FaceMesh in the points of a face that the net sees turned by `yaw_deg`.

    >>> mesh_share(0), mesh_share(-40), mesh_share(90)
    (0.8, 0.4, 0.0)
    """
    return float(np.interp(abs(yaw_deg), *MESH_SHARE))


def confidence(error: float) -> float:
    """Trust in points that are expected to be off by `error` of the size of the face.

    >>> confidence(0.03), confidence(0.08), confidence(0.2)
    (1.0, 0.5, 0.0)
    """
    return float(np.interp(error, *ERROR_CONFIDENCE))


def blend(points_px: FloatArray, other_px: FloatArray, share: float) -> FloatArray:
    """Mean of points (68, 3) in which `other_px` has the given share; z from its own mean."""
    shift = (0.0, 0.0, other_px[:, 2].mean() - points_px[:, 2].mean())
    return points_px + share * (other_px - shift - points_px)


def _landmarks(detection: Detection, points_px: FloatArray, trust: float) -> Landmarks:
    """What is known of one face."""
    pose = pose_of_points(points_px)
    return Landmarks(
        points_px=points_px,
        box_px=detection.box_px,
        score=detection.score,
        confidence=trust,
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        source=SOURCE,
    )


def _same_points(points_px: FloatArray, other_px: FloatArray) -> bool:
    """Whether the net slid from two boxes onto one face."""
    box_px, other_box_px = (
        np.concatenate([points[:, :2].min(axis=0), points[:, :2].max(axis=0)])
        for points in (points_px, other_px)
    )
    return same_face(box_px, other_box_px)
