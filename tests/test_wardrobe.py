"""Every design in every way of wearing it, on a few heads (`scripts.measure_wardrobe`: on many)."""

from __future__ import annotations

from functools import cache

import pytest

from mask3d.masks import list_designs, load_mask
from mask3d.recipe import Choices, draw_recipe
from scripts.wardrobe_measures.heads import random_head
from scripts.wardrobe_measures.limits import findings
from scripts.wardrobe_measures.measures import measure
from scripts.wardrobe_measures.true_skin import TrueSkin, true_skin

HEADS = (2, 5, 9)  # a closed mouth and two that are open
DROPPED_JAW = 11  # and a throat that folds below it
SHORT_NECK, WIDE_JAW = 76, 19
WORN = [(design, state) for design in list_designs() for state in load_mask(design).states]


@cache
def _skin(number: int) -> TrueSkin:
    fit = random_head(0, number)
    return true_skin(fit.vertices_mm, fit.model.faces)


@pytest.mark.parametrize(("design", "state"), WORN)
def test_it_sits_within_the_limits(design: str, state: str) -> None:
    mask = load_mask(design)
    choices = Choices({design: [state]})
    heads = [
        measure(mask, random_head(0, k), draw_recipe(choices, 0, "heads", k), _skin(k))
        for k in HEADS
    ]
    missed = [
        f"{f.label} is {f.value:.2f}, limit {f.limit}"
        for f in findings(mask, state, heads)
        if f.missed
    ]
    assert not missed


@pytest.mark.parametrize("design", ["bandana", "gaiter"])
def test_cloth_round_the_neck_does_not_bunch_below_a_dropped_jaw(design: str) -> None:
    recipe = draw_recipe(Choices({design: ["under_chin"]}), 0, "heads", DROPPED_JAW)
    worn = measure(load_mask(design), random_head(0, DROPPED_JAW), recipe, _skin(DROPPED_JAW))
    assert worn.crossings == 0


@pytest.mark.parametrize(
    ("design", "state", "number"),
    [
        ("bandana", "covered", WIDE_JAW),
        ("gaiter", "mouth_out", SHORT_NECK),
        ("cloth_filter", "chin_out", 72),  # cloth beside the ear that lies across the skin
        ("foam", "one_ear", 77),
        ("n95", "under_chin", 53),  # on the flare where a neck is cut
    ],
)
def test_edges_that_are_pushed_off_the_skin_do_not_pass_themselves(
    design: str, state: str, number: int
) -> None:
    recipe = draw_recipe(Choices({design: [state]}), 0, "heads", number)
    worn = measure(load_mask(design), random_head(0, number), recipe, _skin(number))
    assert worn.crossings == 0


@pytest.mark.parametrize(("design", "number"), [("surgical", 89), ("cloth_filter", 75)])
def test_what_hangs_at_the_cut_of_the_neck_stays_off_it(design: str, number: int) -> None:
    recipe = draw_recipe(Choices({design: ["under_chin"]}), 0, "heads", number)
    worn = measure(load_mask(design), random_head(0, number), recipe, _skin(number))
    assert worn.mask_depth_mm <= 0.5
    assert worn.crossings == 0
