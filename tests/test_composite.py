from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mask3d.colour import REC709_LUMA, linear_from_srgb, srgb_from_linear
from mask3d.composite import composite_over
from mask3d.mesh import Layer
from mask3d.photo import Encoding, JpegCoding, Photo

DTYPES = [np.uint8, np.uint16]
KINDS = [(dtype, alpha, grey) for dtype in DTYPES for alpha in (0, 1) for grey in (0, 1)]


def make_photo(dtype: Any, alpha: int = 0, grey: int = 0, seed: int = 0) -> Photo:
    rng = np.random.default_rng(seed)
    samples = rng.integers(0, np.iinfo(dtype).max, (7, 9, 4), dtype, endpoint=True)
    pixels = samples[..., :1].repeat(3, axis=2) if grey else samples[..., :3]
    return Photo(pixels, samples[..., 3] if alpha else None, is_grey=bool(grey))


def make_layer(
    colour: Any, alpha: Any, shape: tuple[int, int] = (7, 9), origin_px: tuple[int, int] = (0, 0)
) -> Layer:
    """Layer of straight linear `colour`."""
    cover = np.broadcast_to(np.asarray(alpha, float), shape)[..., None]
    return Layer(np.concatenate([cover * colour + np.zeros(3), cover], axis=2), origin_px)


def random_layer(seed: int, shape: tuple[int, int] = (7, 9)) -> Layer:
    rng = np.random.default_rng(seed)
    alpha = rng.choice([0.0, 1.0, 0.3, 0.9], shape)
    return make_layer(rng.random((*shape, 3)), alpha, shape)


def flat_photo(value: int, dtype: Any = np.uint8) -> Photo:
    return Photo(np.full((7, 9, 3), value, dtype))


def reference(layer: Layer, photo: Photo) -> tuple[NDArray[Any], NDArray[Any]]:
    """The definition in float64, unrounded: colours and alpha in 0..highest."""
    highest = np.iinfo(photo.pixels.dtype).max
    rgba = layer.rgba.astype(float)
    below = np.ones(rgba.shape[:2]) if photo.alpha is None else photo.alpha / highest
    below = (1 - rgba[..., 3]) * below
    rgb = rgba[..., :3] @ np.outer(REC709_LUMA, np.ones(3)) if photo.is_grey else rgba[..., :3]
    total = np.maximum(rgba[..., 3] + below, 1e-9)
    light = rgb + below[..., None] * linear_from_srgb(photo.pixels / highest)
    return srgb_from_linear(light / total[..., None]) * highest, total * highest


@pytest.mark.parametrize(("dtype", "alpha", "grey"), KINDS)
def test_composite_is_over_in_linear_light_rounded_to_the_nearest(
    dtype: Any, alpha: int, grey: int
) -> None:
    photo = make_photo(dtype, alpha, grey)
    layer = random_layer(1)
    colours, total = reference(layer, photo)
    after = composite_over(layer, photo)
    worn = layer.rgba[..., 3] > 0
    assert np.abs(after.pixels - colours)[worn].max() <= 0.501
    if after.alpha is not None:
        assert np.abs(after.alpha - total)[worn].max() <= 0.501


@pytest.mark.parametrize(("dtype", "alpha", "grey"), KINDS)
def test_pixels_without_layer_are_bit_identical(dtype: Any, alpha: int, grey: int) -> None:
    photo = make_photo(dtype, alpha, grey)
    layer = random_layer(2)
    free = layer.rgba[..., 3] == 0
    after = composite_over(layer, photo)
    np.testing.assert_array_equal(after.pixels[free], photo.pixels[free])
    assert (after.pixels[~free] != photo.pixels[~free]).any()
    if photo.alpha is not None and after.alpha is not None:
        np.testing.assert_array_equal(after.alpha[free], photo.alpha[free])


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_value_survives_a_layer_that_takes_next_to_nothing(dtype: Any) -> None:
    highest = np.iinfo(dtype).max
    ramp = np.arange(highest + 1, dtype=dtype).reshape(-1, 16, 1).repeat(3, axis=2)
    photo = Photo(ramp)
    after = composite_over(make_layer(0.5, 1e-9, ramp.shape[:2]), photo)
    np.testing.assert_array_equal(after.pixels, photo.pixels)


