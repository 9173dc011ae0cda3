"""What ships in ``textures/`` is what its scripts draw, and it repeats without a seam."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mask3d.arrays import ByteArray
from mask3d.assets import asset_path
from mask3d.fabric import PLAIN, list_fabrics, list_patterns
from mask3d.image_io import read_photo
from scripts.textures.catalogue import FABRICS, PATTERNS
from scripts.textures.pattern import GROUND, Print
from scripts.textures.shapes import arc, box, disc, ellipse, heart, leaf, star, stroke

MADE = {f"fabrics/{name}": FABRICS[name] for name in sorted(FABRICS)} | {
    f"patterns/{name}": PATTERNS[name] for name in sorted(PATTERNS)
}


@cache
def made(name: str) -> ByteArray:
    return MADE[name]().rgb()


def test_every_picture_is_listed_and_every_name_has_a_picture() -> None:
    assert set(FABRICS) == set(list_fabrics())
    assert set(PATTERNS) | {PLAIN} == set(list_patterns())


@pytest.mark.parametrize("name", MADE)
def test_a_picture_is_what_its_script_draws(name: str) -> None:
    shipped = read_photo(asset_path("textures", f"{name}.png")).rgb
    assert np.abs(shipped.astype(int) - made(name)).max() <= 1


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("axis", [0, 1])
def test_a_picture_has_no_seam(name: str, axis: int) -> None:
    """Its opposite borders differ no more than the most different neighbours inside."""
    picture = np.moveaxis(made(name), axis, 0).astype(float)
    inside = np.abs(np.diff(picture, axis=0)).mean(axis=(1, 2)).max()
    across = np.abs(picture[0] - picture[-1]).mean()
    assert across <= 1.2 * inside + 0.5


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        (disc, np.pi),
        (ellipse(0.9, 0.4, 0.05, 0.1), np.pi * 0.36),
        (box(0.8, 0.5), 1.6),
        (stroke(((-0.5, 0.2), (0.5, 0.2)), 0.2), 0.4 + np.pi * 0.04),
        (arc(0.7, 0, 360, 0.1), np.pi * (0.8**2 - 0.6**2)),
        (arc(0.7, 200, 290, 0.1), np.pi * (0.8**2 - 0.6**2) / 4 + np.pi * 0.01),
        (star(5, 0.4), 5 * 0.4 * np.sin(np.pi / 5)),
        (leaf(0.5), np.pi / 4),  # as wide as long: a circle
    ],
)
def test_a_shape_covers_its_area_wherever_it_lies(shape: object, area: float) -> None:
    """Round the corner of the tile, turned and small, as in its middle."""
    for at, turn in (((0.5, 0.5), 0.0), ((0.01, 0.98), 0.7)):
        cloth = Print(256)
        cloth.put(shape, at, 0.3, 1, turn)  # type: ignore[arg-type]
        assert cloth.shares[..., 0].mean() / 0.09 == pytest.approx(area, rel=0.02)


def test_a_heart_stands_on_its_tip() -> None:
    assert heart(np.array(0.0), np.array(0.9)) < 0 < heart(np.array(0.3), np.array(0.9))


def test_inks_cover_each_other() -> None:
    cloth = Print(64)
    cloth.cover(np.full((64, 64), 1.0), 1)
    cloth.cover(np.full((64, 64), 0.25), 2)
    np.testing.assert_allclose(cloth.shares[0, 0], [0.75, 0.25, 0.0])
    cloth.cover(np.full((64, 64), 0.5), GROUND)
    np.testing.assert_allclose(cloth.shares[0, 0], [0.375, 0.125, 0.0])
