"""FaceMesh as the teacher of the faces that it can see: small yaw."""

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from mask3d.arrays import FloatArray
from mask3d.landmarks.facemesh import FaceMesh
from mask3d.landmarks.yunet import Detection
from scripts.train_landmarks.crops import Crops

MAX_YAW_DEG = 50.0  # of the crop's own label; beyond, FaceMesh is wrong
FOREHEAD = 0.3  # YuNet's box reaches above the brows by this share of the points' height
EYES, MOUTH, NOSE_TIP, CHIN = slice(0, 12), slice(17, 20), 14, 20


def teach(crops: Crops) -> tuple[FloatArray, FloatArray]:
    """FaceMesh's 68 points (N, 68, 3) and its presence (N,), 0 where it was not asked."""
    mesh = FaceMesh()
    points_px = np.zeros((len(crops), 68, 3))
    presence = np.zeros(len(crops))
    asked = np.flatnonzero(np.abs(crops.yaw_deg) < MAX_YAW_DEG)
    for i in tqdm(asked, "FaceMesh", disable=None):
        detection = _detection(crops.points21_px[i])
        if detection is not None:
            points_px[i], presence[i] = mesh.look(crops.rgb[i], detection)
    return points_px, presence


def _detection(points21_px: FloatArray) -> Detection | None:
    """What YuNet would say of the face, or None where the points do not tell."""
    seen = np.isfinite(points21_px[:, 0])
    if not (seen[EYES].any() and seen[MOUTH].any() and seen[CHIN]):
        return None
    eyes = np.nanmean(points21_px[EYES], axis=0)
    mouth = np.nanmean(points21_px[MOUTH], axis=0)
    low, high = np.nanmin(points21_px, axis=0), np.nanmax(points21_px, axis=0)
    low[1] -= FOREHEAD * (high[1] - low[1])
    nose = points21_px[NOSE_TIP] if seen[NOSE_TIP] else (eyes + mouth) / 2
    if (high - low).min() <= 0:
        return None
    return Detection(np.concatenate([low, high]), np.array([eyes, eyes, nose, mouth, mouth]), 1.0)
