"""Heads of known shape and pose, and the 68 points at which a camera sees them."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.camera import Camera, transform
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel
from mask3d.landmarks.types import Landmarks

WH = (640, 640)
CENTRE_PX = np.array([319.5, 319.5])
CAMERA = Camera(1000.0, CENTRE_PX, WH)
FACE_REGIONS = ("nose_bridge", "nose_tip", "cheeks", "lips", "chin", "jaw")


def landmarks_at(points_px: FloatArray, z_px: FloatArray | None = None) -> Landmarks:
    z_px = np.zeros(68) if z_px is None else z_px
    box_px = np.concatenate([points_px.min(axis=0), points_px.max(axis=0)])
    points_px = np.column_stack([points_px, z_px])
    return Landmarks(points_px, box_px, 1.0, 1.0, 0.0, 0.0, 0.0, "test")


def view(yaw_deg: float, pitch_deg: float, roll_deg: float) -> FloatArray:
    """``cam_from_face`` of a head straight ahead with that `pose_deg`."""
    signs = {2: -roll_deg, 1: -yaw_deg, 0: -pitch_deg}
    rotation = np.eye(3)
    for axis, angle_deg in signs.items():
        rotation = cv2.Rodrigues(np.radians(angle_deg) * np.eye(3)[axis])[0] @ rotation
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = np.diag([1.0, -1.0, -1.0]) @ rotation
    cam_from_face[2, 3] = 1050.0
    return cam_from_face


def head(model: FaceModel, seed: int) -> FloatArray:
    """Vertices of a plausible head: one standard deviation along a random direction each."""
    generator = np.random.default_rng([7, seed])
    identity = 0.5 * generator.standard_normal(len(model.identity_modes_mm))
    expression = 0.3 * generator.standard_normal(len(model.expression_modes_mm))
    return model.vertices_mm(identity, expression)


def seen(
    model: FaceModel, vertices_mm: FloatArray, cam_from_face: FloatArray, noise: float = 0.0
) -> FloatArray:
    """Landmarks (68, 2) of a head; `noise` is the sigma / sqrt(w * h) of their box."""
    points_px = CAMERA.project(transform(cam_from_face, model.landmarks_mm(vertices_mm)))
    size_px = np.sqrt(np.prod(np.ptp(points_px, axis=0)))
    noise_px = noise * size_px * np.random.default_rng(3).standard_normal((68, 2))
    noisy_px: FloatArray = points_px + noise_px
    return noisy_px


def face_vertices(model: FaceModel) -> IntArray:
    return np.unique(np.concatenate([model.regions[name] for name in FACE_REGIONS]))


def turn_and_scale(points: FloatArray, target: FloatArray) -> tuple[FloatArray, float]:
    """Rotation and scale of the least-squares similarity from `points` to `target`."""
    points, target = points - points.mean(axis=0), target - target.mean(axis=0)
    left, scales, right = np.linalg.svd(target.T @ points)
    signs = np.array([1.0, 1.0, np.linalg.det(left @ right)])
    return left * signs @ right, float(scales @ signs / np.sum(points**2))


def angle_deg(rotation: FloatArray) -> float:
    return float(np.degrees(np.linalg.norm(cv2.Rodrigues(rotation)[0])))


def face_mm(model: FaceModel, cam_from_face: FloatArray, vertices_mm: FloatArray) -> FloatArray:
    """The part of a head that a mask covers, in the camera frame."""
    return transform(cam_from_face, vertices_mm[face_vertices(model)])


def face_cam_mm(fit: FaceFit) -> FloatArray:
    """The part of the fitted head that a mask covers, in the camera frame."""
    return face_mm(fit.model, fit.cam_from_face, fit.vertices_mm)
