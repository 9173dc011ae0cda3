"""Dense labels of the real crops, from sparse points, their yaw, and FaceMesh where it sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import FloatArray
from scripts.train_landmarks.crops import Crops
from scripts.train_landmarks.head_fit import HeadFits, Observed
from scripts.train_landmarks.points import FROM_68, PointBasis

HAND_SIGMA_MM = 4.0  # scatter of the hand-set points: what the fits leave over
TEACHER_SIGMA_MM = 2.5  # of FaceMesh's
MIN_PRESENCE = 0.9  # FaceMesh's own trust
MAX_TEACHER_ERROR = 0.07  # mean distance from the hand-set points over the size of the face
TEACHER_YAW_DEG = ((25.0, 45.0), (1.0, 0.0))  # FaceMesh is trusted up to, and no more from
TEACHER_SHARE = 0.7  # of a label where FaceMesh is trusted; the rest is the fit
MIN_POINTS = 6  # hand-set points that a fit needs
MAX_ERROR = 0.055  # mean distance of a fit from them over the size of the face
MAX_YAW_ERROR_DEG = 25.0


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Dense labels.

    Attributes
    ----------
    points_px : (N, 68, 3) in the crop, z nearer is larger
    error : (N,) of the fit on the hand-set points, over the size of the face
    good : (N,) whether the label is fit for training
    """

    points_px: FloatArray
    error: FloatArray
    good: FloatArray


def face_size_px(points68_px: FloatArray) -> FloatArray:
    """Square root of the area of the box (N,) of points (N, 68, 2 or 3)."""
    size_px: FloatArray = np.sqrt(np.prod(np.ptp(points68_px[..., :2], axis=1), axis=-1))
    return size_px


def teacher_trust(crops: Crops, teacher_px: FloatArray, presence: FloatArray) -> FloatArray:
    """How far FaceMesh is to be trusted on each crop (N,), 0 to 1."""
    named = list(FROM_68)
    seen_by_teacher = np.stack(
        [teacher_px[:, list(FROM_68[point]), :2].mean(axis=1) for point in named], axis=1
    )
    distances_px = np.linalg.norm(seen_by_teacher - crops.points21_px[:, named], axis=-1)
    error = np.nanmean(distances_px, axis=1) / np.maximum(face_size_px(teacher_px), 1)
    trusted = (presence >= MIN_PRESENCE) & (error < MAX_TEACHER_ERROR)
    trust: FloatArray = trusted * np.interp(np.abs(crops.yaw_deg), *TEACHER_YAW_DEG)
    return trust


def observe(crops: Crops, teacher_px: FloatArray, trust: FloatArray) -> Observed:
    """The 68 points of FaceMesh and the 21 set by hand, as far as they are known."""
    seen = np.isfinite(crops.points21_px[..., 0])
    hand_px = np.where(seen[..., None], crops.points21_px, 0)
    per_mm = np.concatenate(
        [np.repeat(trust[:, None], 68, axis=1) / TEACHER_SIGMA_MM, seen / HAND_SIGMA_MM], axis=1
    )
    points_px = np.concatenate([teacher_px[..., :2], hand_px], axis=1)
    return Observed(points_px, per_mm, crops.yaw_deg)


def make_labels(
    basis: PointBasis, crops: Crops, fits: HeadFits, teacher_px: FloatArray, trust: FloatArray
) -> Labels:
    """Labels from the fits, drawn to FaceMesh where it is trusted."""
    fitted_px = fits.points_px(basis)
    points_px = fitted_px[:, :68]
    share = TEACHER_SHARE * trust[:, None, None]
    points_px[..., :2] += share * (teacher_px - points_px)[..., :2]
    distances_px = np.linalg.norm(fitted_px[:, 68:, :2] - crops.points21_px, axis=-1)
    seen = np.isfinite(distances_px)
    error = np.where(seen, distances_px, 0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    error = error / np.maximum(face_size_px(points_px), 1)
    turn_deg = (fits.yaw_deg() - crops.yaw_deg + 180) % 360 - 180
    good = (seen.sum(axis=1) >= MIN_POINTS) & (error < MAX_ERROR)
    return Labels(points_px, error, good & (np.abs(turn_deg) < MAX_YAW_ERROR_DEG))
