"""Fit the head model to 68 landmarks: camera, pose, identity, expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from mask3d.arrays import FloatArray, Shape, freeze_fields
from mask3d.camera import Camera
from mask3d.face_fit_head import HeadState, LandmarkBasis, landmark_basis
from mask3d.face_fit_outline import visible_basis
from mask3d.face_fit_pose import WeakPerspective, weak_perspective
from mask3d.face_fit_solver import MIN_DISTANCE_MM, solve
from mask3d.face_model import FaceModel, load_face_model
from mask3d.landmarks.types import Landmarks, Outline
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

MIN_WEIGHT = 1e-6
"""What a point of no confidence counts: nothing beside others, and the pose stays solvable."""

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
    residual : mean 2D distance of the 68 points, weighted by their confidence,
        / sqrt(w * h) of the box of those that are trusted
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
        shapes: dict[str, tuple[Shape, type]] = {
            "cam_from_face": ((4, 4), np.float64),
            "identity": ((len(self.model.identity_modes_mm),), np.float64),
            "expression": ((len(self.model.expression_modes_mm),), np.float64),
            "vertices_mm": ((v, 3), np.float64),
        }
        freeze_fields(self, shapes)


def fit_face(
    landmarks: Landmarks,
    image_wh: tuple[int, int],
    model: FaceModel | None = None,
    focal_px: float | None = None,
) -> FaceFit:
    """The most probable head, pose and camera behind 68 landmarks.

    Only x and y of the landmarks are used: the sources disagree about z.
    Jaw points that follow the visible outline slide over the cheek to where
    it is seen against what lies behind. Points may lie outside of the photo.

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
    focal_px : float, optional
        Focal length where it is known, as in `Photo.focal_px`. It is not
        believed where it puts the head nearer than `MIN_DISTANCE_MM`: then
        the photo is part of another.

    Raises
    ------
    ValueError
        `image_wh` or `focal_px` is not positive.
    """
    if min(image_wh) < 1:
        raise ValueError(f"image_wh is {image_wh}, expected a photo with pixels")
    if focal_px is not None and not focal_px > 0:
        raise ValueError(f"focal_px is {focal_px}, expected > 0")
    model = load_face_model() if model is None else model
    points_px, weights = landmarks.points_px[:, :2], _weights(landmarks)
    weak = weak_perspective(points_px, model.landmarks_mm(model.mean_mm), weights)
    camera = _camera_for(weak, image_wh, focal_px)
    basis_of = partial(_BASES[landmarks.outline], model)
    state = solve(basis_of, camera, points_px, weights, _mean_head(weak, camera, model))
    residual = _residual(state, basis_of(state), camera, points_px, weights)
    return _fit_from(state, model, camera, residual)


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


_BASES: Mapping[Outline, Callable[[FaceModel, HeadState], LandmarkBasis]] = {
    "contour3d": lambda model, _: landmark_basis(model),
    "visible": visible_basis,
}
"""What the 68 points are on a head that is seen in some state."""


def _weights(landmarks: Landmarks) -> FloatArray:
    """How much each of the 68 points counts."""
    confidence = landmarks.point_confidence
    return np.ones(68) if confidence is None else np.maximum(confidence, MIN_WEIGHT)


def _camera_for(weak: WeakPerspective, image_wh: tuple[int, int], focal_px: float | None) -> Camera:
    """Camera through the image centre; without a focal length the head is at a usual distance."""
    if focal_px is None or focal_px < weak.px_per_mm * MIN_DISTANCE_MM:
        usual_px = FOCAL_PER_LONG_SIDE * max(image_wh)
        focal_px = max(usual_px, weak.px_per_mm * SUBJECT_DISTANCE_MM)
    return Camera(focal_px, (np.array(image_wh) - 1.0) / 2.0, image_wh)


def _mean_head(weak: WeakPerspective, camera: Camera, model: FaceModel) -> HeadState:
    """The mean head in the pose `weak`, seen by `camera`."""
    distance_mm = camera.focal_px / max(weak.px_per_mm, _MIN_PX_PER_MM)
    ray = (weak.origin_px - camera.principal_px) / camera.focal_px
    coefficients = np.zeros(len(model.identity_modes_mm) + len(model.expression_modes_mm))
    return HeadState(weak.cam_from_face, ray, distance_mm, coefficients)


def _fit_from(state: HeadState, model: FaceModel, camera: Camera, residual: float) -> FaceFit:
    """The state of the solver as a `FaceFit`."""
    identity, expression = np.split(state.coefficients, [len(model.identity_modes_mm)])
    vertices_mm = model.vertices_mm(identity, expression)
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = state.rotation
    cam_from_face[:3, 3] = state.origin_cam_mm
    residual = float("inf") if _looks_away(cam_from_face) else residual
    return FaceFit(model, camera, cam_from_face, identity, expression, vertices_mm, residual)


def _residual(
    state: HeadState,
    basis: LandmarkBasis,
    camera: Camera,
    points_px: FloatArray,
    weights: FloatArray,
) -> float:
    """Mean distance of the points from those of the head / sqrt(w * h) of the trusted ones."""
    projected_px = camera.project(state.cam_mm(basis.mean_mm, basis.modes_mm))
    trusted_px = points_px[weights >= weights.max() / 2.0]
    size_px = float(np.sqrt(np.prod(np.ptp(trusted_px, axis=0))))
    distance_px = np.linalg.norm(projected_px - points_px, axis=1)
    mean_px = float(np.average(distance_px, weights=weights))
    return mean_px / size_px if size_px > 0 else float("inf")


def _looks_away(cam_from_face: FloatArray) -> bool:
    """Whether the nose is turned from the viewer by more than `MAX_TURN_DEG`."""
    origin_cam_mm, nose_cam = cam_from_face[:3, 3], cam_from_face[:3, 2]
    towards_viewer = -origin_cam_mm / np.linalg.norm(origin_cam_mm)
    return bool(nose_cam @ towards_viewer < np.cos(np.radians(MAX_TURN_DEG)))
