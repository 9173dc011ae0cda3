from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from mask3d.contact import contact_map, raised, skin_distance
from mask3d.drape import drape, drape_worn
from mask3d.errors import BadMaskError
from mask3d.masks import Mask, load_mask
from mask3d.recipe import Recipe, Wearing
from tests.fitted_heads import head_fit


def in_states(mask: Mask, *states: str) -> Mask:
    """The mask with its usual pose in each of some states, and in no others."""
    return replace(mask, poses=MappingProxyType(dict.fromkeys(states, mask.poses["covered"])))


def test_one_mask_is_worn_as_it_drapes() -> None:
    fit, mask = head_fit(), load_mask("surgical_blue")
    alone, worn = drape(mask, fit, Recipe("a")), drape_worn([mask], fit, Recipe("a"))
    for one, other in zip(alone, worn, strict=True):
        np.testing.assert_array_equal(one.vertices_mm, other.vertices_mm)


def test_the_outer_mask_lies_on_the_inner_one() -> None:
    fit = head_fit()
    inner, outer = load_mask("surgical_blue"), load_mask("cloth_black")
    below = drape(inner, fit, Recipe("a"))
    together = drape_worn([inner, outer], fit, Recipe("a+b"))
    np.testing.assert_array_equal(together[0].vertices_mm, below[0].vertices_mm)
    skin = contact_map(fit.model, fit.vertices_mm)
    cover = raised(skin, below[0].vertices_mm, below[0].faces)
    depth_mm = [
        skin_distance(cover, mesh.vertices_mm)[0].min()
        for mesh in (together[len(below)], drape(outer, fit, Recipe("b"))[0])
    ]
    assert depth_mm[0] > -1.0  # creases and relief aside, nothing sinks into the inner mask
    assert depth_mm[1] < -3.0  # where it would lie without one


def test_a_surface_laid_over_the_skin_raises_it_where_it_is_and_nowhere_else() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    ahead_mm = skin.centre_mm + np.array([[-20.0, -20, 150], [20, -20, 150], [0, 20, 150]])
    cover = raised(skin, ahead_mm, np.array([[0, 1, 2]], np.int32))
    changed = cover.radius_mm != skin.radius_mm
    assert 0.0 < changed.mean() < 0.05
    assert (cover.radius_mm[changed] > 149.0).all()
    assert (cover.radius_mm[changed] < 160.0).all()


def test_the_outer_mask_covers_the_face_where_it_cannot_be_in_the_state() -> None:
    fit = head_fit()
    inner = in_states(load_mask("surgical_blue"), "covered", "nose_out")
    outer = in_states(load_mask("n95_white"), "covered")
    recipe = Recipe("a+b", wearing=Wearing("nose_out"))
    assert len(drape_worn([inner, outer], fit, recipe)) == len(
        drape_worn([inner, outer], fit, Recipe("a+b"))
    )
    with pytest.raises(BadMaskError, match="cannot be worn nose_out"):
        drape_worn([outer, inner], fit, recipe)
