"""How far an estimated light is from the true one, over what a mask covers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.camera import transform
from mask3d.colour import REC709_LUMA
from mask3d.face import FaceFit
from mask3d.geometry import vertex_normals
from mask3d.key_light import key_light
from mask3d.lighting import Lighting
from scripts.light_truth.lights import Kind
from scripts.light_truth.photo import TruePhoto

MASK_REGIONS = ("nose_tip", "nose_sides", "philtrum", "cheeks", "lips", "chin", "jaw")
MIN_SEEN = 0.1  # cosine to the line of sight
MIN_ACROSS = 0.4  # of the unit direction: a light that is nearly ahead has no azimuth


class Score(NamedTuple):
    """Errors of one photo.

    Attributes
    ----------
    kind, tone : see `TruePhoto`
    azimuth_deg : of the dominant light in the photo; NaN where it has none
    shading : RMS of luminance, both 1 on average
    colour_deg : angle between the mean linear RGB
    intensity : estimated mean luminance / true one
    """

    kind: Kind
    tone: int
    azimuth_deg: float
    shading: float
    colour_deg: float
    intensity: float


def score(photo: TruePhoto, lighting: Lighting) -> Score:
    """Errors of `lighting`, an estimate for `photo`, on the true surface of the head."""
    area, normals_cam = _mask_area(photo.head), _normals_cam(photo.head)
    true, estimated = photo.lights.irradiance(normals_cam), lighting.irradiance(normals_cam)
    true_mean, mean = area @ true, area @ estimated
    difference = estimated @ REC709_LUMA / (mean @ REC709_LUMA)
    difference -= true @ REC709_LUMA / (true_mean @ REC709_LUMA)
    return Score(
        kind=photo.lights.kind,
        tone=photo.tone,
        azimuth_deg=_azimuth_deg(photo, lighting),
        shading=float(np.sqrt(area @ difference**2)),
        colour_deg=_angle_deg(mean, true_mean),
        intensity=float(mean @ REC709_LUMA / (true_mean @ REC709_LUMA)),
    )


def _azimuth_deg(photo: TruePhoto, lighting: Lighting) -> float:
    true = photo.lights.dominant[:2]
    if np.linalg.norm(true) < MIN_ACROSS:
        return float("nan")
    return _angle_deg(key_light(lighting).towards[:2], true)


def _mask_area(head: FaceFit) -> FloatArray:
    """Weights (V,), 1 in all: area in the photo of what a mask would cover of the head."""
    is_covered = np.zeros(len(head.model.mean_mm), bool)
    is_covered[np.concatenate([head.model.regions[name] for name in MASK_REGIONS])] = True
    points_cam_mm = transform(head.cam_from_face, head.vertices_mm)
    corners_mm = points_cam_mm[head.model.faces]
    across_mm2 = np.cross(corners_mm[:, 1] - corners_mm[:, 0], corners_mm[:, 2] - corners_mm[:, 0])
    facing_mm2 = -np.einsum("fd,fd->f", across_mm2, corners_mm[:, 0])
    facing_mm2 /= np.linalg.norm(corners_mm[:, 0], axis=1)
    seen = facing_mm2 > MIN_SEEN * np.linalg.norm(across_mm2, axis=1)
    weights = np.zeros(len(points_cam_mm))
    np.add.at(weights, head.model.faces[seen], facing_mm2[seen, None])
    weights[~is_covered] = 0.0
    weights /= weights.sum()
    return weights


def _normals_cam(head: FaceFit) -> FloatArray:
    return vertex_normals(transform(head.cam_from_face, head.vertices_mm), head.model.faces)


def _angle_deg(a: FloatArray, b: FloatArray) -> float:
    cosine = a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
