"""Laws of the light that is taken for a lamp."""

from __future__ import annotations

import numpy as np

from mask3d.key_light import key_light
from tests.renderer_scenes import FROM_THE_RIGHT, SIDE_LIGHT, WHITE_LIGHT


def test_light_from_all_around_makes_no_highlight() -> None:
    key = key_light(WHITE_LIGHT)
    np.testing.assert_allclose(key.strength, 0, atol=1e-12)
    np.testing.assert_allclose(key.room, np.eye(4)[:, :1] * np.ones(3), atol=1e-12)


def test_the_key_light_comes_from_where_most_light_does() -> None:
    key = key_light(FROM_THE_RIGHT)
    np.testing.assert_allclose(key.towards, [1, 0, 0], atol=1e-9)
    assert (key.strength > 0.3).all()
    np.testing.assert_allclose(key.room[2:], 0, atol=1e-9)


def test_a_key_light_and_a_room_light_skin_as_before() -> None:
    """Their constant and linear parts together are those of the light."""
    key = key_light(SIDE_LIGHT)
    around = np.random.default_rng(2).normal(size=(100_000, 3))
    around /= np.linalg.norm(around, axis=1, keepdims=True)
    light = SIDE_LIGHT.irradiance(around)
    direct = np.maximum(around @ key.towards, 0)[:, None] * key.strength
    room = key.room[0] + 2 / 3 * around @ key.room[1:]  # (N, 3) @ (3, 3)
    left = light - direct - room
    np.testing.assert_allclose(left.mean(axis=0), 0, atol=3e-3)
    np.testing.assert_allclose(3 * around.T @ left / len(around), 0, atol=6e-3)
