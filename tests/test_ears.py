"""Laws of the search for ears, and what the shipped net finds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import Camera, transform
from mask3d.ears import (
    CROP_PX,
    LEFT,
    MAX_OFFSET_MM,
    RIGHT,
    SIDE_MM,
    Ear,
    EarFinder,
    Ears,
    ear_region,
    ear_vertices,
    lobe_mm,
    points_in_crop,
    to_crop,
    upright_ear,
)
from mask3d.face import FaceFit, fit_face
from mask3d.landmarks import open_detector
from tests.fitted_heads import IMAGE_PX, head_fit
from tests.heads import head_photo
from tests.portraits import hopper

NOISE = np.random.default_rng(0).integers(0, 256, (IMAGE_PX, IMAGE_PX, 3), np.uint8)
SIDES = pytest.mark.parametrize("side", [LEFT, RIGHT])


@cache
def finder() -> EarFinder:
    return EarFinder()


def near_side(side: int) -> FaceFit:
    return head_fit(60.0 if side == LEFT else -60.0)


def rolled(fit: FaceFit, roll_deg: float) -> FaceFit:
    """The head turned about the line of sight."""
    turned = np.eye(4)
    turned[:2, :2] = cv2.getRotationMatrix2D((0, 0), -roll_deg, 1.0)[:, :2]
    return replace(fit, cam_from_face=turned @ fit.cam_from_face)


def fitted_beside(fit: FaceFit, shift_px: FloatArray) -> FaceFit:
    """The head fitted so far beside its place."""
    beside = fit.cam_from_face.copy()
    beside[:2, 3] += np.multiply(shift_px, beside[2, 3] / fit.camera.focal_px)
    return replace(fit, cam_from_face=beside)


@cache
def hopper_fit() -> FaceFit:
    (landmarks, *_) = open_detector().detect(hopper())
    return fit_face(landmarks, (hopper().shape[1], hopper().shape[0]))


@SIDES
@pytest.mark.parametrize("roll_deg", [0.0, 50.0, 180.0])
def test_the_crop_is_upright_with_the_back_of_the_head_on_the_right(
    side: int, roll_deg: float
) -> None:
    fit = rolled(near_side(side), roll_deg)
    region = ear_region(fit, side)
    ear_mm = fit.vertices_mm[ear_vertices(fit.model, side)]
    ear = points_in_crop(fit, side, region, ear_mm)
    np.testing.assert_allclose(ear.mean(axis=0), CROP_PX / 2, atol=0.5)
    assert ear[ear_mm[:, 1].argmax(), 1] < ear[ear_mm[:, 1].argmin(), 1] - 20
    assert ear[ear_mm[:, 2].argmax(), 0] < ear[ear_mm[:, 2].argmin(), 0] - 5
    _, outline = upright_ear(NOISE, fit, side, region)
    drawn, hull = (cv2.moments(m) for m in (outline, cv2.convexHull(ear.astype(np.float32))))
    np.testing.assert_allclose(
        drawn["m10"] / drawn["m00"] + 0.5, hull["m10"] / hull["m00"], atol=0.3
    )
    np.testing.assert_allclose(
        drawn["m01"] / drawn["m00"] + 0.5, hull["m01"] / hull["m00"], atol=0.3
    )
    assert 1 < drawn["m00"] / 255 / hull["m00"] < 1.25


@SIDES
def test_a_region_is_as_wide_as_it_says(side: int) -> None:
    fit = near_side(side)
    away_mm = fit.cam_from_face[:3, :3].T @ [20.0, 0.0, 0.0]
    lobe = lobe_mm(fit, side)
    region = ear_region(fit, side)
    here, there = (points_in_crop(fit, side, region, p) for p in (lobe, lobe + away_mm))
    np.testing.assert_allclose(np.hypot(*(there - here)) / CROP_PX * SIDE_MM, 20.0, rtol=0.03)


def test_the_lobe_is_at_the_lower_end_of_the_ear() -> None:
    fit = head_fit()
    for side in (LEFT, RIGHT):
        height_mm = fit.vertices_mm[ear_vertices(fit.model, side), 1]
        assert height_mm.min() < lobe_mm(fit, side)[1] < height_mm.min() + 0.2 * np.ptp(height_mm)


def mirrored(ears: Ears) -> list[tuple[float, float, float] | None]:
    return [e and (e.bare, -e.offset_px[0], e.offset_px[1]) for e in reversed(ears)]


@pytest.mark.parametrize("yaw_deg", [0.0, 30.0, 75.0])
def test_a_mirrored_photo_has_mirrored_ears(yaw_deg: float) -> None:
    ears = finder().find(NOISE, head_fit(yaw_deg))
    there = finder().find(np.ascontiguousarray(NOISE[:, ::-1]), head_fit(-yaw_deg))
    for one, other in zip(mirrored(ears), there, strict=True):
        assert (one is None) == (other is None)
        if one and other:
            np.testing.assert_allclose(one, (other.bare, *other.offset_px), atol=0.03)


def test_an_ear_that_is_turned_away_is_not_looked_for() -> None:
    left, right = finder().find(NOISE, head_fit(60.0))
    assert left is not None
    assert right is None


def test_tiny_ears_are_not_looked_for() -> None:
    fit = replace(head_fit(), camera=Camera(60.0, np.array([20.0, 20.0]), (40, 40)))
    assert finder().find(NOISE, fit) == (None, None)


@SIDES
@pytest.mark.parametrize("roll_deg", [0.0, 90.0])
def test_an_offset_is_in_the_photo_and_within_its_limit(
    side: int, roll_deg: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"mm": np.array([0.0, 6.0, 0.0])}
    monkeypatch.setattr(EarFinder, "_look", lambda *_: found["mm"])
    fit = rolled(near_side(side), roll_deg)
    region = ear_region(fit, side)
    for back_mm, kept_mm in ((6.0, 6.0), (100.0, MAX_OFFSET_MM)):
        found["mm"] = np.array([0.0, back_mm, 0.0])
        ear = finder().find(NOISE, fit)[side]
        assert ear is not None
        assert ear.bare == 0.5
        middle_px = region.centre_px - 0.5
        moved = to_crop(middle_px + ear.offset_px, side, region) - CROP_PX / 2
        np.testing.assert_allclose(moved * SIDE_MM / CROP_PX, (kept_mm, 0.0), atol=1e-6)


def ear_of(rgb: ByteArray, fit: FaceFit, side: int) -> Ear:
    ear = finder().find(rgb, fit)[side]
    assert ear is not None
    return ear


@SIDES
@pytest.mark.parametrize("shift_mm", [(5.0, 0.0), (0.0, 5.0)])
def test_an_ear_stays_where_it_is_wherever_the_head_was_fitted(
    side: int, shift_mm: tuple[float, float]
) -> None:
    photo, landmarks = head_photo((60.0, -60.0)[side])
    fit = fit_face(landmarks, photo.image_wh)
    shift_px = np.multiply(shift_mm, fit.camera.focal_px / fit.cam_from_face[2, 3])
    here_px, there_px = (
        ear_of(photo.rgb, fitted_beside(fit, sign * shift_px), side).offset_px for sign in (1, -1)
    )
    np.testing.assert_allclose(there_px - here_px, 2 * shift_px, atol=0.5 * np.hypot(*shift_px))


@SIDES
def test_hair_over_an_ear_is_seen(side: int) -> None:
    fit, hidden = hopper_fit(), hopper().copy()
    ear_mm = fit.vertices_mm[ear_vertices(fit.model, side)]
    ear_px = fit.camera.project(transform(fit.cam_from_face, ear_mm))
    centre_px, offset_px = ear_px.mean(axis=0), ear_of(hopper(), fit, side)[1]
    middle_px = np.round(centre_px + offset_px).astype(int).tolist()
    radii_px = np.round(np.ptp(ear_px, axis=0) * (1.0, 0.9)).astype(int).tolist()
    cv2.ellipse(hidden, middle_px, radii_px, 0, 0, 360, (45, 32, 24), -1)
    assert ear_of(hopper(), fit, side)[0] > 0.7
    assert ear_of(hidden, fit, side)[0] < 0.3


def test_every_opencv_computes_the_same() -> None:
    crop = NOISE[:CROP_PX, :CROP_PX]
    outline = np.zeros((CROP_PX, CROP_PX), np.uint8)
    outline[12:36, 18:30] = 255
    np.testing.assert_allclose(finder()._look(crop, outline), EXPECTED, atol=1e-2)


# By OpenCV 5.0 for the noise of the test above: log odds, mm to the back, mm down.
EXPECTED = [-1.592, -2.587, -1.225]
