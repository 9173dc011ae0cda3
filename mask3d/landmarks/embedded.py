"""The detector that mask3d ships: YuNet finds the faces, FaceMesh V2 their points."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.landmarks.detector import check_rgb, largest_first
from mask3d.landmarks.facemesh import FaceMesh, FaceMeshView
from mask3d.landmarks.pose import pose_of_points
from mask3d.landmarks.types import Landmarks
from mask3d.landmarks.yunet import Detection, YuNet, same_face

SOURCE = "yunet-2023mar+facemesh-v2"
SURE_SCORE = 0.5  # a box with less is a face only if the mesh sees one in it
SURE_PRESENCE = 0.5

# Confidence is 0.5 where the points stop being good enough for a mask: at presence 0.9,
# and at 50° of yaw, for the mesh's own yaw saturates near 60°.
PRESENCE_CONFIDENCE = ((0.0, 0.9, 1.0), (0.0, 0.5, 1.0))
YAW_CONFIDENCE = ((30.0, 50.0, 70.0), (1.0, 0.5, 0.0))  # degrees


class FaceMeshDetector:
    """Finds every face of a photo and its 68 points; good up to 50° of yaw.

    Raises
    ------
    MissingWeightsError
        The embedded weights are absent or altered.
    """

    def __init__(self) -> None:
        self._yunet = YuNet()
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
            view = self._mesh.look(rgb, detection)
            if max(detection.score - SURE_SCORE, view.presence - SURE_PRESENCE) < 0:
                continue
            if not any(_same_points(view.points_px, face.points_px) for face in faces):
                faces.append(_landmarks(detection, view))
        return sorted(faces, key=largest_first)


def confidence(presence: float, yaw_deg: float) -> float:
    """Trust in the points, the lesser of what the presence and the yaw allow.

    >>> confidence(0.9, 0), confidence(1, -50), confidence(1, 0)
    (0.5, 0.5, 1.0)
    """
    by_presence = np.interp(presence, *PRESENCE_CONFIDENCE)
    by_yaw = np.interp(abs(yaw_deg), *YAW_CONFIDENCE)
    return float(min(by_presence, by_yaw))


def _landmarks(detection: Detection, view: FaceMeshView) -> Landmarks:
    """What is known of one face."""
    pose = pose_of_points(view.points_px)
    return Landmarks(
        points_px=view.points_px,
        box_px=detection.box_px,
        score=detection.score,
        confidence=confidence(view.presence, pose.yaw_deg),
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        source=SOURCE,
    )


def _same_points(points_px: FloatArray, other_px: FloatArray) -> bool:
    """Whether the mesh slid from two boxes onto one face."""
    box_px, other_box_px = (
        np.concatenate([points[:, :2].min(axis=0), points[:, :2].max(axis=0)])
        for points in (points_px, other_px)
    )
    return same_face(box_px, other_box_px)
