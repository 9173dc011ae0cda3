"""Laws of the skin samples: only what is visible, bare and inside the photo."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.skin import (
    CLIPPED,
    DEPTH_TOLERANCE_MM,
    image_cells,
    is_in_front,
    sample_skin,
)
from tests.ball_head import ball_fit, ball_normals, ball_photo

WHITE_LIGHT = 0.8


def constant_light(normals: FloatArray) -> FloatArray:
    return np.where(np.isnan(normals), np.nan, WHITE_LIGHT)


def test_samples_have_the_colour_of_their_pixels() -> None:
    fit = ball_fit()
    normals = ball_normals(fit)
    irradiance = 0.6 + 0.3 * normals[..., :1] + np.zeros(3)
    photo = ball_photo(fit, irradiance, np.ones(3))
    samples = sample_skin(photo, fit)
    facing = samples.normals_cam[:, 2] < -0.4  # away from the rim, where the wall mixes in
    expected = 0.6 + 0.3 * samples.normals_cam[facing, 0]
    linear = samples.encoded[facing, 0] ** 2.2
    np.testing.assert_allclose(linear, expected, atol=0.04)


def test_every_part_of_the_image_weighs_the_same() -> None:
    samples = sample_skin(
        ball_photo(ball_fit(), constant_light(ball_normals(ball_fit()))), ball_fit()
    )
    right = samples.normals_cam[:, 0] > 0
    np.testing.assert_allclose(
        samples.weights[right].sum(), samples.weights[~right].sum(), rtol=0.1
    )
    assert (samples.weights <= 1).all()


def test_only_front_faces_are_sampled_whatever_the_yaw() -> None:
    for yaw_deg in (-90.0, 0.0, 90.0):
        fit = ball_fit(yaw_deg=yaw_deg)
        samples = sample_skin(ball_photo(fit, constant_light(ball_normals(fit))), fit)
        assert len(samples.weights) > 50
        assert (samples.normals_cam[:, 2] < 0).all()


def test_what_lies_behind_something_nearer_is_not_seen() -> None:
    points_px = np.array([[10.0, 10.0], [10.2, 10.1], [10.1, 10.3], [30.0, 10.0], [10.0, 10.0]])
    behind = 700.0 + 2 * DEPTH_TOLERANCE_MM
    depth_mm = np.array([700.0, behind, 700.0 + DEPTH_TOLERANCE_MM / 2, behind, 500.0])
    facing = np.array([True, True, True, True, False])
    seen = is_in_front(image_cells(points_px, 3.0), depth_mm, facing)
    assert seen.tolist() == [True, False, True, True, False]


def test_cells_differ_where_points_are_a_cell_apart() -> None:
    columns, rows = np.meshgrid(np.arange(7) * 4.0 + 1, np.arange(5) * 4.0 - 9)
    points_px = np.stack([columns.ravel(), rows.ravel()], axis=1)
    assert len(np.unique(image_cells(points_px, 4.0))) == len(points_px)


def test_highlights_are_marked_as_clipped() -> None:
    fit = ball_fit()
    photo = ball_photo(fit, constant_light(ball_normals(fit)))
    assert not sample_skin(photo, fit).is_clipped.any()
    photo[ball_normals(fit)[..., 0] > 0.5] = 255
    samples = sample_skin(photo, fit)
    np.testing.assert_array_equal(samples.is_clipped, samples.encoded.max(axis=1) > CLIPPED)
    facing = samples.normals_cam[:, 2] < -0.4  # the wall mixes into the rim
    assert samples.is_clipped[facing & (samples.normals_cam[:, 0] > 0.6)].all()
    assert not samples.is_clipped[facing & (samples.normals_cam[:, 0] < 0.4)].any()


def test_the_photo_outside_of_the_face_does_not_matter() -> None:
    fit = ball_fit()
    photo = ball_photo(fit, constant_light(ball_normals(fit)))
    other = photo.copy()
    other[:5] = other[-5:] = 0
    other[:, -5:] = (255, 0, 0)
    np.testing.assert_array_equal(sample_skin(photo, fit).encoded, sample_skin(other, fit).encoded)
