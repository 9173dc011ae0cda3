"""Laws of the light that is taken for a lamp."""

from __future__ import annotations

import numpy as np
import pytest

from mask3d.key_light import key_light
from mask3d.lighting import Lighting
from tests.renderer_scenes import FROM_THE_RIGHT, KEYED_LIGHT, SIDE_LIGHT, WHITE_LIGHT


def test_light_from_all_around_makes_no_highlight() -> None:
    key = key_light(WHITE_LIGHT)
    np.testing.assert_allclose(key.strength, 0, atol=1e-12)
    np.testing.assert_allclose(key.room, np.eye(4)[:, :1] * np.ones(3), atol=1e-12)


def test_the_key_light_comes_from_where_most_light_does() -> None:
    key = key_light(FROM_THE_RIGHT)
    np.testing.assert_allclose(key.towards, [1, 0, 0], atol=1e-9)
    assert (key.strength > 0.3).all()
    np.testing.assert_allclose(key.room[2:], 0, atol=1e-9)


def test_a_lamp_says_more_of_the_direction_than_the_room() -> None:
    across = np.array([0.0, 1.0, 0.0])
    light = Lighting(FROM_THE_RIGHT.sh, np.ones(3), key_towards=across, key=np.full(3, 0.3))
    assert key_light(light).towards @ across > 0.7


def test_a_lamp_that_skin_told_of_keeps_its_strength() -> None:
    lamp = np.array([1.6, 1.2, 0.9])
    even = np.eye(9)[:, :1] * np.ones(3)
    light = Lighting(0.6 * even, np.ones(3), key_towards=np.array([0.6, -0.8, 0.0]), key=lamp)
    key = key_light(light)
    np.testing.assert_allclose(key.strength, lamp, rtol=1e-6)
    np.testing.assert_allclose(key.room[1:], 0, atol=0.05)


@pytest.mark.parametrize("lighting", [SIDE_LIGHT, KEYED_LIGHT])
def test_a_key_light_and_a_room_light_skin_as_before(lighting: Lighting) -> None:
    """Their constant and linear parts together are those of the light."""
    key = key_light(lighting)
    around = np.random.default_rng(2).normal(size=(100_000, 3))
    around /= np.linalg.norm(around, axis=1, keepdims=True)
    light = lighting.irradiance(around)
    direct = np.maximum(around @ key.towards, 0)[:, None] * key.strength
    room = key.room[0] + 2 / 3 * around @ key.room[1:]  # (N, 3) @ (3, 3)
    left = light - direct - room
    np.testing.assert_allclose(left.mean(axis=0), 0, atol=3e-3)
    np.testing.assert_allclose(3 * around.T @ left / len(around), 0, atol=6e-3)
