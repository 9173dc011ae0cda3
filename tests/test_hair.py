"""Laws of head bands in a photo: they run over the hair, and below what hides the neck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mask3d.arrays import ByteArray, FloatArray
from mask3d.drape import drape_worn
from mask3d.harmonics import sh_basis
from mask3d.lighting import Lighting
from mask3d.masks import load_worn
from mask3d.mesh import Mesh
from mask3d.recipe import CREASE_SETS, Recipe
from mask3d.tuck import tucked
from tests.fitted_heads import IMAGE_PX, head_fit
from tests.test_tuck import HAIR, SKIN, in_photo

EVEN = Lighting(np.eye(9)[:, :1].repeat(3, axis=1) / sh_basis(np.eye(3)[:1])[0, 0], np.ones(3))
WALL = (120, 160, 210)
YAW_DEG = 35.0
BANDED = ["n95", "duckbill", "respirator"]
FIT = head_fit(YAW_DEG)
HAIR_MM = 15
"""How far hair stands out to the right of the head's outline in `thick_haired`."""


def bands(name: str = "n95") -> tuple[Mesh, Mesh]:
    recipe = Recipe(name, (0.0,) * CREASE_SETS)
    upper, lower = (m for m in drape_worn(load_worn(name), FIT, recipe) if m.is_band)
    return upper, lower


def seen_px(band: Mesh) -> FloatArray:
    """The middles of what is left of a band's triangles, on the side that is seen."""
    middles_mm = band.vertices_mm[band.faces].mean(axis=1)
    return in_photo(middles_mm[middles_mm[:, 0] > 0], YAW_DEG)


def outline_px(band: Mesh) -> float:
    """Column of the photo that a band reaches to."""
    return float(seen_px(band)[:, 0].max())


def column(before_ear_mm: float) -> int:
    return int(in_photo(np.array([[70.0, 0.0, before_ear_mm]]), YAW_DEG)[0, 0])


def thick_haired(hair_px: float, beyond: tuple[int, int, int] = WALL) -> ByteArray:
    """Skin up to the ear, hair up to a column, and a wall behind."""
    photo = np.full((IMAGE_PX, IMAGE_PX, 3), SKIN, np.uint8)
    photo[:, column(20.0) :] = HAIR
    photo[:, round(hair_px) :] = beyond
    return photo


def shown(band: Mesh, photo: ByteArray) -> Mesh | None:
    return next(iter(tucked([band], FIT, photo, EVEN)), None)


@pytest.mark.parametrize("name", BANDED)
def test_the_upper_band_reaches_the_outline_of_the_hair(name: str) -> None:
    upper, _ = bands(name)
    bald_px = outline_px(upper)
    worn = shown(upper, thick_haired(bald_px + HAIR_MM))
    assert worn is not None
    assert 0.5 * HAIR_MM < outline_px(worn) - bald_px < HAIR_MM + 1


def test_a_lifted_band_ends_at_the_outline() -> None:
    upper, _ = bands()
    worn = shown(upper, thick_haired(outline_px(upper) + HAIR_MM))
    assert worn is not None
    rings = np.unique(worn.uv[worn.faces, 0])
    whole = np.unique(upper.uv[:, 0])
    assert not ((rings > whole[len(whole) * 9 // 20]) & (rings < whole[len(whole) // 2])).any()


def test_a_band_is_lifted_by_hair_only() -> None:
    upper, _ = bands()
    worn = shown(upper, thick_haired(outline_px(upper) + HAIR_MM))
    assert worn is not None
    moved_mm = np.linalg.norm(worn.vertices_mm - upper.vertices_mm, axis=1)
    over_skin = in_photo(upper.vertices_mm, YAW_DEG)[:, 0] < column(30.0)
    kept = np.zeros(len(moved_mm), bool)
    kept[np.unique(worn.faces)] = True
    assert moved_mm[kept & over_skin].max() == 0.0
    assert moved_mm[kept].max() > 5.0


@pytest.mark.parametrize("name", BANDED)
def test_hair_whose_end_is_not_seen_leaves_the_upper_band(name: str) -> None:
    upper, _ = bands(name)
    assert shown(upper, thick_haired(IMAGE_PX)) is upper


def test_a_gap_in_the_hair_is_not_its_end() -> None:
    upper, _ = bands()
    photo = thick_haired(outline_px(upper) + HAIR_MM)
    whole = shown(upper, photo)
    gap_px = int(outline_px(upper)) + 5
    photo[:, gap_px : gap_px + 3] = WALL
    with_gap = shown(upper, photo)
    assert whole is not None
    assert with_gap is not None
    np.testing.assert_array_equal(with_gap.vertices_mm, whole.vertices_mm)


def test_a_shaven_head_leaves_the_upper_band() -> None:
    upper, _ = bands()
    photo = np.full((IMAGE_PX, IMAGE_PX, 3), SKIN, np.uint8)
    photo[:, round(outline_px(upper)) + HAIR_MM :] = WALL
    assert shown(upper, photo) is upper


@pytest.mark.parametrize("name", BANDED)
def test_the_lower_band_ends_where_hair_or_a_collar_begins(name: str) -> None:
    _, lower = bands(name)
    worn = shown(lower, thick_haired(IMAGE_PX))
    assert worn is not None
    assert outline_px(lower) > column(20.0) + 10
    assert column(20.0) - 8 < outline_px(worn) < column(20.0) + 4


def test_a_beard_does_not_hide_the_lower_band() -> None:
    _, lower = bands()
    bare = np.full((IMAGE_PX, IMAGE_PX, 3), SKIN, np.uint8)
    bearded = bare.copy()
    bearded[:, column(60.0) : column(30.0)] = HAIR
    one, other = shown(lower, bare), shown(lower, bearded)
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(seen_px(other), seen_px(one))
    assert one is lower


@pytest.mark.parametrize("is_bare", [False, True])
def test_what_hides_a_tape_hides_its_bow(*, is_bare: bool) -> None:
    recipe = Recipe("surgical_tie", (0.0,) * CREASE_SETS)
    meshes = drape_worn(load_worn("surgical_tie"), FIT, recipe)
    photo = np.full((IMAGE_PX, IMAGE_PX, 3), SKIN, np.uint8)
    if not is_bare:
        photo = thick_haired(IMAGE_PX)
    upper_and_its, lower_and_its = bows_mm(meshes)
    left_over = bows_mm(tucked(meshes, FIT, photo, EVEN))
    assert len(upper_and_its) == len(left_over[0]) > 0  # of hair whose end is not seen
    assert len(lower_and_its) > 0
    assert len(left_over[1]) == (len(lower_and_its) if is_bare else 0)


def bows_mm(meshes: Sequence[Mesh]) -> tuple[list[float], list[float]]:
    """Heights of the upper and the lower bow's parts."""
    heights_mm = [float(m.vertices_mm[:, 1].mean()) for m in meshes if m.is_bow]
    return [y for y in heights_mm if y > 0], [y for y in heights_mm if y <= 0]


def test_nothing_is_left_of_a_lower_band_under_hair_that_reaches_the_mask() -> None:
    _, lower = bands()
    photo = thick_haired(IMAGE_PX)
    photo[:, column(100.0) :] = HAIR
    worn = shown(lower, photo)
    assert worn is None or not len(seen_px(worn))
