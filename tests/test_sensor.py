"""Known truth: what was done to a photo made from numbers is read back."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mask3d.arrays import ByteArray, FloatArray
from mask3d.colour import linear_from_srgb, srgb_from_linear
from mask3d.jpeg_history import NO_JPEG
from mask3d.patches import face_outline
from mask3d.recipe import ALL_EFFECTS, Effects
from mask3d.sensor import MAX_BLUR, Sensor, estimate_sensor, limited, surroundings
from mask3d.tone_curve import MOST_CLIPPED
from tests.blurry_photos import RADIUS_PX, fit_at, photo_of, tiles

SIDE_PX = 192
MIDDLE = fit_at((96.0, 96.0), (SIDE_PX, SIDE_PX), scale=1.4)


def sigma_px(sensor: Sensor) -> float:
    """Root mean square width of the blur over both axes."""
    return float(np.sqrt(np.trace(sensor.blur_px2) / 2))


def jpeg(rgb: ByteArray, quality: int) -> ByteArray:
    data = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded.astype(np.uint8)


def flat(value: int = 120, side_px: int = SIDE_PX) -> ByteArray:
    return np.full((side_px, side_px, 3), value, np.uint8)


def median_sigma_px(true_px: float, noise: float, contrast: float) -> float:
    """Reading from three photos."""
    pictures = [100 + contrast * (tiles(SIDE_PX, seed) - 100) for seed in range(3)]
    sensors = [estimate_sensor(photo_of(fine, true_px, noise), MIDDLE) for fine in pictures]
    return float(np.median([sigma_px(sensor) for sensor in sensors]))


@pytest.mark.parametrize("noise", [0.0, 5.0])
@pytest.mark.parametrize("true_px", [0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0])
def test_blur_is_read_back_within_a_tenth_noise_or_not(true_px: float, noise: float) -> None:
    assert median_sigma_px(true_px, noise, contrast=1.0) == pytest.approx(true_px, rel=0.08)


@pytest.mark.parametrize("true_px", [0.5, 1.0, 2.0, 3.0])
def test_noise_is_not_taken_for_sharpness_where_edges_are_faint(true_px: float) -> None:
    assert median_sigma_px(true_px, noise=5.0, contrast=0.3) == pytest.approx(true_px, rel=0.1)


def test_a_sharp_photo_needs_no_blur() -> None:
    pixel_px = 1 / np.sqrt(12)  # standard deviation of the square that a pixel averages over
    assert sigma_px(estimate_sensor(photo_of(tiles(SIDE_PX)), MIDDLE)) < pixel_px


@pytest.mark.parametrize("true_px", [1.0, 2.0])
def test_a_heavy_jpeg_does_not_hide_the_blur(true_px: float) -> None:
    photo = jpeg(photo_of(tiles(SIDE_PX), true_px, noise=3.0), quality=40)
    assert sigma_px(estimate_sensor(photo, MIDDLE)) == pytest.approx(true_px, rel=0.15)


def test_soft_edges_among_sharp_ones_are_soft_in_the_world() -> None:
    soft = photo_of(tiles(SIDE_PX), 3.0)
    sharp = photo_of(tiles(SIDE_PX), 0.3)
    mixed = np.where((np.arange(SIDE_PX) % 64 < 8)[None, :, None], sharp, soft)
    assert sigma_px(estimate_sensor(soft, MIDDLE)) > 2.5
    assert sigma_px(estimate_sensor(mixed, MIDDLE)) < 0.8


def test_a_photo_that_was_enlarged_is_as_blurred_as_it_was_enlarged() -> None:
    small = photo_of(tiles(SIDE_PX // 4), 0.7)
    large = cv2.resize(small, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    # 0.7 px of the small photo, its pixels (1/12 px²) and the tent (1/6 px²), four times as large
    expected = 4 * np.sqrt(0.7**2 + 1 / 12 + 1 / 6)
    assert sigma_px(estimate_sensor(large, MIDDLE)) == pytest.approx(expected, rel=0.2)


def test_motion_blurs_along_its_direction() -> None:
    """About half of the difference is believed: some faces have softer edges in one direction."""
    for axis, sigmas_px in enumerate([(2.5, 0.5), (0.5, 2.5)]):
        readings = [
            np.diag(estimate_sensor(photo_of(tiles(SIDE_PX, seed), sigmas_px), MIDDLE).blur_px2)
            for seed in range(3)
        ]
        along, across = np.median(readings, axis=0)[[axis, 1 - axis]]
        assert along > 1.4 * across


@pytest.mark.parametrize("level", [1.0, 2.0, 4.0, 8.0])
@pytest.mark.parametrize("variance_px2", [0.0, 0.5, 1.0])
def test_level_and_size_of_grain_are_read_back(level: float, variance_px2: float) -> None:
    grain = estimate_sensor(photo_of(tiles(SIDE_PX), 1.0, level, variance_px2), MIDDLE).grain
    assert grain.level[0] == pytest.approx(level, rel=0.2)
    assert grain.variance_px2[0] == pytest.approx(variance_px2, abs=0.25)


def test_grain_of_colours_is_told_from_that_of_luma() -> None:
    rng = np.random.default_rng(0)
    ycc = np.full((SIDE_PX, SIDE_PX, 3), 128.0, np.float32)
    ycc += rng.standard_normal(ycc.shape, np.float32) * np.array([1.0, 5.0, 3.0], np.float32)
    rgb = cv2.cvtColor(ycc.round().astype(np.uint8), cv2.COLOR_YCrCb2RGB).astype(np.uint8)
    level = estimate_sensor(rgb, MIDDLE).grain.level
    np.testing.assert_allclose(level, [1.0, 5.0, 3.0], rtol=0.2, atol=0.3)


@pytest.mark.parametrize("value", [0, 30, 120, 255])
def test_a_flat_picture_has_nothing_to_be_measured(value: int) -> None:
    sensor = estimate_sensor(flat(value), MIDDLE)
    assert not sensor.blur_px2.any()
    assert not sensor.grain.level.any()
    assert not sensor.tone.floor.any()


def test_texture_of_the_face_is_no_grain_where_the_rest_is_calm() -> None:
    photo = flat()
    face = slice(40, 152)
    noise = np.random.default_rng(0).normal(0, 12, (112, 112, 1))
    photo[face, face] = np.clip(photo[face, face] + noise, 0, 255).astype(np.uint8)
    assert estimate_sensor(photo, MIDDLE).grain.level[0] < 1.0


def veiled(fine: FloatArray, black: float) -> ByteArray:
    """Photo with the darkest tile at linear `black`."""
    rgb = photo_of((fine - fine.min()) * 255 / np.ptp(fine))
    linear = black + (1 - black) * linear_from_srgb(rgb)
    hazy: ByteArray = np.round(255 * srgb_from_linear(linear)).astype(np.uint8)
    return hazy


def test_haze_lifts_black_and_deep_blacks_do_not() -> None:
    clear = estimate_sensor(veiled(tiles(SIDE_PX), 0.0), MIDDLE).tone
    hazy = estimate_sensor(veiled(tiles(SIDE_PX), 0.08), MIDDLE).tone
    assert (clear.floor < 0.002).all()
    assert (hazy.floor > 0.04).all() and (hazy.floor <= 0.08).all()


def test_something_dark_and_green_is_no_green_haze() -> None:
    photo = photo_of(tiles(SIDE_PX))
    photo[:60, :90] = (5, 60, 5)
    photo[60:80, :90] = (60, 5, 60)
    assert (estimate_sensor(photo, MIDDLE).tone.floor < 0.005).all()


def test_a_face_that_is_cut_off_at_white_is_known() -> None:
    bright = photo_of(tiles(SIDE_PX)).astype(np.float64)
    blown = np.clip(bright * 1.8, 0, 255).astype(np.uint8)
    assert estimate_sensor(blown, MIDDLE).tone.clipping > 0.9 * MOST_CLIPPED
    assert estimate_sensor(bright.astype(np.uint8), MIDDLE).tone.clipping == 0.0


@pytest.mark.parametrize(
    ("centre_px", "scale"),
    [((96, 96), 0.1), ((0, 0), 1.0), ((191, 96), 1.4), ((96, 230), 1.0), ((96, 96), 9.0)],
)
def test_tiny_large_and_cut_faces_are_measured_too(
    centre_px: tuple[float, float], scale: float
) -> None:
    fit = fit_at(centre_px, (SIDE_PX, SIDE_PX), scale)
    sensor = estimate_sensor(photo_of(tiles(SIDE_PX), 0.6, 4.0), fit)
    assert sigma_px(sensor) == pytest.approx(0.6, abs=0.25)
    assert sensor.grain.level[0] == pytest.approx(4.0, rel=0.3)


def test_a_face_outside_of_the_photo_leaves_everything_as_it_is() -> None:
    fit = fit_at((-900.0, 96.0), (SIDE_PX, SIDE_PX))
    sensor = estimate_sensor(photo_of(tiles(SIDE_PX), 1.0, 4.0), fit)
    assert not sensor.blur_px2.any() and not sensor.grain.level.any()


def test_photos_smaller_than_a_block_do_not_fail() -> None:
    for side_px in (1, 3, 15):
        fit = fit_at((side_px / 2, side_px / 2), (side_px, side_px))
        assert not estimate_sensor(flat(100, side_px), fit).grain.level.any()


def test_a_blur_that_no_face_survives_is_not_believed() -> None:
    small = fit_at((96.0, 96.0), (SIDE_PX, SIDE_PX), scale=0.25)
    sensor = estimate_sensor(photo_of(tiles(SIDE_PX), 5.0), small)
    assert 0.5 < sigma_px(sensor) <= MAX_BLUR * 0.25 * 2 * RADIUS_PX


@pytest.mark.parametrize("side_px", [512, 3000])
def test_no_more_of_a_huge_photo_is_read_than_of_a_large_one(side_px: int) -> None:
    fit = fit_at((side_px / 2, side_px / 2), (side_px, side_px), side_px / 130)
    patches = surroundings(flat(120, side_px), face_outline(fit))
    assert len(patches) == 16
    assert sum(patch.inside.size for patch in patches) <= 256**2
    assert {patch.ycc.shape for patch in patches} == {(64, 64, 3)}


def test_eigenvalues_are_limited_and_directions_kept() -> None:
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    limits = limited(turn @ np.diag([9.0, -1.0]) @ turn.T, 4.0)
    np.testing.assert_allclose(limits, turn @ np.diag([4.0, 0.0]) @ turn.T, atol=1e-12)


GRAINY_JPEG = jpeg(photo_of(tiles(SIDE_PX), 1.0, 6.0), 75)


@pytest.mark.parametrize("off", ["sharpness", "grain", "tone"])
def test_the_sensor_is_perfect_in_what_is_off_and_else_the_same(off: str) -> None:
    whole = estimate_sensor(GRAINY_JPEG, MIDDLE)
    part = estimate_sensor(GRAINY_JPEG, MIDDLE, replace(ALL_EFFECTS, **{off: False}))
    expected = {
        "sharpness": whole.blur_px2,
        "grain": whole.grain.bands,
        "tone": whole.tone.floor + whole.tone.toe,
    }
    found = {
        "sharpness": part.blur_px2,
        "grain": part.grain.bands,
        "tone": part.tone.floor + part.tone.toe,
    }
    for name, value in expected.items():
        assert value.any()
        np.testing.assert_array_equal(found[name], value * (name != off))
    assert part.jpeg_quality == (NO_JPEG if off == "grain" else whole.jpeg_quality)


def test_nothing_is_looked_at_where_all_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("mask3d.sensor.patches_about", look)
    estimate_sensor(GRAINY_JPEG, MIDDLE, Effects(sharpness=False, grain=False, tone=False))
    with pytest.raises(AssertionError):
        estimate_sensor(GRAINY_JPEG, MIDDLE)