@pytest.mark.parametrize(("dtype", "expected"), [(np.uint8, 188), (np.uint16, 48192)])
def test_half_white_over_black_is_half_the_light(dtype: Any, expected: int) -> None:
    after = composite_over(make_layer(1.0, 0.5), flat_photo(0, dtype))
    assert (after.pixels == expected).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_full_alpha_replaces(dtype: Any) -> None:
    colour = np.array([0.1, 0.4, 0.8])
    after = composite_over(make_layer(colour, 1.0), make_photo(dtype, alpha=1))
    expected = np.rint(srgb_from_linear(colour) * np.iinfo(dtype).max)
    assert (after.pixels == expected).all()
    assert after.alpha is not None and (after.alpha == np.iinfo(dtype).max).all()


def test_light_beyond_white_and_below_black_is_clipped() -> None:
    photo = flat_photo(100)
    assert (composite_over(make_layer(7.0, 1.0), photo).pixels == 255).all()
    assert (composite_over(make_layer(-7.0, 1.0), photo).pixels == 0).all()


def test_a_transparent_photo_lends_no_colour() -> None:
    photo = replace(flat_photo(255), alpha=np.zeros((7, 9), np.uint8))
    after = composite_over(make_layer(0.2, 0.4), photo)
    assert (after.pixels == np.rint(srgb_from_linear(0.2) * 255)).all()
    assert after.alpha is not None and (after.alpha == 102).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_light_beyond_the_cover_is_added(dtype: Any) -> None:
    """A highlight on clear plastic: much light, little cover."""
    layer = Layer(np.full((7, 9, 4), (0.3, 0.3, 0.3, 0.05), np.float32), (0, 0))
    photo = make_photo(dtype)
    after = composite_over(layer, photo)
    highest = np.iinfo(dtype).max
    light = 0.3 + 0.95 * linear_from_srgb(photo.pixels / highest)
    expected = srgb_from_linear(np.minimum(light, 1.0)) * highest
    assert np.abs(after.pixels - expected).max() <= 0.501
    assert (light > 1).any() and (after.pixels >= photo.pixels).all()


def test_a_grey_photo_receives_luminance() -> None:
    photo = replace(flat_photo(0), is_grey=True)
    after = composite_over(make_layer(np.array([0.0, 1.0, 0.0]), 1.0), photo)
    assert after.is_grey
    assert (after.pixels == np.rint(srgb_from_linear(0.7152) * 255)).all()


@given(st.integers(-12, 12), st.integers(-12, 12), st.integers(1, 12), st.integers(1, 12))
@settings(max_examples=50, deadline=None)
def test_a_layer_over_the_border_is_cut_there(x0: int, y0: int, width: int, height: int) -> None:
    photo = make_photo(np.uint8)
    after = composite_over(make_layer(0.5, 1.0, (height, width), (x0, y0)), photo)
    expected = np.array(photo.pixels)
    for y in range(max(y0, 0), min(y0 + height, 7)):
        for x in range(max(x0, 0), min(x0 + width, 9)):
            expected[y, x] = 188
    np.testing.assert_array_equal(after.pixels, expected)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(0, 255), st.floats(0.0, 1.0))
@settings(deadline=None)
def test_the_result_lies_between_layer_and_photo(
    colour: float, alpha: float, below: int, more: float
) -> None:
    top = int(np.rint(srgb_from_linear(colour) * 255))
    thin = int(composite_over(make_layer(colour, alpha * more), flat_photo(below)).pixels[0, 0, 0])
    thick = int(composite_over(make_layer(colour, alpha), flat_photo(below)).pixels[0, 0, 0])
    assert min(top, below) <= thick <= max(top, below)
    assert abs(thin - below) <= abs(thick - below)  # and nearer to the layer the more it covers


def test_the_input_and_its_encoding_stay() -> None:
    coding = JpegCoding(((1,) * 64,), 0, progressive=True)
    photo = replace(flat_photo(50), encoding=Encoding("JPEG", b"icc", b"exif", coding))
    after = composite_over(make_layer(1.0, 1.0), photo)
    assert (photo.pixels == 50).all()
    assert after.encoding == photo.encoding


def test_an_empty_layer_changes_nothing() -> None:
    photo = make_photo(np.uint8)
    after = composite_over(Layer(np.zeros((0, 0, 4), np.float32), (3, 3)), photo)
    np.testing.assert_array_equal(after.pixels, photo.pixels)
