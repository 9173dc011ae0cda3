from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import ByteArray
from mask3d.colour import linear_from_srgb
from mask3d.errors import BadMaskError
from mask3d.fabric import (
    PLAIN,
    LogoPlace,
    Outfit,
    linear_colour,
    list_fabrics,
    list_patterns,
    mask_material,
    plain_material,
    read_outfit,
    strap_material,
)
from mask3d.fabric.tiles import fabric_tile, pattern_tile

TRIM_AND_MAIN = np.zeros((20, 30, 3), np.uint8)
TRIM_AND_MAIN[..., 1] = 128
TRIM_AND_MAIN[:, 15:, 0] = 255
TRIM_AND_MAIN_MM = (30.0, 20.0)


def cloth(width_mm: float, height_mm: float, per_mm: int = 4) -> ByteArray:
    """Layout that is main colour, fabric and pattern all over."""
    layout = np.full((round(height_mm * per_mm), round(width_mm * per_mm), 3), 255, np.uint8)
    layout[..., 1] = 128
    return layout


def albedo_of(outfit: Outfit, side_mm: float = 32.0) -> ByteArray:
    layout = cloth(side_mm, side_mm)
    albedo: ByteArray = mask_material(layout, (side_mm, side_mm), outfit).albedo
    return albedo[..., :3]


def test_the_wardrobe_has_what_was_promised() -> None:
    assert len(list_fabrics()) >= 17
    assert len(list_patterns()) >= 28
    assert PLAIN in list_patterns()
    assert list(list_fabrics()) == sorted(list_fabrics())
    assert list(list_patterns()) == sorted(list_patterns())


@pytest.mark.parametrize("name", list_fabrics())
def test_a_fabric_keeps_its_colour_on_average_and_lies_level(name: str) -> None:
    tile = fabric_tile(name)
    assert tile.shade.mean() == pytest.approx(1.0, abs=0.01)
    np.testing.assert_allclose(tile.slopes.mean(axis=(0, 1)), 0.0, atol=1e-4)
    assert 0.0 <= tile.gloss <= 0.08
    assert 0.0 < tile.roughness <= 1.0


@pytest.mark.parametrize("name", list_patterns())
def test_inks_share_the_cloth_and_each_has_a_colour(name: str) -> None:
    tile = pattern_tile(name, 4.0)
    assert tile.shares.min() >= 0.0
    assert tile.shares.sum(axis=2).max() <= 1.01
    inks = int(tile.shares.any(axis=(0, 1)).sum())
    assert inks == len(tile.colours) - 1
    for colour in tile.colours:
        linear_colour(colour)


def test_layout_chooses_trim_and_main() -> None:
    outfit = Outfit("nonwoven", colours=("#bc4040",), trim="#4040bc")
    albedo = mask_material(TRIM_AND_MAIN, TRIM_AND_MAIN_MM, outfit).albedo
    assert tuple(albedo[0, 0]) == (0x40, 0x40, 0xBC, 255)
    assert tuple(albedo[0, -1]) == (0xBC, 0x40, 0x40, 255)


def test_without_a_trim_colour_the_ground_goes_on() -> None:
    albedo = mask_material(TRIM_AND_MAIN, TRIM_AND_MAIN_MM, Outfit(colours=("teal",))).albedo
    np.testing.assert_array_equal(albedo[0, 0], albedo[0, -1])


def test_a_fabric_repeats_in_true_scale() -> None:
    layout = cloth(64, 48)
    material = mask_material(layout, (64.0, 48.0), Outfit("cotton", colours=("#808080",)))
    for picture in (material.albedo, material.slopes):  # cotton repeats every 16 mm
        np.testing.assert_array_equal(picture[:64], picture[64:128])
        np.testing.assert_array_equal(picture[:, :64], picture[:, 64:128])
        assert picture[..., :2].std() > 0.01


def test_the_finer_the_layout_the_steeper_its_threads_but_the_same_its_repeat() -> None:
    coarse, fine = (
        mask_material(cloth(16, 16, per_mm), (16.0, 16.0), Outfit("rib")).slopes
        for per_mm in (4, 16)
    )
    assert np.abs(fine).mean() > np.abs(coarse).mean() > 0


