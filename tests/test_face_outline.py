"""Laws of the fit to points that follow the visible outline, as those of 300-W and dlib do."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.face import FaceFit, fit_face, pose_deg
from mask3d.face_fit_head import HeadState, landmark_basis
from mask3d.face_fit_outline import JAW_POINTS, outline_basis, visible_basis
from mask3d.face_model import FaceModel
from mask3d.landmarks.convention import MIRROR_68
from mask3d.landmarks.types import Outline
from tests.known_heads import CAMERA, WH, angle_deg, head, landmarks_at, seen, view
from tests.outline import outline_points_px, spread_evenly

NOISE = 0.012  # sigma / sqrt(w * h): a mean distance of 1.5 %


def fit_as(outline: Outline, points_px: FloatArray) -> FaceFit:
    return fit_face(replace(landmarks_at(points_px), outline=outline), WH)


def turn_error_deg(fit: FaceFit, cam_from_face: FloatArray) -> float:
    return angle_deg(fit.cam_from_face[:3, :3].T @ cam_from_face[:3, :3])


@pytest.mark.parametrize("is_even", [False, True], ids=["same height", "evenly"])
@pytest.mark.parametrize("noise", [0.0, NOISE])
@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(-20, 10), (40, 0), (-40, -15), (65, 15)])
def test_pose_is_recovered_from_the_visible_outline(
    model: FaceModel, yaw_deg: int, pitch_deg: int, noise: float, is_even: bool
) -> None:
    vertices_mm, cam_from_face = head(model, abs(yaw_deg)), view(yaw_deg, pitch_deg, 0)
    points_px, is_hidden = outline_points_px(model, vertices_mm, cam_from_face, CAMERA)
    if is_even:
        points_px = spread_evenly(points_px, is_hidden)
    size_px = np.sqrt(np.prod(np.ptp(points_px, axis=0)))
    points_px += noise * size_px * np.random.default_rng(1).standard_normal((68, 2))
    visible, contour3d = (fit_as(outline, points_px) for outline in ("visible", "contour3d"))
    assert turn_error_deg(visible, cam_from_face) < 3.0
    assert turn_error_deg(visible, cam_from_face) < turn_error_deg(contour3d, cam_from_face)
    assert visible.residual < 0.03


@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(20, 0), (-40, 15), (60, -15)])
def test_hidden_points_slide_onto_the_outline(
    model: FaceModel, yaw_deg: int, pitch_deg: int
) -> None:
    cam_from_face = view(yaw_deg, pitch_deg, 0)
    points_px, is_hidden = outline_points_px(model, model.mean_mm, cam_from_face, CAMERA)
    coefficients = np.zeros(len(landmark_basis(model).prior))
    state = HeadState(cam_from_face[:3, :3], np.zeros(2), cam_from_face[2, 3], coefficients)
    basis = visible_basis(model, state)
    slid_px = CAMERA.project(state.cam_mm(basis.mean_mm, basis.modes_mm))
    contour_px = seen(model, model.mean_mm, cam_from_face)
    moved_px = np.linalg.norm(slid_px - contour_px, axis=1)
    assert (moved_px[:JAW_POINTS][is_hidden] > 0.5).all()
    np.testing.assert_allclose(moved_px[JAW_POINTS:], 0.0, atol=1e-9)
    far = slice(9, None) if yaw_deg < 0 else slice(None, 8)
    assert moved_px[:JAW_POINTS].sum() == pytest.approx(moved_px[:JAW_POINTS][far].sum(), rel=0.05)
    # The outline is where they are: not along it, where annotators differ, but across.
    outline_px = points_px[:JAW_POINTS][is_hidden]
    distances_px = [_distance_px(point, outline_px) for point in slid_px[:JAW_POINTS][is_hidden]]
    assert np.median(distances_px) < 3.0


def _distance_px(point_px: FloatArray, line_px: FloatArray) -> float:
    """Distance of a point from a polyline (N, 2)."""
    first, step = line_px[:-1], np.diff(line_px, axis=0)
    share = np.clip(np.sum((point_px - first) * step, axis=1) / np.sum(step**2, axis=1), 0, 1)
    return float(np.linalg.norm(first + share[:, None] * step - point_px, axis=1).min())


@pytest.mark.parametrize("yaw_deg", [0, 45])
def test_mirrored_outline_gives_the_mirrored_head(model: FaceModel, yaw_deg: float) -> None:
    points_px, _ = outline_points_px(model, head(model, 1), view(yaw_deg, 10, 0), CAMERA)
    mirrored_px = (points_px * [-1.0, 1.0] + [WH[0] - 1.0, 0.0])[MIRROR_68]
    fit, mirrored = (fit_as("visible", at) for at in (points_px, mirrored_px))
    expected_mm = fit.vertices_mm[model.mirror] * [-1.0, 1.0, 1.0]
    np.testing.assert_allclose(mirrored.vertices_mm, expected_mm, atol=1e-2)
    np.testing.assert_allclose(pose_deg(mirrored)[0], -pose_deg(fit)[0], atol=1e-2)


@pytest.mark.parametrize("outline", get_args(Outline))
def test_a_head_from_the_front_looks_the_same_in_both_conventions(
    model: FaceModel, outline: Outline
) -> None:
    cam_from_face = view(0, 0, 0)
    for points_px in (
        seen(model, model.mean_mm, cam_from_face),
        outline_points_px(model, model.mean_mm, cam_from_face, CAMERA)[0],
    ):
        fit = fit_as(outline, points_px)
        assert turn_error_deg(fit, cam_from_face) < 1.5
        assert fit.residual < 0.01


def test_lines_begin_at_the_jaw_and_stay_on_the_skin(model: FaceModel) -> None:
    lines_mm = outline_basis(model).mean_mm
    np.testing.assert_allclose(lines_mm[:, 0], landmark_basis(model).mean_mm[:JAW_POINTS])
    assert (lines_mm[:, -1, 2] > lines_mm[:, 0, 2] + 1.0).all()  # they run to the front
    height_mm = np.ptp(lines_mm[..., 1], axis=1)
    assert height_mm.max() < 10.0
