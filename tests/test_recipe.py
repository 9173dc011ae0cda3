from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mask3d.recipe import CREASE_SETS, EARS, Choices, Wearing, draw_recipe

MASKS = ("surgical_blue", "n95_white", "cloth_floral")
CHOICES = Choices(dict.fromkeys(MASKS, ("covered",)))
names = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=12)


@given(seed=st.integers(0, 2**40), image=names, face=st.integers(0, 50))
def test_a_recipe_depends_on_its_arguments_alone(seed: int, image: str, face: int) -> None:
    first = draw_recipe(CHOICES, seed, image, face)
    draw_recipe(CHOICES, seed + 1, "another.jpg", face)
    np.random.default_rng().random()
    assert draw_recipe(CHOICES, seed, image, face) == first


def test_seed_image_and_face_each_change_the_draw() -> None:
    base = draw_recipe(CHOICES, 1, "a.jpg", 0)
    others = [
        draw_recipe(CHOICES, 2, "a.jpg", 0),
        draw_recipe(CHOICES, 1, "b.jpg", 0),
        draw_recipe(CHOICES, 1, "a.jpg", 1),
    ]
    assert all(other.crease_weights != base.crease_weights for other in others)


def test_a_face_number_is_never_taken_for_a_part_of_the_name() -> None:
    one = draw_recipe(CHOICES, 0, "a", ord("b"))
    assert one.crease_weights != draw_recipe(CHOICES, 0, "ab", 0).crease_weights


def test_names_that_are_no_utf8_draw_too() -> None:
    assert draw_recipe(CHOICES, 0, "broken_\udcff.jpg", 0).mask in MASKS


def test_masks_are_drawn_evenly() -> None:
    drawn = [draw_recipe(CHOICES, 0, f"{i}.jpg", 0).mask for i in range(600)]
    counts = [drawn.count(mask) for mask in MASKS]
    assert min(counts) > 150  # 200 expected, sigma 11.5


def test_crease_weights_lie_between_smooth_and_full() -> None:
    weights = np.array([draw_recipe(CHOICES, 0, f"{i}.jpg", 0).crease_weights for i in range(200)])
    assert weights.shape == (200, CREASE_SETS)
    assert weights.min() >= 0.0
    assert weights.max() <= 1.0
    assert np.ptp(weights, axis=0).min() > 0.8  # every set takes part


@pytest.mark.parametrize("states", [{}, {"surgical": ()}, {"surgical": ("inside_out",)}])
def test_nothing_to_choose_from_is_an_error(states: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Choices(states)


def test_states_are_drawn_evenly_and_only_those_of_the_mask() -> None:
    choices = Choices({"a": ("covered", "nose_out", "one_ear"), "b": ("chin_out",)})
    drawn = [draw_recipe(choices, 0, f"{i}.jpg", 0) for i in range(600)]
    worn = [(recipe.mask, recipe.wearing.state) for recipe in drawn]
    assert set(worn) == {(mask, state) for mask in choices.states for state in choices.states[mask]}
    assert min(worn.count(("a", state)) for state in choices.states["a"]) > 60  # 100, sigma 9.1
    assert {recipe.wearing.ear for recipe in drawn} == set(EARS)


def test_how_a_mask_is_worn_varies_about_its_usual_place() -> None:
    choices = Choices({"a": ("covered",)}, drop_mm=15.0)
    worn = [draw_recipe(choices, 0, f"{i}.jpg", 0).wearing for i in range(400)]
    table = np.array([(w.drop_mm, w.shift_mm, w.tilt_deg, w.sag) for w in worn])
    np.testing.assert_allclose(table[:, :3].mean(axis=0), [15.0, 0.0, 0.0], atol=0.3)
    assert np.ptp(table, axis=0).min() > 0.3
    assert (np.abs(table[:, :3] - [15.0, 0.0, 0.0]) <= 3.0).all()


@given(seed=st.integers(0, 2**40), image=names)
def test_exact_draws_the_same_mask_and_state_without_the_variation(seed: int, image: str) -> None:
    states = {"a": ("covered", "nose_out"), "b": ("one_ear",)}
    varied = draw_recipe(Choices(states, 2.0), seed, image, 0)
    exact = draw_recipe(Choices(states, 2.0, exact=True), seed, image, 0)
    assert exact.mask == varied.mask
    assert exact.wearing == Wearing(varied.wearing.state, 2.0, ear=varied.wearing.ear)
    assert set(exact.crease_weights) == {0.0}
