"""Random heads before a camera, and the points that a detector would find on them."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from mask3d.arrays import FloatArray
from mask3d.camera import Camera, transform
from mask3d.face import FaceFit, fit_face
from mask3d.face_model import load_face_model
from mask3d.landmarks import Landmarks

SIDE_PX = 256
YAW_SIGMA_DEG, PITCH_SIGMA_DEG, ROLL_SIGMA_DEG = 22.0, 8.0, 8.0
EXPRESSION_SIGMA = 0.5  # of the prior of the fit
DISTANCE_MM = (700.0, 2000.0)
FACE_PX = (105.0, 150.0)  # of 150 mm at the head's distance
JITTER_PX = 1.5  # standard deviation of a landmark
SPAN_MM = 150.0  # that FACE_PX stands for
CENTRE_FACE_MM = np.array([0.0, 0.0, 60.0])  # of the head, about which it turns in the photo


def true_head(rng: np.random.Generator) -> FaceFit:
    """Head of random shape, expression and pose, in a photo of `SIDE_PX`."""
    model = load_face_model()
    identity = rng.standard_normal(len(model.identity_modes_mm))
    expression = np.abs(rng.normal(0.0, EXPRESSION_SIGMA, len(model.expression_modes_mm)))
    camera, distance_mm = _camera(rng)
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = np.diag([1.0, -1.0, -1.0]) @ _turn(rng)
    cam_from_face[:3, 3] = [*rng.normal(0.0, 8.0, 2), distance_mm]
    cam_from_face[:3, 3] -= cam_from_face[:3, :3] @ CENTRE_FACE_MM
    vertices_mm = model.vertices_mm(identity, expression)
    return FaceFit(model, camera, cam_from_face, identity, expression, vertices_mm, 0.0)


def fitted(truth: FaceFit, rng: np.random.Generator) -> FaceFit:
    """What `fit_face` makes of the head's 68 points, jittered."""
    points_cam_mm = transform(truth.cam_from_face, truth.model.landmarks_mm(truth.vertices_mm))
    points_px = truth.camera.project(points_cam_mm) + rng.normal(0.0, JITTER_PX, (68, 2))
    box_px = np.concatenate([points_px.min(axis=0), points_px.max(axis=0)])
    found = np.column_stack([points_px, np.zeros(68)])
    landmarks = Landmarks(found, box_px, 1.0, 1.0, 0.0, 0.0, 0.0, "jittered")
    return fit_face(landmarks, truth.camera.image_wh)


def _camera(rng: np.random.Generator) -> tuple[Camera, float]:
    distance_mm = float(rng.uniform(*DISTANCE_MM))
    focal_px = rng.uniform(*FACE_PX) / SPAN_MM * distance_mm
    middle_px = np.full(2, (SIDE_PX - 1) / 2)
    return Camera(float(focal_px), middle_px, (SIDE_PX, SIDE_PX)), distance_mm


def _turn(rng: np.random.Generator) -> FloatArray:
    sigmas_deg = (YAW_SIGMA_DEG, PITCH_SIGMA_DEG, ROLL_SIGMA_DEG)
    turn: FloatArray = Rotation.from_euler("yxz", rng.normal(0.0, sigmas_deg), True).as_matrix()
    return turn
