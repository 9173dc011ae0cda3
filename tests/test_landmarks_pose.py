from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from mask3d.arrays import FloatArray
from mask3d.camera import Camera
from mask3d.face import FaceFit, pose_deg
from mask3d.face_model import load_face_model
from mask3d.landmarks.convention import FACE_MESH_VERTICES, MIRROR_68
from mask3d.landmarks.pose import pose_of_points, with_depth

ANGLES = st.tuples(st.floats(-85, 85), st.floats(-60, 60), st.floats(-170, 170))


def _cam_from_face(yaw_deg: float, pitch_deg: float, roll_deg: float) -> FloatArray:
    """Rotation (3, 3): roll about the nose, then yaw, then pitch; nose left, up, clockwise."""
    turn = Rotation.from_euler("XYZ", [-pitch_deg, yaw_deg, roll_deg], degrees=True)
    rotation: FloatArray = turn.as_matrix() @ np.diag([1.0, -1.0, -1.0])
    return rotation


def _points_px(angles: tuple[float, float, float], px_per_mm: float = 1.5) -> FloatArray:
    """The mean head as a camera far away sees it, z nearer is larger."""
    model = load_face_model()
    points_cam_mm = model.landmarks_mm(model.mean_mm) @ _cam_from_face(*angles).T
    points_px: FloatArray = points_cam_mm * (px_per_mm, px_per_mm, -px_per_mm) + (200, 300, 40)
    return points_px


@given(angles=ANGLES)
def test_the_pose_of_a_turned_head_is_recovered(angles: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(pose_of_points(_points_px(angles)), angles, atol=1e-6)


@pytest.mark.parametrize(
    ("angles", "nose_xy"), [((30, 0, 0), (-1, 0)), ((0, 30, 0), (0, -1)), ((0, 0, 30), (0, 0))]
)
def test_the_signs_are_the_stated_ones(
    angles: tuple[float, float, float], nose_xy: tuple[int, int]
) -> None:
    """The nose tip moves left for yaw and up for pitch; roll lifts the left end of the eye line."""
    moved = _points_px(angles) - _points_px((0, 0, 0))
    nose_moved = moved[30, :2] - moved[27, :2]
    assert tuple(np.sign(np.round(nose_moved, 6)) * np.abs(nose_xy)) == nose_xy
    eye_line = _points_px(angles)[45, :2] - _points_px(angles)[36, :2]
    assert (eye_line[1] > 1) == (angles[2] > 0)  # y down: clockwise lowers the image-right eye


@given(angles=ANGLES)
def test_a_mirrored_face_has_the_mirrored_pose(angles: tuple[float, float, float]) -> None:
    points_px = _points_px(angles) + np.random.default_rng(0).normal(size=(68, 3))
    yaw, pitch, roll = pose_of_points(points_px)
    mirrored = pose_of_points(points_px[MIRROR_68] * (-1, 1, 1))
    np.testing.assert_allclose(mirrored, (-yaw, pitch, -roll), atol=1.0)


@given(angles=ANGLES)
def test_the_fit_counts_angles_the_same_way(angles: tuple[float, float, float]) -> None:
    model = load_face_model()
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = _cam_from_face(*angles)
    cam_from_face[:3, 3] = (0, 0, 1000)
    fit = FaceFit(
        model=model,
        camera=Camera(1000, np.array([200.0, 300.0]), (400, 600)),
        cam_from_face=cam_from_face,
        identity=np.zeros(len(model.identity_modes_mm)),
        expression=np.zeros(len(model.expression_modes_mm)),
        vertices_mm=model.mean_mm,
        residual=0.0,
    )
    np.testing.assert_allclose(pose_of_points(_points_px(angles)), pose_deg(fit), atol=1e-6)


@given(angles=ANGLES, px_per_mm=st.floats(0.05, 50))
def test_depth_of_the_mean_head_is_recovered(
    angles: tuple[float, float, float], px_per_mm: float
) -> None:
    points_px = _points_px(angles, px_per_mm)
    lifted = with_depth(points_px[:, :2])
    depth_px = points_px[:, 2] - points_px[:, 2].mean()
    np.testing.assert_array_equal(lifted[:, :2], points_px[:, :2])
    np.testing.assert_allclose(lifted[:, 2], depth_px, atol=1e-6 * px_per_mm)


def test_points_that_are_all_one_have_no_pose() -> None:
    with pytest.raises(ValueError, match="all one"):
        pose_of_points(np.ones((68, 3)))


def test_the_mirror_of_the_mirror_is_the_point() -> None:
    np.testing.assert_array_equal(MIRROR_68[MIRROR_68], np.arange(68))


def test_the_mirror_is_that_of_the_head_model() -> None:
    model = load_face_model()
    points_mm = model.landmarks_mm(model.mean_mm)
    np.testing.assert_allclose(points_mm[MIRROR_68] * (-1, 1, 1), points_mm, atol=1.0)


def test_mesh_vertices_of_the_middle_are_shared_by_no_other_landmark() -> None:
    pairs = {tuple(sorted(pair)) for pair in FACE_MESH_VERTICES.tolist()}
    assert len(pairs) == 68
    assert FACE_MESH_VERTICES.min() >= 0
    assert FACE_MESH_VERTICES.max() < 468