def test_colours_replace_those_of_a_pattern_in_their_order() -> None:
    asked = albedo_of(Outfit("plastic", "stripes", ("#204080", "#c0c0c0")))
    colours, counts = np.unique(asked.reshape(-1, 3), axis=0, return_counts=True)
    most = {tuple(colour) for colour in colours[np.argsort(counts)[-2:]].tolist()}
    assert most == {(0x20, 0x40, 0x80), (0xC0, 0xC0, 0xC0)}
    ink_kept = albedo_of(Outfit("plastic", "stripes", ("#204080",)))
    colours = np.unique(ink_kept.reshape(-1, 3), axis=0)
    assert (0x27, 0x40, 0x6E) in {tuple(colour) for colour in colours.tolist()}


def test_inks_without_a_colour_of_the_user_keep_their_own() -> None:
    dots = albedo_of(Outfit("plastic", "dots", ("#204080", "#c0c0c0")), 56.0).reshape(-1, 3)
    shown = {tuple(colour) for colour in np.unique(dots, axis=0).tolist()}
    first, second, third = (0xE2, 0x68, 0x5A), (0x3F, 0x8F, 0x92), (0xE8, 0xB6, 0x4C)
    assert {second, third} <= shown
    assert first not in shown


def test_stripes_take_half_of_the_cloth() -> None:
    ground, ink = linear_colour("#204080"), linear_colour("#c0c0c0")
    albedo = albedo_of(Outfit("plastic", "stripes", ("#204080", "#c0c0c0")), 24.0)
    mean = linear_from_srgb(albedo).mean(axis=(0, 1))
    np.testing.assert_allclose(mean, (ground + ink) / 2, rtol=0.03)


def test_denim_shows_its_weft_through_a_print() -> None:
    navy = "#101030"
    on_denim = linear_from_srgb(albedo_of(Outfit("denim", "stripes", (navy, navy))))
    on_plastic = linear_from_srgb(albedo_of(Outfit("plastic", "stripes", (navy, navy))))
    assert on_denim.mean() > 1.5 * on_plastic.mean()


def test_no_cloth_is_blacker_or_whiter_than_dye_and_bleach_make_it() -> None:
    for name in list_fabrics():
        black = linear_from_srgb(albedo_of(Outfit(name, colours=("black",)))).mean()
        white = linear_from_srgb(albedo_of(Outfit(name, colours=("white",)))).mean()
        tile = fabric_tile(name)
        assert 0.012 <= black <= 0.025 + 0.9 * tile.undyed.mean()
        assert black + tile.gloss >= 0.03  # nothing worn is a hole in the picture
        assert 0.70 <= white <= 0.87


def test_the_trim_of_a_clear_fabric_hides_what_is_behind() -> None:
    alpha = mask_material(_shown(TRIM_AND_MAIN), TRIM_AND_MAIN_MM, Outfit("visor")).albedo[..., 3]
    assert (alpha[:, :15] == 255).all()
    assert (alpha[:, 15:] == round(255 * fabric_tile("visor").opacity)).all()


def _shown(layout: ByteArray) -> ByteArray:
    shown = layout.copy()
    shown[..., 2] = 255
    return shown


def test_relief_rises_along_u_where_the_layout_says() -> None:
    layout = np.dstack([cloth(20, 10), np.zeros((40, 80), np.uint8)])
    layout[..., 2] = 0  # no fabric
    layout[..., 3] = np.arange(80) + 90  # 0.005 mm a texel of 0.25 mm
    slopes = mask_material(layout, (20.0, 10.0), Outfit()).slopes
    np.testing.assert_allclose(slopes[..., 0], 0.02, rtol=1e-4)
    np.testing.assert_allclose(slopes[..., 1], 0.0, atol=1e-6)
    downwards = np.ascontiguousarray(layout.transpose(1, 0, 2))
    slopes = mask_material(downwards, (10.0, 20.0), Outfit()).slopes
    np.testing.assert_allclose(slopes[..., 1], 0.02, rtol=1e-4)


LOGO = np.zeros((10, 20, 4), np.uint8)
LOGO[:, 10:] = (0, 200, 0, 255)  # its left half is clear


