"""Laws of the light that smooth surfaces mirror."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mask3d.lighting import Lighting
from mask3d.renderer import Renderer
from tests.renderer_scenes import (
    FROM_THE_RIGHT,
    GREY,
    SIDE_LIGHT,
    SIZE_PX,
    WHITE_LIGHT,
    ball,
    changed,
    drawn,
    flat_material,
)


@pytest.mark.parametrize("light", [FROM_THE_RIGHT, SIDE_LIGHT, WHITE_LIGHT])
def test_a_mirror_ball_shows_all_the_light_there_is(renderer: Renderer, light: Lighting) -> None:
    """From afar it reflects every direction alike; light is that of 20,000 of them."""
    chrome = changed(
        ball(12, GREY, 48), material=flat_material(0, 0, 0, 255, gloss=1.0, roughness=0.0)
    )
    photo = drawn(renderer, chrome, lighting=replace(light, gain=np.full(3, 0.005)))
    around = np.random.default_rng(1).normal(size=(20_000, 3))
    around /= np.linalg.norm(around, axis=1, keepdims=True)
    expected = 0.005 * light.irradiance(around).mean(axis=0)
    seen = photo[photo[..., 3] > 0]  # without the poles, some of the darkest or brightest
    np.testing.assert_allclose(seen[:, :3].sum(axis=0) / seen[:, 3].sum(), expected, rtol=0.1)


def test_a_highlight_stands_out_from_the_room(renderer: Renderer) -> None:
    """Black latex shows a bright spot and is black elsewhere: no milky haze all over."""
    latex = changed(
        ball(12, GREY), material=flat_material(0, 0, 0, 255, gloss=0.045, roughness=0.25)
    )
    row = drawn(renderer, latex, lighting=FROM_THE_RIGHT)[SIZE_PX // 2, 6:26, 0]
    assert row.max() > 8 * np.median(row)


def test_cloth_has_no_bright_line_at_its_outline(renderer: Renderer) -> None:
    cloth = changed(
        ball(12, GREY, 48), material=flat_material(30, 30, 33, 255, gloss=0.02, roughness=0.65)
    )
    layer = drawn(renderer, cloth, lighting=WHITE_LIGHT)
    whole = layer[layer[..., 3] == 1, 0]
    outline = layer[(layer[..., 3] > 0) & (layer[..., 3] < 1)]
    assert (outline[:, 0] / outline[:, 3]).max() < 2.2 * np.median(whole)
