"""Head pose from 68 points, whoever found them."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.face_model import load_face_model
from mask3d.pose import HeadPose, head_pose


def pose_of_points(points_px: FloatArray) -> HeadPose:
    """Pose of the mean head that lies closest to points (68, 3), z nearer is larger.

    Raises
    ------
    ValueError
        The points are all one.
    """
    points_up = (points_px - points_px.mean(axis=0)) * (1, -1, 1)  # axes of a frontal face
    if not points_up.any():
        raise ValueError("the 68 points are all one")
    return head_pose(_nearest_rotation(points_up.T @ _mean_landmarks_mm()))


def with_depth(points_px: FloatArray) -> FloatArray:
    """Points (68, 3) from (68, 2): z is that of the mean head seen in the same place.

    The affine camera that explains x and y best gives the depth axis and the scale.
    """
    landmarks_mm = _mean_landmarks_mm()
    affine, *_ = np.linalg.lstsq(landmarks_mm, points_px - points_px.mean(axis=0), rcond=None)
    left, scales, right = np.linalg.svd(affine.T, full_matrices=False)
    x_axis, y_axis = left @ right  # of the photo in the face frame: the nearest orthonormal pair
    nearer_px = -scales.mean() * landmarks_mm @ np.cross(x_axis, y_axis)
    return np.column_stack([points_px, nearer_px])


def _nearest_rotation(matrix: FloatArray) -> FloatArray:
    """The rotation R that maximises tr(R.T @ matrix) (Kabsch 1976)."""
    left, _, right = np.linalg.svd(matrix)
    rotation: FloatArray = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
    return rotation


def _mean_landmarks_mm() -> FloatArray:
    """The 68 points (68, 3) of the mean head, their centre at the origin."""
    model = load_face_model()
    landmarks_mm = model.landmarks_mm(model.mean_mm)
    centred: FloatArray = landmarks_mm - landmarks_mm.mean(axis=0)
    return centred
