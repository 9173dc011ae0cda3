"""What else the fit is given than points: how far each is to be trusted, and the focal length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.camera import Camera, transform
from mask3d.face import MAX_RESIDUAL, fit_face, pose_deg
from mask3d.face_fit_solver import MIN_DISTANCE_MM
from mask3d.face_model import FaceModel
from tests.known_heads import (
    CENTRE_PX,
    WH,
    angle_deg,
    face_cam_mm,
    face_mm,
    face_vertices,
    head,
    landmarks_at,
    seen,
    view,
)

NOSE_BEFORE_ORIGIN_MM = 105.0


def test_equal_confidence_changes_nothing(model: FaceModel) -> None:
    landmarks = landmarks_at(seen(model, head(model, 0), view(30, 0, 0), noise=0.02))
    fit, equal = (
        fit_face(replace(landmarks, point_confidence=confidence), WH)
        for confidence in (None, np.ones(68))
    )
    assert fit.vertices_mm.tobytes() == equal.vertices_mm.tobytes()
    assert fit.residual == equal.residual


@pytest.mark.parametrize("yaw_deg", [0, 60])
def test_points_without_confidence_do_not_count(model: FaceModel, yaw_deg: float) -> None:
    points_px = seen(model, head(model, 1), view(yaw_deg, 0, 0))
    covered = slice(27, 62)  # nose, eyes and most of the mouth: far too many for a robust loss
    wrong_px, confidence = points_px.copy(), np.ones(68)
    wrong_px[covered], confidence[covered] = [20.0, 600.0], 0.0
    fit = fit_face(landmarks_at(points_px), WH)
    ignorant = fit_face(landmarks_at(wrong_px), WH)
    told = fit_face(replace(landmarks_at(wrong_px), point_confidence=confidence), WH)
    np.testing.assert_allclose(pose_deg(told), pose_deg(fit), atol=5.0)
    assert told.residual < MAX_RESIDUAL < ignorant.residual
    wrong_px[covered] = [-900.0, 4000.0]
    farther = fit_face(replace(landmarks_at(wrong_px), point_confidence=confidence), WH)
    assert farther.residual == pytest.approx(told.residual, rel=0.1)


def test_the_more_a_point_is_trusted_the_nearer_the_head_comes(model: FaceModel) -> None:
    points_px = seen(model, head(model, 2), view(20, 0, 0))
    points_px[8] += [0.0, 10.0]  # the chin
    distances_px = []
    for trust in (0.0, 0.3, 1.0):
        confidence = np.ones(68)
        confidence[8] = trust
        fit = fit_face(replace(landmarks_at(points_px), point_confidence=confidence), WH)
        chin_cam_mm = transform(fit.cam_from_face, model.landmarks_mm(fit.vertices_mm))[8]
        distances_px.append(np.linalg.norm(fit.camera.project(chin_cam_mm) - points_px[8]))
    assert distances_px[0] > distances_px[1] + 0.2 > distances_px[2] + 0.4


@pytest.mark.parametrize("confidence", [np.zeros(68), np.full(68, 0.4)])
def test_only_the_ratios_of_small_confidences_decide(
    model: FaceModel, confidence: FloatArray
) -> None:
    landmarks = landmarks_at(seen(model, model.mean_mm, view(30, 0, 0)))
    fit = fit_face(replace(landmarks, point_confidence=confidence), WH)
    np.testing.assert_allclose(pose_deg(fit), [30.0, 0.0, 0.0], atol=2.0)


@pytest.mark.parametrize("yaw_deg", [0, 40, 80])
def test_a_near_head_is_recovered_by_its_focal_length(model: FaceModel, yaw_deg: float) -> None:
    """The nose is 40 cm away, as in a photo of oneself."""
    camera = Camera(700.0, CENTRE_PX, WH)
    shape_mm = []
    for seed in range(3):
        vertices_mm, cam_from_face = head(model, seed), view(yaw_deg, 5, 0)
        cam_from_face[2, 3] = 400.0 + NOSE_BEFORE_ORIGIN_MM
        landmarks_mm = model.landmarks_mm(vertices_mm)
        landmarks = landmarks_at(camera.project(transform(cam_from_face, landmarks_mm)))
        told, ignorant = fits = [fit_face(landmarks, WH, focal_px=f) for f in (700.0, None)]
        true_mm = face_mm(model, cam_from_face, vertices_mm)
        told_mm, ignorant_mm = (_mean_mm(face_cam_mm(fit) - true_mm) for fit in fits)
        assert told.camera.focal_px == 700.0
        assert told.cam_from_face[2, 3] == pytest.approx(cam_from_face[2, 3], rel=0.05)
        assert told_mm < 0.2 * ignorant_mm
        assert told.residual < ignorant.residual
        assert angle_deg(told.cam_from_face[:3, :3].T @ cam_from_face[:3, :3]) < 2.0
        face = face_vertices(model)
        shape_mm.append([_mean_mm((fit.vertices_mm - vertices_mm)[face]) for fit in fits])
    told_mm, ignorant_mm = np.mean(shape_mm, axis=0)
    assert told_mm < ignorant_mm


def _mean_mm(steps_mm: FloatArray) -> float:
    """Mean length of (N, 3)."""
    return float(np.linalg.norm(steps_mm, axis=1).mean())


def test_a_focal_length_that_no_head_can_have_is_not_believed(model: FaceModel) -> None:
    landmarks = landmarks_at(seen(model, model.mean_mm, view(0, 0, 0)))
    usual = fit_face(landmarks, WH)
    px_per_mm = usual.camera.focal_px / usual.cam_from_face[2, 3]
    for focal_px in (0.5, 0.95):  # times the least
        believed = fit_face(landmarks, WH, focal_px=focal_px * px_per_mm * MIN_DISTANCE_MM)
        assert believed.camera.focal_px == usual.camera.focal_px
    nearest = fit_face(landmarks, WH, focal_px=1.1 * px_per_mm * MIN_DISTANCE_MM)
    assert nearest.camera.focal_px < usual.camera.focal_px


@pytest.mark.parametrize("focal_px", [0.0, -5.0, float("nan")])
def test_a_focal_length_that_is_none_is_refused(model: FaceModel, focal_px: float) -> None:
    landmarks = landmarks_at(seen(model, model.mean_mm, view(0, 0, 0)))
    with pytest.raises(ValueError, match="focal_px"):
        fit_face(landmarks, WH, focal_px=focal_px)
