"""Laws of telling black-and-white, toned and coloured photos apart."""

from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA, linear_from_srgb
from mask3d.tone import (
    THUMBNAIL_PX,
    Tone,
    luminance_percentile,
    mean_colour,
    thumbnail,
    tint_at,
    tone_of,
)

GREYS = np.repeat(np.linspace(0.0, 1.0, 400)[:, None], 3, axis=1)
SEPIA = GREYS ** np.array([0.85, 1.0, 1.3])
COLOURS = np.random.default_rng(3).random((400, 3))


@pytest.mark.parametrize(
    ("pixels", "tone"), [(GREYS, Tone.GREY), (SEPIA, Tone.TONED), (COLOURS, Tone.COLOUR)]
)
def test_tone_of_pixels(pixels: FloatArray, tone: Tone) -> None:
    assert tone_of(pixels, pixels) is tone


def test_coloured_face_in_a_grey_scene_is_a_coloured_photo() -> None:
    assert tone_of(GREYS, COLOURS[:20]) is Tone.COLOUR


def test_grey_face_in_a_coloured_scene_is_a_coloured_photo() -> None:
    assert tone_of(COLOURS, GREYS[:20]) is Tone.COLOUR


def test_grey_survives_rounding_between_the_channels() -> None:
    noise = np.random.default_rng(1).integers(-1, 2, GREYS.shape) / 255
    assert tone_of(np.clip(GREYS + noise, 0, 1), GREYS) is Tone.GREY


@pytest.mark.parametrize("luminance", [0.05, 0.3, 0.9])
def test_tint_is_that_of_the_pixels_of_like_luminance(luminance: float) -> None:
    tint = tint_at(SEPIA, luminance)
    linear = linear_from_srgb(SEPIA)
    nearest = linear[np.abs(linear @ REC709_LUMA - luminance).argmin()]
    np.testing.assert_allclose(tint, nearest / (nearest @ REC709_LUMA), rtol=0.05)
    np.testing.assert_allclose(tint @ REC709_LUMA, 1.0)


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3), (450, 450), (1500, 2000)])
def test_thumbnail_keeps_the_mean_and_bounds_the_count(shape: tuple[int, int]) -> None:
    rows, columns = np.indices(shape)
    rgb = np.stack([rows * 255 // shape[0], columns * 255 // shape[1], rows * 0 + 90], axis=2)
    pixels = thumbnail(rgb.astype(np.uint8))
    assert len(pixels) <= THUMBNAIL_PX**2
    np.testing.assert_allclose(pixels.mean(axis=0), rgb.mean(axis=(0, 1)) / 255, atol=0.02)


def test_luminance_percentile_is_linear_light() -> None:
    linear = np.outer([0.0, 0.1, 0.5], [1.0, 0.5, 0.2])
    np.testing.assert_allclose(luminance_percentile(linear, 100.0), linear[2] @ REC709_LUMA)
    np.testing.assert_allclose(luminance_percentile(linear, 50.0), linear[1] @ REC709_LUMA)


def test_mean_colour_has_luminance_one_and_survives_black() -> None:
    colour = mean_colour(np.outer([0.2, 0.6], [1.0, 0.5, 0.2]))
    np.testing.assert_allclose(colour[0] / colour[2], 5.0, rtol=0.01)
    np.testing.assert_allclose(colour @ REC709_LUMA, 1.0)
    np.testing.assert_allclose(mean_colour(np.zeros((4, 3))), 1.0)
