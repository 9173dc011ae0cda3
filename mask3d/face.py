"""Fit the head model to 68 landmarks: camera, pose, identity, expression."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mask3d.arrays import FloatArray, frozen_array
from mask3d.camera import Camera, transform
from mask3d.face_fit_pose import WeakPerspective, weak_perspective
from mask3d.face_fit_solver import HeadState, landmark_basis, solve
from mask3d.face_model import FaceModel, load_face_model
from mask3d.landmarks.types import Landmarks
from mask3d.pose import HeadPose, head_pose

MAX_RESIDUAL = 0.06
"""A fit that leaves more is no face, or its points are wrong.

Good points leave 1 to 3 % and points with 5 % noise at most 5.4 %; points of
something else, or in another order, leave more than 20 %.
"""
MAX_TURN_DEG = 120.0
"""A nose that points farther away from the viewer means that left and right are swapped."""
SUBJECT_DISTANCE_MM = 1000.0
"""How far a photographer stands at least: a tight crop is not a face under a wide lens."""
FOCAL_PER_LONG_SIDE = 1.2
"""Focal length of a photo that was not cropped, in long sides: a view of 45 degrees."""

_MIN_PX_PER_MM = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class FaceFit:
    """A head that explains the landmarks of one face.

    Attributes
    ----------
    model : FaceModel
    camera : Camera of the whole photo
    cam_from_face : (4, 4) rigid, mm
    identity, expression : (I,), (E,) coefficients in standard deviations
    vertices_mm : (V, 3) head in the face frame
    residual : mean 2D distance of the 68 points / sqrt(w * h) of their box
    """

    model: FaceModel
    camera: Camera
    cam_from_face: FloatArray
    identity: FloatArray
    expression: FloatArray
    vertices_mm: FloatArray
    residual: float

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        v = len(self.model.mean_mm)
        shapes: dict[str, tuple[int | None, ...]] = {
            "cam_from_face": (4, 4),
            "identity": (len(self.model.identity_modes_mm),),
            "expression": (len(self.model.expression_modes_mm),),
            "vertices_mm": (v, 3),
        }
        for name, shape in shapes.items():
            object.__setattr__(self, name, frozen_array(getattr(self, name), shape, name=name))


def fit_face(
    landmarks: Landmarks, image_wh: tuple[int, int], model: FaceModel | None = None
) -> FaceFit:
    """The most probable head, pose and camera behind 68 landmarks.

    Only x and y of the landmarks are used: the sources disagree about z.
    Points that do not belong to a face give a fit with a large `residual`,
    not an exception: compare it with `MAX_RESIDUAL`. It is infinite when the
    points have no box, or when they are those of a head that looks away from
    the viewer, which points with left and right swapped seem to be.

    Parameters
    ----------
    landmarks : Landmarks
    image_wh : (int, int)
        Size of the photo; its centre is taken for the principal point.
    model : FaceModel, optional
        Default: `load_face_model`.

    Raises
    ------
    ValueError
        `image_wh` is not positive.
    """
    if min(image_wh) < 1:
        raise ValueError(f"image_wh is {image_wh}, expected a photo with pixels")
    model = load_face_model() if model is None else model
    basis = landmark_basis(model)
    points_px = landmarks.points_px[:, :2]
    weak = weak_perspective(points_px, basis.mean_mm)
    camera = _camera_for(weak, image_wh)
    start = _mean_head(weak, camera, len(basis.prior))
    state = solve(basis, camera, points_px, start)
    return _fit_from(state, model, camera, points_px)


def pose_deg(fit: FaceFit) -> HeadPose:
    """Yaw, pitch and roll of the head as the viewer sees it.

    Relative to the ray from the camera to the head, so a head at the edge of
    the photo that looks into the lens has yaw 0.
    """
    ray = fit.cam_from_face[:3, 3] / np.linalg.norm(fit.cam_from_face[:3, 3])
    viewer_from_cam = np.diag([1.0, -1.0, -1.0]) @ _turn_to_axis(ray)
    return head_pose(viewer_from_cam @ fit.cam_from_face[:3, :3])


def _turn_to_axis(ray: FloatArray) -> FloatArray:
    """The smallest rotation (3, 3) that takes the unit vector `ray` to the z axis."""
    axis = np.cross(ray, [0.0, 0.0, 1.0])
    length = float(np.linalg.norm(axis))
    angle = np.arctan2(length, ray[2])
    rotation = cv2.Rodrigues(axis * (angle / length if length > 0 else 0.0))[0]
    return rotation.astype(np.float64)


def _camera_for(weak: WeakPerspective, image_wh: tuple[int, int]) -> Camera:
    """Camera through the image centre, at least `SUBJECT_DISTANCE_MM` away from the head."""
    focal_px = max(FOCAL_PER_LONG_SIDE * max(image_wh), weak.px_per_mm * SUBJECT_DISTANCE_MM)
    return Camera(focal_px, (np.array(image_wh) - 1.0) / 2.0, image_wh)


def _mean_head(weak: WeakPerspective, camera: Camera, coefficients: int) -> HeadState:
    """The mean head in the pose `weak`, seen by `camera`."""
    distance_mm = camera.focal_px / max(weak.px_per_mm, _MIN_PX_PER_MM)
    ray = (weak.origin_px - camera.principal_px) / camera.focal_px
    return HeadState(weak.cam_from_face, ray, distance_mm, np.zeros(coefficients))


def _fit_from(state: HeadState, model: FaceModel, camera: Camera, points_px: FloatArray) -> FaceFit:
    """The state of the solver as a `FaceFit`."""
    identity, expression = np.split(state.coefficients, [len(model.identity_modes_mm)])
    vertices_mm = model.vertices_mm(identity, expression)
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = state.rotation
    cam_from_face[:3, 3] = state.origin_cam_mm
    projected_px = camera.project(transform(cam_from_face, model.landmarks_mm(vertices_mm)))
    residual = relative_error(projected_px, points_px)
    residual = float("inf") if _looks_away(cam_from_face) else residual
    return FaceFit(model, camera, cam_from_face, identity, expression, vertices_mm, residual)


def _looks_away(cam_from_face: FloatArray) -> bool:
    """Whether the nose is turned from the viewer by more than `MAX_TURN_DEG`."""
    origin_cam_mm, nose_cam = cam_from_face[:3, 3], cam_from_face[:3, 2]
    towards_viewer = -origin_cam_mm / np.linalg.norm(origin_cam_mm)
    return bool(nose_cam @ towards_viewer < np.cos(np.radians(MAX_TURN_DEG)))


def relative_error(projected_px: FloatArray, points_px: FloatArray) -> float:
    """Mean distance / sqrt(w * h) of the box of `points_px`; infinite without a box."""
    size_px = float(np.sqrt(np.prod(np.ptp(points_px, axis=0))))
    distance_px = float(np.linalg.norm(projected_px - points_px, axis=1).mean())
    return distance_px / size_px if size_px > 0 else float("inf")
