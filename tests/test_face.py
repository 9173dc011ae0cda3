"""Laws of the fit, on landmarks projected from heads that are known."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.camera import transform
from mask3d.face import (
    FOCAL_PER_LONG_SIDE,
    MAX_RESIDUAL,
    SUBJECT_DISTANCE_MM,
    FaceFit,
    fit_face,
    pose_deg,
)
from mask3d.face_fit_head import HeadState, landmark_basis
from mask3d.face_fit_pose import weak_perspective
from mask3d.face_fit_solver import linearise, moved
from mask3d.face_model import FaceModel
from mask3d.geometry import vertex_normals
from mask3d.landmarks.convention import MIRROR_68
from tests.aflw2000 import AFLW2000_DIR, read_labels
from tests.known_heads import (
    CAMERA,
    CENTRE_PX,
    WH,
    angle_deg,
    face_cam_mm,
    face_mm,
    face_vertices,
    head,
    landmarks_at,
    seen,
    turn_and_scale,
    view,
)


@pytest.mark.parametrize("yaw_deg", [-90, -60, -30, 0, 30, 60, 90])
@pytest.mark.parametrize(("pitch_deg", "roll_deg"), [(0, 0), (25, -20), (-25, 160)])
def test_known_head_is_recovered(
    model: FaceModel, yaw_deg: int, pitch_deg: int, roll_deg: int
) -> None:
    vertices_mm = head(model, seed=abs(yaw_deg))
    cam_from_face = view(yaw_deg, pitch_deg, roll_deg)
    fit = fit_face(landmarks_at(seen(model, vertices_mm, cam_from_face)), WH, model)
    true_mm, fitted_mm = face_mm(model, cam_from_face, vertices_mm), face_cam_mm(fit)
    rotation, scale = turn_and_scale(fitted_mm, true_mm)
    assert angle_deg(rotation) < 2.0
    placed_mm = scale * (fitted_mm - fitted_mm.mean(axis=0)) @ rotation.T + true_mm.mean(axis=0)
    normals = vertex_normals(transform(cam_from_face, vertices_mm), model.faces)
    off_surface_mm = np.sum((placed_mm - true_mm) * normals[face_vertices(model)], axis=1)
    share = 50 if abs(yaw_deg) == 90 else 95  # nothing in an exact profile shows the width
    assert np.percentile(np.abs(off_surface_mm), share) < 2.0
    assert fit.residual < 0.01


@pytest.mark.parametrize("yaw_deg", [0, 40, 85])
def test_mirrored_landmarks_give_the_mirrored_head(model: FaceModel, yaw_deg: float) -> None:
    points_px = seen(model, head(model, 1), view(yaw_deg, 10, 20), noise=0.02)
    mirrored_px = (points_px * [-1.0, 1.0] + [WH[0] - 1.0, 0.0])[MIRROR_68]
    fit, mirrored = (fit_face(landmarks_at(at), WH, model) for at in (points_px, mirrored_px))
    flip = np.array([-1.0, 1.0, 1.0])
    expected_mm = fit.vertices_mm[model.mirror] * flip
    np.testing.assert_allclose(mirrored.vertices_mm, expected_mm, atol=1e-6)
    expected = np.diag([*flip, 1.0]) @ fit.cam_from_face @ np.diag([*flip, 1.0])
    np.testing.assert_allclose(mirrored.cam_from_face, expected, atol=1e-6)


@pytest.mark.parametrize("scale", [0.25, 3.0])
def test_scaled_photo_gives_the_same_head(model: FaceModel, scale: float) -> None:
    points_px = seen(model, head(model, 2), view(50, -10, 5), noise=0.02)
    scaled_px = scale * (points_px + 0.5) - 0.5
    scaled_wh = (int(scale * WH[0]), int(scale * WH[1]))
    fit = fit_face(landmarks_at(points_px), WH, model)
    scaled = fit_face(landmarks_at(scaled_px), scaled_wh, model)
    np.testing.assert_allclose(scaled.vertices_mm, fit.vertices_mm, atol=1e-6)
    np.testing.assert_allclose(scaled.cam_from_face, fit.cam_from_face, atol=1e-5)
    assert scaled.residual == pytest.approx(fit.residual)


def test_photo_with_a_border_gives_the_same_head(model: FaceModel) -> None:
    points_px = seen(model, head(model, 3), view(-35, 10, 5), noise=0.02)
    fit = fit_face(landmarks_at(points_px), WH, model)
    bordered = fit_face(
        landmarks_at(points_px + np.array([30.0, 10.0])), (WH[0] + 60, WH[1] + 20), model
    )
    np.testing.assert_allclose(bordered.vertices_mm, fit.vertices_mm, atol=1e-6)
    np.testing.assert_allclose(bordered.cam_from_face, fit.cam_from_face, atol=1e-6)


@pytest.mark.parametrize("turn_deg", [35, 90, 180])
def test_turned_photo_gives_the_turned_head(model: FaceModel, turn_deg: float) -> None:
    points_px = seen(model, head(model, 4), view(65, 10, 5), noise=0.02)
    turn = cv2.Rodrigues(np.radians([0.0, 0.0, turn_deg]))[0]
    turned_px = (points_px - CENTRE_PX) @ turn[:2, :2].T + CENTRE_PX
    fit, turned = (fit_face(landmarks_at(at), WH, model) for at in (points_px, turned_px))
    np.testing.assert_allclose(turned.vertices_mm, fit.vertices_mm, atol=1e-6)
    np.testing.assert_allclose(turned.cam_from_face[:3], turn @ fit.cam_from_face[:3], atol=1e-6)


@pytest.mark.parametrize("point", [0, 8, 30, 45, 57])
@pytest.mark.parametrize("yaw_deg", [0, 70])
def test_one_point_far_off_moves_little(model: FaceModel, point: int, yaw_deg: float) -> None:
    points_px = seen(model, head(model, 5), view(yaw_deg, 0, 0), noise=0.01)
    moved_px = points_px.copy()
    moved_px[point] += 0.5 * np.ptp(points_px, axis=0)
    fit, disturbed = (fit_face(landmarks_at(at), WH, model) for at in (points_px, moved_px))
    before_px, after_px = (CAMERA.project(face_cam_mm(each)) for each in (fit, disturbed))
    size_px = np.sqrt(np.prod(np.ptp(points_px, axis=0)))
    shift = np.linalg.norm(after_px - before_px, axis=1).max() / size_px
    assert shift < 0.02


def test_same_points_give_the_same_bytes_whatever_their_z(model: FaceModel) -> None:
    points_px = seen(model, head(model, 6), view(20, 0, 0), noise=0.02)
    deep = landmarks_at(points_px, np.linspace(-80.0, 80.0, 68))
    fit, again = fit_face(landmarks_at(points_px), WH, model), fit_face(deep, WH)
    assert fit.vertices_mm.tobytes() == again.vertices_mm.tobytes()
    assert fit.cam_from_face.tobytes() == again.cam_from_face.tobytes()


@pytest.mark.parametrize("yaw_deg", [0, 45, 90])
def test_noise_makes_no_grimace(model: FaceModel, yaw_deg: float) -> None:
    points_px = seen(model, model.mean_mm, view(yaw_deg, 0, 0), noise=0.03)
    fit = fit_face(landmarks_at(points_px), WH, model)
    assert np.abs(np.append(fit.identity, fit.expression)).max() < 2.0


@pytest.mark.parametrize("seed", range(5))
def test_points_of_no_face_leave_a_large_residual(model: FaceModel, seed: int) -> None:
    generator = np.random.default_rng(seed)
    scattered_px = generator.uniform(100.0, 500.0, (68, 2))
    shuffled_px = generator.permutation(seen(model, model.mean_mm, view(0, 0, 0)))
    for points_px in (scattered_px, shuffled_px):
        assert fit_face(landmarks_at(points_px), WH, model).residual > MAX_RESIDUAL


@pytest.mark.parametrize("yaw_deg", [0, 30, -50])
def test_points_with_sides_swapped_are_no_fit(model: FaceModel, yaw_deg: float) -> None:
    points_px = seen(model, model.mean_mm, view(yaw_deg, 0, 0), noise=0.01)
    assert fit_face(landmarks_at(points_px), WH, model).residual < MAX_RESIDUAL
    assert fit_face(landmarks_at(points_px[MIRROR_68]), WH, model).residual > MAX_RESIDUAL


@pytest.mark.parametrize("spread", [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)])
def test_points_without_a_box_or_on_a_line(model: FaceModel, spread: tuple[float, float]) -> None:
    points_px = 200.0 + np.linspace(0.0, 90.0, 68)[:, None] * spread
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = fit_face(landmarks_at(points_px), WH, model)
    assert fit.residual > MAX_RESIDUAL


def test_photo_without_pixels_is_refused(model: FaceModel) -> None:
    points_px = seen(model, model.mean_mm, view(0, 0, 0))
    with pytest.raises(ValueError, match="image_wh"):
        fit_face(landmarks_at(points_px), (0, 480), model)


def test_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        landmarks_at(np.full((68, 2), np.nan))


def test_tight_crop_is_seen_from_a_distance(model: FaceModel) -> None:
    points_px = seen(model, model.mean_mm, view(0, 0, 0))
    crop_wh = (150, 180)
    crop_px = points_px - points_px.mean(axis=0) + np.array(crop_wh) / 2.0
    fit = fit_face(landmarks_at(crop_px), crop_wh, model)
    assert fit.cam_from_face[2, 3] == pytest.approx(SUBJECT_DISTANCE_MM, rel=0.1)


def test_small_face_in_a_large_photo_is_far_away(model: FaceModel) -> None:
    points_px = seen(model, model.mean_mm, view(0, 0, 0))
    fit = fit_face(landmarks_at(points_px), (4000, 3000), model)
    assert fit.camera.focal_px == FOCAL_PER_LONG_SIDE * 4000
    assert fit.cam_from_face[2, 3] > 2.0 * SUBJECT_DISTANCE_MM


@pytest.mark.parametrize("angles_deg", [(0, 0, 0), (70, 0, 0), (0, 30, 0), (-50, 20, -100)])
@pytest.mark.parametrize("place_mm", [(0, 0, 900), (400, -250, 900)])
def test_pose_is_what_the_viewer_sees(
    model: FaceModel,
    angles_deg: tuple[float, float, float],
    place_mm: tuple[float, float, float],
) -> None:
    ray = np.array(place_mm) / np.linalg.norm(place_mm)
    side = np.cross([0.0, 0.0, 1.0], ray)
    length = float(np.linalg.norm(side))
    towards = side * np.arcsin(length) / max(length, 1e-12)
    cam_from_face = view(*angles_deg)
    cam_from_face[:3, :3] = cv2.Rodrigues(towards)[0] @ cam_from_face[:3, :3]
    cam_from_face[:3, 3] = place_mm
    identity = np.zeros(len(model.identity_modes_mm))
    expression = np.zeros(len(model.expression_modes_mm))
    fit = FaceFit(model, CAMERA, cam_from_face, identity, expression, model.mean_mm, 0.0)
    np.testing.assert_allclose(pose_deg(fit), angles_deg, atol=1e-9)


@pytest.mark.parametrize(
    ("angles_deg", "higher"), [((40, 0, 0), "left"), ((0, 30, 0), "up"), ((0, 0, 30), "clockwise")]
)
def test_signs_of_the_pose(
    model: FaceModel, angles_deg: tuple[float, float, float], higher: str
) -> None:
    points_px = seen(model, model.mean_mm, view(*angles_deg))
    nose_px = points_px[30] - points_px[[36, 45]].mean(axis=0)
    frontal_px = seen(model, model.mean_mm, view(0, 0, 0))
    frontal_nose_px = frontal_px[30] - frontal_px[[36, 45]].mean(axis=0)
    eye_line_px = points_px[45] - points_px[36]
    happened = {
        "left": nose_px[0] < frontal_nose_px[0] - 5.0,
        "up": nose_px[1] < frontal_nose_px[1] - 5.0,
        "clockwise": eye_line_px[1] > 5.0,  # the eye on the right of the image sinks
    }
    assert happened[higher]
    fitted_deg = pose_deg(fit_face(landmarks_at(points_px), WH, model))
    np.testing.assert_allclose(fitted_deg, angles_deg, atol=1.5)


def test_weak_perspective_ignores_outliers(model: FaceModel) -> None:
    points_mm = model.landmarks_mm(model.mean_mm)
    rotation = view(35, 10, -70)[:3, :3]
    points_px = 1.7 * (points_mm @ rotation.T)[:, :2] + [40.0, 90.0]
    points_px[::5] += [60.0, -90.0]
    pose = weak_perspective(points_px, points_mm, np.ones(68))
    assert angle_deg(pose.cam_from_face @ rotation.T) < 0.5
    assert pose.px_per_mm == pytest.approx(1.7, rel=0.01)
    np.testing.assert_allclose(pose.origin_px, [40.0, 90.0], atol=0.5)


def test_jacobian_is_the_derivative(model: FaceModel) -> None:
    basis = landmark_basis(model)
    count = len(basis.prior)
    coefficients = 0.5 * np.random.default_rng(0).standard_normal(count)
    state = HeadState(view(30, 20, 10)[:3, :3], np.array([0.1, -0.2]), 900.0, coefficients)
    points_px = _projected(model, state)
    _, jacobian = linearise(basis, CAMERA, points_px, state)
    for parameter in range(6 + count):
        step = np.zeros(6 + count)
        step[parameter] = 1e-5
        ahead, behind = (
            linearise(basis, CAMERA, points_px, moved(state, sign * step))[0] for sign in (1, -1)
        )
        numeric = (ahead - behind) / 2e-5
        np.testing.assert_allclose(jacobian[..., parameter], numeric, rtol=1e-4, atol=1e-5)


def _projected(model: FaceModel, state: HeadState) -> FloatArray:
    basis = landmark_basis(model)
    points_mm = basis.mean_mm + basis.modes_mm @ state.coefficients
    return CAMERA.project(points_mm @ state.rotation.T + state.origin_cam_mm)


@pytest.mark.skipif(not AFLW2000_DIR.is_dir(), reason="needs the photos in ../shared")
def test_labelled_photos_are_explained(model: FaceModel) -> None:
    labels = read_labels(AFLW2000_DIR / "labels.json")
    fits = [fit_face(landmarks, (450, 450), model) for landmarks in labels.values()]
    residuals = np.array([fit.residual for fit in fits])
    assert np.median(residuals) < 0.025
    assert np.percentile(residuals, 95) < 0.045
    yaws_deg = np.array([landmarks.yaw_deg for landmarks in labels.values()])
    errors_deg = np.array([pose_deg(fit)[0] for fit in fits]) - yaws_deg
    assert np.median(np.abs(errors_deg)) < 2.0
