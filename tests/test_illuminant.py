"""Laws of how bright a mask is, and of its tint."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA, srgb_from_linear
from mask3d.illuminant import (
    BRIGHT_LIGHT,
    COLOUR_TEMPERATURE_AXIS,
    LIGHT_MEAN,
    MAX_MASK_TO_SCENE,
    MAX_MASK_TO_SKIN,
    MIN_MASK_TO_SKIN,
    ORDINARY_SCENE,
    SKIN_ALBEDO,
    WHITE_ALBEDO,
    expected_light,
    light_on_grey_skin,
    light_on_skin,
    light_tint,
    white_mask_colour,
    white_mask_luminance,
)
from mask3d.tone import Tone

LUMINANCES = st.floats(1e-4, 1.0)
BRIGHT_SCENE = np.ones((10, 3))
NEUTRAL = np.ones(3)


def colour_of(light: FloatArray) -> FloatArray:
    colour: FloatArray = light / (light @ REC709_LUMA)
    return colour


@given(skin=LUMINANCES, light=st.floats(1e-4, 10.0), scene=LUMINANCES)
def test_mask_to_skin_ratio_stays_within_its_limits(
    skin: float, light: float, scene: float
) -> None:
    mask = white_mask_luminance(skin, light, scene)
    assert MIN_MASK_TO_SKIN * skin * 0.999 <= mask <= MAX_MASK_TO_SKIN * skin * 1.001
    assert mask <= max(MAX_MASK_TO_SCENE * scene, MIN_MASK_TO_SKIN * skin) * 1.001


def test_masks_do_not_glow_in_dim_rooms() -> None:
    assert white_mask_luminance(0.02, 1.0, 0.03) < 4 * 0.02


def scene_of(luminance: float, black_border: int = 0) -> FloatArray:
    """Linear grey pixels of a photo and of a border round it."""
    return np.vstack([np.full((10, 3), luminance), np.zeros((black_border, 3))])


def test_skin_in_a_dark_photo_stands_in_less_light() -> None:
    skin = 0.09 * colour_of(SKIN_ALBEDO[1])
    ordinary, dim = (
        white_mask_colour(
            skin, np.vstack([srgb_from_linear(scene_of(level)), BRIGHT_SCENE[:1]]), Tone.COLOUR
        )
        @ REC709_LUMA
        for level in (0.2, 0.005)
    )
    assert dim < 0.85 * ordinary
    assert dim > MIN_MASK_TO_SKIN * 0.09


@given(luminance=st.floats(1.01 * ORDINARY_SCENE, 1.0))
def test_dark_skin_in_an_ordinary_photo_is_not_taken_for_dim_light(luminance: float) -> None:
    expected = expected_light(scene_of(luminance))
    assert light_on_skin(SKIN_ALBEDO[-1], NEUTRAL, expected) @ REC709_LUMA > 0.6


@given(luminance=LUMINANCES, border=st.integers(1, 50))
def test_a_black_border_makes_no_photo_darker(luminance: float, border: int) -> None:
    assert expected_light(scene_of(luminance, border)) == pytest.approx(
        expected_light(scene_of(luminance))
    )


def test_however_dark_the_photo_some_light_is_expected() -> None:
    black, night, dusk = (expected_light(scene_of(level)) for level in (0.0, 0.01, 0.1))
    assert 0.05 < black == night < dusk


def test_white_is_lifted_less_than_skin_in_bright_light() -> None:
    ordinary, bright = (white_mask_luminance(0.5, light, 1.0) for light in (0.9, 2.0))
    assert ordinary == pytest.approx(0.9 * WHITE_ALBEDO)
    assert BRIGHT_LIGHT * WHITE_ALBEDO < bright < 0.9 * 2.0 * WHITE_ALBEDO


@given(skin=LUMINANCES, light=st.floats(1e-3, 5.0), factor=st.floats(1.0, 3.0))
def test_more_light_never_gives_a_darker_mask(skin: float, light: float, factor: float) -> None:
    dim = white_mask_luminance(skin, light, 1.0)
    assert dim <= white_mask_luminance(skin, light * factor, 1.0)


@pytest.mark.parametrize("tone", range(len(SKIN_ALBEDO)))
def test_white_light_reads_as_white_on_every_skin(tone: int) -> None:
    colour = colour_of(light_on_skin(0.7 * SKIN_ALBEDO[tone], NEUTRAL, LIGHT_MEAN))
    np.testing.assert_allclose(colour, 1.0, atol=0.12)


@pytest.mark.parametrize("tone", range(len(SKIN_ALBEDO)))
def test_warm_light_reads_warmer_than_cool_light(tone: int) -> None:
    warm, cool = (
        colour_of(
            light_on_skin(
                0.7 * SKIN_ALBEDO[tone] * np.exp(s * COLOUR_TEMPERATURE_AXIS), NEUTRAL, LIGHT_MEAN
            )
        )
        for s in (-0.3, 0.3)
    )
    assert warm[0] / warm[2] > 1.15 * cool[0] / cool[2]


@given(skin=LUMINANCES, factor=st.floats(1.01, 2.0))
def test_brighter_skin_stands_in_more_light(skin: float, factor: float) -> None:
    assert light_on_grey_skin(skin * factor, LIGHT_MEAN) > light_on_grey_skin(skin, LIGHT_MEAN)
    rgb = skin * SKIN_ALBEDO[2]
    dim, bright = (light_on_skin(f * rgb, NEUTRAL, LIGHT_MEAN) for f in (1.0, factor))
    assert bright @ REC709_LUMA > dim @ REC709_LUMA


def test_tint_of_white_light_is_none_and_cool_light_tints_less_than_warm() -> None:
    np.testing.assert_allclose(light_tint(np.full(3, 0.4)), 1.0)
    warm, cool = (light_tint(np.exp(s * COLOUR_TEMPERATURE_AXIS)) for s in (-0.3, 0.3))
    assert warm[0] / warm[2] > cool[2] / cool[0] > 1.0


@pytest.mark.parametrize("tone", range(len(SKIN_ALBEDO)))
def test_light_is_near_the_true_one_on_every_skin(tone: int) -> None:
    light = light_on_skin(0.8 * SKIN_ALBEDO[tone], NEUTRAL, LIGHT_MEAN) @ REC709_LUMA
    assert 0.6 * 0.8 < light < 1.5 * 0.8


def test_a_warm_scene_hints_at_warm_light() -> None:
    skin = 0.7 * SKIN_ALBEDO[2]
    warm, neutral = (
        colour_of(light_on_skin(skin, np.exp(s * COLOUR_TEMPERATURE_AXIS), LIGHT_MEAN))
        for s in (-0.5, 0.0)
    )
    assert warm[0] / warm[2] > 1.03 * neutral[0] / neutral[2]


def test_coloured_photo_tints_the_mask_like_its_light() -> None:
    light = np.exp(-0.3 * COLOUR_TEMPERATURE_AXIS)
    warm, neutral = (
        white_mask_colour(0.6 * lit * SKIN_ALBEDO[1], 0.7 * BRIGHT_SCENE, Tone.COLOUR)
        for lit in (light, NEUTRAL)
    )
    assert warm[0] / warm[2] > 1.15 * neutral[0] / neutral[2]


def test_grey_photo_tints_no_mask() -> None:
    mask = white_mask_colour(np.array([0.3, 0.25, 0.2]), BRIGHT_SCENE, Tone.GREY)
    np.testing.assert_allclose(mask, mask[0])


def test_toned_photo_tints_the_mask_like_the_rest_of_it() -> None:
    scene = np.linspace(0.0, 1.0, 200)[:, None] ** np.array([0.8, 1.0, 1.4])
    mask = white_mask_colour(np.array([0.3, 0.25, 0.2]), scene, Tone.TONED)
    assert mask[0] > 1.05 * mask[1] > 1.1 * mask[2]


def test_black_skin_is_no_division_by_zero() -> None:
    for tone in Tone:
        mask = white_mask_colour(np.zeros(3), np.zeros((10, 3)), tone)
        assert np.isfinite(mask).all()
        assert (mask > 0).all()
