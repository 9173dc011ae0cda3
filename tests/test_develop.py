"""Laws of developing, on layers made from numbers."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mask3d.arrays import ByteArray, Float32Array, FloatArray
from mask3d.bands import calm_bands
from mask3d.colour import linear_from_srgb, srgb_from_linear
from mask3d.composite import composite_over
from mask3d.develop import RENDERED_PX2, apply_tone_curve, develop
from mask3d.grain import NO_GRAIN, Grain, band_gains, measure_grain
from mask3d.mesh import Layer
from mask3d.patches import Patch, ycc_of
from mask3d.photo import Photo
from mask3d.renderer.base import SHOULDER_END, SHOULDER_START
from mask3d.sensor import Sensor, estimate_sensor
from mask3d.sharpness import measure_blur
from mask3d.tone_curve import CAMERA_TOE, ToneCurve
from tests.blurry_photos import fit_at, photo_of, tiles

PLAIN = ToneCurve(np.zeros(3), 0.0)
PERFECT = Sensor(np.zeros((2, 2)), NO_GRAIN, PLAIN, (400, 300))


def grain_of(level: list[float], variance_px2: float = 0.0) -> Grain:
    """White noise of these levels (3,) that went through a Gaussian."""
    return Grain(np.array(level) * band_gains(np.full(3, variance_px2)).T)


GRAINY = replace(PERFECT, grain=grain_of([6.0, 0.0, 0.0]))


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def sheet(
    colour: float | FloatArray, alpha: float = 1.0, shape: tuple[int, int] = (96, 128)
) -> Layer:
    """Layer of one straight linear colour, in the middle of the photo."""
    rgba = np.zeros((*shape, 4), np.float32)
    rgba[..., :3], rgba[..., 3] = np.asarray(colour) * alpha, alpha
    return Layer(rgba, (120, 80))


def point(width: int = 31) -> Layer:
    rgba = np.zeros((width, width, 4), np.float32)
    rgba[width // 2, width // 2] = (0.5, 0.25, 0.125, 1.0)
    return Layer(rgba, (100, 90))


def lens(blur_px2: object, image_wh: tuple[int, int] = (400, 300)) -> Sensor:
    """Sensor that lacks a blur in what is rendered."""
    return replace(
        PERFECT, blur_px2=np.asarray(blur_px2) + RENDERED_PX2 * np.eye(2), image_wh=image_wh
    )


def moments(layer: Layer) -> tuple[FloatArray, FloatArray]:
    """Mean (2,) and covariance (2, 2) of alpha over the photo's pixels."""
    alpha = layer.rgba[..., 3].astype(np.float64)
    rows, columns = np.indices(alpha.shape)
    places = np.stack([columns + layer.origin_px[0], rows + layer.origin_px[1]]).reshape(2, -1)
    mean = np.average(places, axis=1, weights=alpha.ravel())
    return mean, np.cov(places, aweights=alpha.ravel(), bias=True)


def encoded(layer: Layer) -> Float32Array:
    """Straight encoded colours of an opaque layer, steps of 8 bits."""
    colours: Float32Array = 255 * srgb_from_linear(layer.rgba[..., :3])
    return colours


def test_a_perfect_sensor_changes_nothing() -> None:
    layer = Layer(rng().random((20, 30, 4), np.float32), (5, 6))
    developed = develop(layer, PERFECT, rng())
    np.testing.assert_array_equal(developed.rgba, layer.rgba)
    assert developed.origin_px == layer.origin_px


def test_an_empty_layer_stays_empty() -> None:
    empty = Layer(np.zeros((0, 0, 4), np.float32), (3, 3))
    assert develop(empty, GRAINY, rng()).rgba.size == 0


@pytest.mark.parametrize(
    "blur_px2",
    [
        [[0.1, 0.0], [0.0, 0.1]],
        [[2.0, 0.0], [0.0, 2.0]],
        [[6.0, 0.0], [0.0, 0.5]],
        [[3.0, 1.5], [1.5, 2.0]],
        [[3.0, -1.5], [-1.5, 2.0]],
    ],
)
def test_a_point_spreads_by_the_covariance_that_is_lacking(blur_px2: list[list[float]]) -> None:
    before, after = point(), develop(point(), lens(blur_px2), rng())
    np.testing.assert_allclose(moments(after)[0], moments(before)[0], atol=1e-3)
    np.testing.assert_allclose(moments(after)[1], blur_px2, rtol=0.05, atol=0.01)


def test_blur_loses_no_light_and_keeps_the_colour_up_to_the_rim() -> None:
    colour = np.array([0.7, 0.3, 0.1])
    before = sheet(colour)
    after = develop(before, lens([[4.0, 1.0], [1.0, 3.0]]), rng())
    np.testing.assert_allclose(after.rgba.sum((0, 1)), before.rgba.sum((0, 1)), rtol=1e-4)
    covered = after.rgba[..., 3] > 1e-4
    straight = after.rgba[covered][:, :3] / after.rgba[covered][:, 3:]
    np.testing.assert_allclose(straight, np.tile(colour, (len(straight), 1)), rtol=1e-3)


