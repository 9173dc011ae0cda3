from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mask3d.recipe import CREASE_SETS, draw_recipe

MASKS = ("surgical_blue", "n95_white", "cloth_floral")
names = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=12)


@given(seed=st.integers(0, 2**40), image=names, face=st.integers(0, 50))
def test_a_recipe_depends_on_its_arguments_alone(seed: int, image: str, face: int) -> None:
    first = draw_recipe(MASKS, seed, image, face)
    draw_recipe(MASKS, seed + 1, "another.jpg", face)
    np.random.default_rng().random()
    assert draw_recipe(MASKS, seed, image, face) == first


def test_seed_image_and_face_each_change_the_draw() -> None:
    base = draw_recipe(MASKS, 1, "a.jpg", 0)
    others = [
        draw_recipe(MASKS, 2, "a.jpg", 0),
        draw_recipe(MASKS, 1, "b.jpg", 0),
        draw_recipe(MASKS, 1, "a.jpg", 1),
    ]
    assert all(other.crease_weights != base.crease_weights for other in others)


def test_a_face_number_is_never_taken_for_a_part_of_the_name() -> None:
    one = draw_recipe(MASKS, 0, "a", ord("b"))
    assert one.crease_weights != draw_recipe(MASKS, 0, "ab", 0).crease_weights


def test_names_that_are_no_utf8_draw_too() -> None:
    assert draw_recipe(MASKS, 0, "broken_\udcff.jpg", 0).mask in MASKS


def test_masks_are_drawn_evenly() -> None:
    drawn = [draw_recipe(MASKS, 0, f"{i}.jpg", 0).mask for i in range(600)]
    counts = [drawn.count(mask) for mask in MASKS]
    assert min(counts) > 150  # 200 expected, sigma 11.5


def test_crease_weights_lie_between_smooth_and_full() -> None:
    weights = np.array([draw_recipe(MASKS, 0, f"{i}.jpg", 0).crease_weights for i in range(200)])
    assert weights.shape == (200, CREASE_SETS)
    assert weights.min() >= 0.0
    assert weights.max() <= 1.0
    assert np.ptp(weights, axis=0).min() > 0.8  # every set takes part


def test_no_mask_to_choose_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="masks is empty"):
        draw_recipe((), 0, "a.jpg", 0)