def logo_on(place: LogoPlace) -> ByteArray:
    layout = cloth(60, 40)
    layout[..., 2] = 0
    outfit = Outfit("plastic", colours=("#bcbcbc",), logo=LOGO)
    albedo: ByteArray = mask_material(layout, (60.0, 40.0), outfit, place).albedo
    return albedo[..., :3]


def test_a_logo_lies_where_the_design_says_and_is_as_wide() -> None:
    green = (logo_on(LogoPlace((30.0, 20.0), 20.0)) == (0, 200, 0)).all(axis=2)
    rows, columns = np.nonzero(green)
    np.testing.assert_allclose([columns.min() / 4, (columns.max() + 1) / 4], [30, 40], atol=0.5)
    np.testing.assert_allclose([rows.min() / 4, (rows.max() + 1) / 4], [15, 25], atol=0.5)


def test_a_logo_turns_with_its_place_counter_clockwise() -> None:
    green = (logo_on(LogoPlace((30.0, 20.0), 20.0, 90.0)) == (0, 200, 0)).all(axis=2)
    rows, columns = np.nonzero(green)  # its right half has become its upper
    np.testing.assert_allclose([rows.min() / 4, (rows.max() + 1) / 4], [10, 20], atol=0.5)
    np.testing.assert_allclose([columns.min() / 4, (columns.max() + 1) / 4], [25, 35], atol=0.5)


@pytest.mark.parametrize("centre_mm", [(0.0, 0.0), (60.0, 40.0), (-100.0, 20.0), (30.0, 200.0)])
def test_a_logo_that_hangs_over_is_cut_off(centre_mm: tuple[float, float]) -> None:
    assert logo_on(LogoPlace(centre_mm, 20.0)).shape == (160, 240, 3)


def test_a_design_without_a_place_takes_no_logo() -> None:
    with pytest.raises(BadMaskError, match="logo"):
        mask_material(cloth(60, 40), (60.0, 40.0), Outfit(logo=LOGO))


@pytest.mark.parametrize(
    ("outfit", "meant"),
    [
        (Outfit("cottn"), "cotton"),
        (Outfit("cotton", "tartn"), "tartan"),
        (Outfit("cotton", colours=("bluee",)), "blue"),
    ],
)
def test_what_is_unknown_is_named_with_what_was_meant(outfit: Outfit, meant: str) -> None:
    with pytest.raises(BadMaskError, match=f"did you mean '{meant}'"):
        mask_material(TRIM_AND_MAIN, TRIM_AND_MAIN_MM, outfit)


def test_too_many_colours_are_refused_with_their_number() -> None:
    with pytest.raises(BadMaskError, match=r"3 colours .* at most 2"):
        albedo_of(Outfit("cotton", "stripes", ("red", "white", "blue")))


def test_a_preset_with_a_wrong_key_is_refused() -> None:
    assert read_outfit({"fabric": "linen", "colours": ["red"]}).colours == ("red",)
    with pytest.raises(BadMaskError, match="'main'"):
        read_outfit({"main": "red"})


def test_a_strap_is_of_the_fabric_of_the_outfit_or_else_of_the_design() -> None:
    design, repeat_mm = strap_material(Outfit(colours=("red",)), "elastic")
    outfit, _ = strap_material(Outfit(colours=("red",), strap_fabric="braid"), "elastic")
    assert repeat_mm == fabric_tile("elastic").repeat_mm
    assert (design.slopes != outfit.slopes).any()
    assert design.albedo.shape[:2] == design.slopes.shape[:2]


def test_a_strap_has_the_colour_of_the_strap_or_the_trim_or_the_ground() -> None:
    for outfit in (
        Outfit(colours=("red",), trim="red", strap="#4060a0"),
        Outfit(colours=("red",), trim="#4060a0"),
        Outfit(colours=("#4060a0",)),
    ):
        light = linear_from_srgb(strap_material(outfit, "braid")[0].albedo[..., :3])
        np.testing.assert_allclose(light.mean(axis=(0, 1)), linear_colour("#4060a0"), rtol=0.03)


def test_colours_are_linear_light() -> None:
    np.testing.assert_allclose(linear_colour("#bcbcbc"), 0.503, atol=0.002)
    assert plain_material("#bcbcbc").albedo.tolist() == [[[188, 188, 188, 255]]]
