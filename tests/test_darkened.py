"""Laws of laying a shadow over a photo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mask3d.colour import REC709_LUMA, linear_from_srgb, srgb_from_linear
from mask3d.composite import darkened
from mask3d.photo import Encoding, JpegCoding, Photo
from mask3d.shadow import Shadow

KINDS = [
    (dtype, alpha, grey) for dtype in (np.uint8, np.uint16) for alpha in (0, 1) for grey in (0, 1)
]


def make_photo(dtype: Any, alpha: int = 0, grey: int = 0) -> Photo:
    samples = np.random.default_rng(0).integers(
        0, np.iinfo(dtype).max, (7, 9, 4), dtype, endpoint=True
    )
    pixels = samples[..., :1].repeat(3, axis=2) if grey else samples[..., :3]
    return Photo(pixels, samples[..., 3] if alpha else None, is_grey=bool(grey))


def random_shadow() -> Shadow:
    rng = np.random.default_rng(1)
    factor = np.where(rng.random((7, 9, 1)) < 0.4, 1.0, rng.uniform(0.3, 1.1, (7, 9, 3)))
    return Shadow(factor.astype(np.float32), (0, 0))


@pytest.mark.parametrize(("dtype", "alpha", "grey"), KINDS)
def test_the_light_is_multiplied_and_rounded_to_the_nearest(
    dtype: Any, alpha: int, grey: int
) -> None:
    photo, shadow = make_photo(dtype, alpha, grey), random_shadow()
    after = darkened(photo, shadow)
    factor = shadow.factor.astype(float)
    if grey:
        factor = (factor @ REC709_LUMA)[..., None]
    highest = np.iinfo(dtype).max
    light = np.minimum(factor * linear_from_srgb(photo.pixels / highest), 1.0)
    assert np.abs(after.pixels - srgb_from_linear(light) * highest).max() <= 0.501
    assert after.is_grey == photo.is_grey


@pytest.mark.parametrize(("dtype", "alpha", "grey"), KINDS)
def test_a_factor_of_one_leaves_every_bit(dtype: Any, alpha: int, grey: int) -> None:
    photo, shadow = make_photo(dtype, alpha, grey), random_shadow()
    after = darkened(photo, shadow)
    same = (shadow.factor == 1).all(axis=2)
    np.testing.assert_array_equal(after.pixels[same], photo.pixels[same])
    assert (after.pixels[~same] != photo.pixels[~same]).any()
    assert (after.alpha is None) == (photo.alpha is None)
    if photo.alpha is not None:
        np.testing.assert_array_equal(after.alpha, photo.alpha)


def test_the_input_and_its_encoding_stay() -> None:
    coding = JpegCoding(((1,) * 64,), 0, progressive=True)
    photo = replace(make_photo(np.uint8), encoding=Encoding("JPEG", b"icc", b"exif", coding))
    before = photo.pixels.copy()
    after = darkened(photo, random_shadow())
    np.testing.assert_array_equal(photo.pixels, before)
    assert after.encoding == photo.encoding


@given(st.integers(-12, 12), st.integers(-12, 12), st.integers(0, 12), st.integers(1, 12))
@settings(max_examples=50, deadline=None)
def test_a_shadow_over_the_border_is_cut_there(x0: int, y0: int, width: int, height: int) -> None:
    photo = Photo(np.full((7, 9, 3), 200, np.uint8))
    after = darkened(photo, Shadow(np.zeros((height, width, 3), np.float32), (x0, y0)))
    expected = np.array(photo.pixels)
    expected[max(y0, 0) : max(y0 + height, 0), max(x0, 0) : max(x0 + width, 0)] = 0
    np.testing.assert_array_equal(after.pixels, expected)