def test_a_blur_of_the_renderers_own_is_not_added_again() -> None:
    sensor = replace(PERFECT, blur_px2=RENDERED_PX2 * np.eye(2))
    np.testing.assert_array_equal(develop(point(), sensor, rng()).rgba, point().rgba)


def test_the_photos_border_does_not_thin_a_mask_that_goes_on_beyond() -> None:
    layer = Layer(np.ones((50, 40, 4), np.float32), (0, 0))
    after = develop(layer, lens(9 * np.eye(2), (40, 50)), rng())
    assert after.origin_px < (0, 0)
    np.testing.assert_allclose(after.rgba, 1.0, atol=1e-5)
    inner = develop(layer, lens(9 * np.eye(2), (41, 51)), rng())
    x0, y0 = inner.origin_px
    assert inner.rgba[25 - y0, 0 - x0, 3] == pytest.approx(1.0, abs=1e-5)
    assert inner.rgba[25 - y0, 39 - x0, 3] < 0.7
    assert inner.rgba[49 - y0, 20 - x0, 3] < 0.7


@pytest.mark.parametrize("grey", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("variance_px2", [0.0, 0.8])
def test_grain_has_the_level_and_size_that_were_asked_for(grey: float, variance_px2: float) -> None:
    grain = grain_of([5.0, 0.0, 0.0], variance_px2)
    after = encoded(develop(sheet(grey), replace(PERFECT, grain=grain), rng()))
    assert after.std() == pytest.approx(5.0, rel=0.06)
    assert after.mean() == pytest.approx(255 * srgb_from_linear(grey), abs=0.3)
    read = measure_grain([Patch(ycc_of(after), np.ones(after.shape[:2], bool))])
    assert read.variance_px2[0] == pytest.approx(variance_px2, abs=0.15)


def test_grain_of_colours_is_told_apart_from_luma() -> None:
    grain = grain_of([0.0, 4.0, 2.0])
    after = ycc_of(encoded(develop(sheet(0.2), replace(PERFECT, grain=grain), rng())))
    np.testing.assert_allclose(after.std(axis=(0, 1)), [0.0, 4.0, 2.0], rtol=0.06, atol=0.1)


def test_the_same_generator_gives_the_same_grain_and_another_gives_another() -> None:
    first, second = (develop(sheet(0.2), GRAINY, rng()).rgba for _ in range(2))
    np.testing.assert_array_equal(first, second)
    other = develop(sheet(0.2), GRAINY, np.random.default_rng(8)).rgba
    assert np.abs(first - other).max() > 0.01


def test_grain_fades_in_what_is_bright_and_ends_before_white() -> None:
    deviations = [
        encoded(develop(sheet(linear_from_srgb(value / 255)), GRAINY, rng())).std()
        for value in (200.0, 237.5, 251.0, 255.0)
    ]
    assert deviations[0] == pytest.approx(6.0, rel=0.06)
    assert deviations[1] == pytest.approx(6.0 * (250 - 237.5) / (250 - 205), rel=0.1)
    assert max(deviations[2:]) < 0.01


def test_grain_is_on_what_is_covered_only_and_as_much_as_it_is_covered() -> None:
    layer = Layer(np.zeros((96, 128, 4), np.float32), (120, 80))
    np.testing.assert_array_equal(develop(layer, GRAINY, rng()).rgba, layer.rgba)
    whole = develop(sheet(0.2), GRAINY, rng()).rgba[..., :3].std()
    half = develop(sheet(0.2, alpha=0.5), GRAINY, rng()).rgba[..., :3].std()
    assert half == pytest.approx(whole / 2, rel=0.01)


def test_grain_leaves_alpha_as_it_is() -> None:
    after = develop(sheet(0.2, alpha=0.4), GRAINY, rng())
    np.testing.assert_allclose(after.rgba[..., 3], 0.4, rtol=1e-6)


def test_a_fabric_with_as_much_detail_gets_no_grain_on_top() -> None:
    once = develop(sheet(0.2), GRAINY, rng())
    twice = develop(once, GRAINY, np.random.default_rng(8))
    assert encoded(twice).std() < 1.15 * encoded(once).std()


@pytest.mark.parametrize("cover", [0.0, 0.02, 0.1])
def test_a_highlight_on_something_clear_survives(cover: float) -> None:
    """More light than alpha: what a visor mirrors."""
    layer = Layer(np.full((60, 60, 4), (0.4, 0.4, 0.4, cover), np.float32), (120, 80))
    sensor = replace(lens(np.eye(2)), grain=GRAINY.grain, tone=ToneCurve(np.zeros(3), 1.0))
    after = develop(layer, sensor, rng())
    np.testing.assert_allclose(after.rgba.sum((0, 1)), layer.rgba.sum((0, 1)), rtol=1e-4)
    np.testing.assert_allclose(after.rgba[30, 30, :3], 0.4, rtol=1e-4)


def test_haze_lifts_black_to_its_colour_and_leaves_white() -> None:
    floor = np.array([0.05, 0.06, 0.09])
    hazy = replace(PERFECT, tone=ToneCurve(floor, 0.0))
    for alpha in (1.0, 0.5, 0.0):
        black = develop(sheet(0.0, alpha), hazy, rng()).rgba[5, 5]
        np.testing.assert_allclose(black, [*(alpha * floor), alpha], atol=1e-6)
        white = develop(sheet(1.0, alpha), hazy, rng()).rgba[5, 5]
        np.testing.assert_allclose(white, alpha, atol=1e-6)


def shoulder(light: float) -> float:
    """The tone curve of both renderers."""
    room = SHOULDER_END - SHOULDER_START
    return (
        light
        if light < SHOULDER_START
        else SHOULDER_END - room * np.exp((SHOULDER_START - light) / room)
    )


@pytest.mark.parametrize("light", [0.2, 0.6, 0.75, 0.95, 1.0, 1.3, 4.0])
def test_where_the_photo_cuts_highlights_off_the_shoulder_is_undone(light: float) -> None:
    hard = replace(PERFECT, tone=ToneCurve(np.zeros(3), 1.0))
    for alpha in (1.0, 0.3):
        colour = develop(sheet(shoulder(light), alpha), hard, rng()).rgba[5, 5, :3]
        np.testing.assert_allclose(colour, alpha * min(light, 1.0), rtol=1e-4)
    between = replace(PERFECT, tone=ToneCurve(np.zeros(3), 0.5))
    value = develop(sheet(shoulder(light)), between, rng()).rgba[5, 5, 0]
    assert value == pytest.approx((shoulder(light) + min(light, 1.0)) / 2, rel=1e-4)


@pytest.mark.parametrize(("sigma_px", "noise"), [(0.6, 2.0), (1.0, 5.0), (2.0, 1.0)])
def test_a_developed_sheet_reads_as_the_photo_it_is_put_on(sigma_px: float, noise: float) -> None:
    side_px = 256
    photo = photo_of(tiles(side_px), sigma_px, noise)
    sensor = estimate_sensor(photo, fit_at((128.0, 128.0), (side_px, side_px), 1.4))
    layer = Layer(sheet(0.03, shape=(90, 110)).rgba, (70, 80))
    after = composite_over(develop(layer, sensor, rng()), Photo(photo)).rgb
    box, rim = np.zeros((2, side_px, side_px), bool)
    box[88:162, 78:172] = True
    rim[74:176, 64:186] = True
    rim &= ~box
    read = width_px(after, rim, measure_grain([Patch(ycc_of(after), box)]))
    assert read == pytest.approx(np.sqrt(np.trace(sensor.blur_px2) / 2), rel=0.25, abs=0.1)
    bands = calm_bands([Patch(ycc_of(after), box)])[:, 0]
    expected = calm_bands([Patch(ycc_of(photo), np.ones((side_px, side_px), bool))])[:, 0]
    np.testing.assert_allclose(bands, expected, rtol=0.25)


def width_px(rgb: ByteArray, where: NDArray[np.bool_], grain: Grain) -> float:
    """Width of the edges there."""
    return float(np.sqrt(np.trace(measure_blur([Patch(ycc_of(rgb), where)], grain)) / 2))


def test_shadows_are_deepened_as_cameras_do_and_the_rest_stays() -> None:
    grey = np.array([0.0, 0.03, 0.18, 0.5, 1.0])
    colour = np.array([0.10, 0.02, 0.01])
    straight = np.vstack([np.repeat(grey[:, None], 3, axis=1), colour])
    for cover in (1.0, 0.4):
        rgba = np.column_stack([cover * straight, np.full(6, cover)]).astype(np.float32)[None]
        deep = apply_tone_curve(rgba, ToneCurve(np.zeros(3), 0.0, CAMERA_TOE))[0, :, :3] / cover
        assert deep[0].max() == 0.0
        assert deep[1, 0] == pytest.approx(0.018, abs=0.002)
        assert deep[2, 0] > 0.9 * 0.18
        np.testing.assert_allclose(deep[3:5, 0], grey[3:], rtol=0.03)
        np.testing.assert_allclose(deep[5] / deep[5, 0], colour / colour[0], rtol=1e-5)


def test_wide_blotches_are_no_grain() -> None:
    """Skin and walls have texture that the fine band does not show."""
    rng = np.random.default_rng(0)
    blotches = np.asarray(cv2.GaussianBlur(rng.normal(0.0, 1.0, (192, 192, 1)), (0, 0), 2.5))
    ycc = np.zeros((192, 192, 3), np.float32)
    ycc[..., 0] = 120 + 6.0 * blotches / blotches.std()
    grain = measure_grain([Patch(ycc, np.ones((192, 192), bool))])
    assert grain.level[0] < 1.0
