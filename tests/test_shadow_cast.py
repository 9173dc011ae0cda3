"""Shadows of real masks on the skin of the head model."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from mask3d.arrays import ByteArray, FloatArray
from mask3d.composite import darkened
from mask3d.drape import drape_worn
from mask3d.face import FaceFit
from mask3d.lighting import Lighting
from mask3d.masks import load_worn
from mask3d.mesh import Mesh
from mask3d.photo import Photo
from mask3d.recipe import CREASE_SETS, Recipe
from mask3d.renderer import Renderer
from mask3d.shadow import Shadow, cast_shadow, lit_scene, self_shadowed
from tests.fitted_heads import IMAGE_PX, head_fit
from tests.renderer_scenes import GREY, WHITE_LIGHT, changed, drawn, quad

SKIN = (200, 150, 130)


@cache
def fitted(yaw_deg: float = 0.0) -> FaceFit:
    return head_fit(yaw_deg)


@cache
def worn(name: str, yaw_deg: float = 0.0) -> tuple[Mesh, ...]:
    return drape_worn(load_worn(name), fitted(yaw_deg), Recipe(name, (0.0,) * CREASE_SETS))


def light(
    x: float = 0.0, y: float = 0.0, z: float = 0.0, *, is_monochrome: bool = False
) -> Lighting:
    """Encoded light 1 on average, brighter towards (x, y, z) of the camera frame."""
    sh = np.zeros((9, 3))
    sh[:4] = np.array([1.0, y, z, x])[:, None]
    return Lighting(sh, np.ones(3), is_monochrome=is_monochrome)


FLASH, USUAL, SIDE = light(z=-0.7), light(y=-0.14, z=-0.29), light(x=-0.6, z=-0.5)


def portrait(rgb: tuple[int, int, int] = SKIN) -> ByteArray:
    return np.full((IMAGE_PX, IMAGE_PX, 3), rgb, np.uint8)


def shadow_of(
    name: str, lighting: Lighting, yaw_deg: float = 0.0, rgb: ByteArray | None = None
) -> Shadow:
    fit = fitted(yaw_deg)
    scene = lit_scene(worn(name, yaw_deg), fit, lighting)
    return cast_shadow(scene, fit, portrait() if rgb is None else rgb)


def in_photo(shadow: Shadow) -> FloatArray:
    """Factors of the whole photo (IMAGE_PX, IMAGE_PX, 3)."""
    whole = np.ones((IMAGE_PX, IMAGE_PX, 3))
    x0, y0 = shadow.origin_px
    height, width = shadow.factor.shape[:2]
    whole[y0 : y0 + height, x0 : x0 + width] = shadow.factor
    return whole


def covered(renderer: Renderer, name: str, yaw_deg: float = 0.0) -> FloatArray:
    layer = renderer.render(worn(name, yaw_deg), fitted(yaw_deg), WHITE_LIGHT)
    whole = np.zeros((IMAGE_PX, IMAGE_PX))
    x0, y0 = layer.origin_px
    height, width = layer.rgba.shape[:2]
    whole[y0 : y0 + height, x0 : x0 + width] = layer.rgba[..., 3]
    return whole


def above_rim(renderer: Renderer, name: str, lighting: Lighting) -> FloatArray:
    """Factors (N, 6) on the cheeks, 1 to 12 px above the upper rim; 1 px is 1 mm."""
    factor, cover = in_photo(shadow_of(name, lighting))[..., 1], covered(renderer, name)
    middle = IMAGE_PX // 2
    columns = [*range(middle - 45, middle - 20, 3), *range(middle + 20, middle + 45, 3)]
    rims = [int(np.flatnonzero(cover[:, column])[0]) for column in columns]
    return np.array(
        [
            [factor[rim - up, column] for up in (1, 2, 4, 6, 9, 12)]
            for rim, column in zip(rims, columns, strict=True)
        ]
    )


@pytest.mark.parametrize("name", ["surgical_white", "n95_white", "cloth_black"])
@pytest.mark.parametrize("lighting", [FLASH, USUAL], ids=["flash", "usual"])
def test_no_dark_halo_lies_above_the_rim_in_frontal_light(
    renderer: Renderer, name: str, lighting: Lighting
) -> None:
    """Really worn masks show none there; a white one throws its own light on the cheek."""
    factors = above_rim(renderer, name, lighting)
    assert factors.mean(axis=0).min() > (0.98 if name.endswith("white") else 0.96)
    assert factors.min() > 0.9


def test_a_white_mask_in_light_from_above_brightens_the_cheeks(renderer: Renderer) -> None:
    factors = above_rim(renderer, "surgical_white", light(y=-0.5, z=-0.4)).mean(axis=0)
    assert (factors[:3] > 1.01).all()
    assert factors.max() < 1.1


def test_light_from_the_side_leaves_a_shadow_on_the_other() -> None:
    lit_from_left = in_photo(shadow_of("n95_white", SIDE))[..., 1]
    middle = IMAGE_PX // 2
    left, right = (1 - lit_from_left[:, half] for half in (slice(middle), slice(middle, None)))
    assert right.max() > 0.2
    assert right.clip(0).sum() > 2 * left.clip(0).sum()


def test_the_harder_the_light_the_darker_its_shadow() -> None:
    def right_half(lighting: Lighting) -> FloatArray:
        return in_photo(shadow_of("n95_white", lighting))[:, IMAGE_PX // 2 :, 1]

    hard, soft = right_half(SIDE), right_half(light(x=-0.2, z=-0.17))
    assert (1 - hard).sum() > 1.3 * (1 - soft).sum()


def test_coloured_light_leaves_a_shadow_in_the_colour_of_the_rest() -> None:
    """A red lamp in a blue room: where the lamp is hidden, red is missing."""
    sh = light(z=-0.3).sh.copy()
    sh[3] = [-0.6, -0.3, 0.0]
    factor = shadow_of("n95_white", Lighting(sh, np.ones(3))).factor
    darkest = factor.reshape(-1, 3)[factor[..., 0].argmin()]
    assert darkest[0] < darkest[1] < darkest[2]


@pytest.mark.parametrize("yaw_deg", [0.0, 55.0, -90.0])
@pytest.mark.parametrize("name", ["surgical_blue", "bandana_black", "n95_white"])
def test_the_shadow_lies_on_the_head_alone(name: str, yaw_deg: float) -> None:
    fit = fitted(yaw_deg)
    changed_px = (
        np.abs(in_photo(shadow_of(name, light(x=0.5, y=-0.3), yaw_deg)) - 1).max(axis=2) > 0.02
    )
    points_cam = fit.vertices_mm @ fit.cam_from_face[:3, :3].T + fit.cam_from_face[:3, 3]
    points_px = fit.camera.project(points_cam)
    rows, columns = np.nonzero(changed_px)
    assert len(rows) > 20
    away_px = np.abs(np.stack([columns, rows], 1)[:, None] - points_px).max(axis=2).min(axis=1)
    assert away_px.max() < 10  # the model's triangles are as large


def test_a_visor_casts_next_to_no_shadow_on_the_cheeks() -> None:
    factor = in_photo(shadow_of("shield_clear", USUAL))[..., 1]
    below_brow = factor[IMAGE_PX // 2 :]
    assert np.abs(below_brow - 1).max() < 0.05


def test_a_strap_hides_the_skin_below_it_whichever_way_its_triangles_face() -> None:
    """Skin taken for seen there would lie in the strap's own dark, a speck beside it."""
    assert shadow_of("n95_white", USUAL).factor.min() > 0.88


def test_a_photo_that_shows_no_skin_is_left_as_it_is() -> None:
    """Half of the picture is hair: dark, or of another colour."""
    rgb = portrait()
    rgb[:, IMAGE_PX // 2 + 12 :] = (40, 60, 160)
    factor = in_photo(shadow_of("surgical_white", light(x=-0.8, z=-0.1), rgb=rgb))
    np.testing.assert_array_equal(factor[:, IMAGE_PX // 2 + 18 :], 1)
    assert factor.min() < 1
    assert in_photo(shadow_of("surgical_white", light(x=-0.8, z=-0.1))).min() < 0.8


def test_a_mask_outside_the_photo_casts_nothing_and_one_at_its_border_does() -> None:
    fit, meshes = fitted(), worn("surgical_white")
    for height, is_seen in ((IMAGE_PX // 2 + 20, True), (20, False)):
        cut = FaceFit(
            fit.model,
            fit.camera.crop(0, 0, IMAGE_PX, height),
            fit.cam_from_face,
            fit.identity,
            fit.expression,
            fit.vertices_mm,
            0.0,
        )
        shadow = cast_shadow(lit_scene(meshes, cut, light(x=-0.8)), cut, portrait()[:height])
        assert (shadow.factor != 1).any() == is_seen
        assert shadow.factor.shape[0] <= height


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = (shadow_of("surgical_white", light(x=-0.6)) for _ in range(2))
    assert first.factor.tobytes() == second.factor.tobytes()
    meshes, fit = worn("surgical_white"), fitted()
    scenes = [lit_scene(meshes, fit, light(x=-0.6)) for _ in range(2)]
    for mesh, again in zip(*(self_shadowed(scene, fit, meshes) for scene in scenes), strict=True):
        assert mesh.occlusion.tobytes() == again.occlusion.tobytes()


def test_the_side_away_from_the_light_of_a_pointed_mask_is_shaded_more() -> None:
    """Where the nose stands out the light grazes the cloth beside it."""
    meshes, fit = worn("surgical_white"), fitted()
    mask = self_shadowed(lit_scene(meshes, fit, light(x=-0.8, z=-0.1)), fit, meshes)[0]
    share = mask.occlusion / meshes[0].occlusion
    front = meshes[0].normals[:, 2] > 0.3
    side = meshes[0].vertices_mm[:, 0]  # the camera sees +x on its right
    dark = share < 0.85
    assert dark[front & (side > 10)].mean() > 2 * dark[front & (side < -10)].mean()
    assert share.max() < 1.3001


def test_a_renderer_takes_light_beyond_that_of_the_open(renderer: Renderer) -> None:
    mesh = quad(-8, 8, 8, -8, texture=GREY)
    once, twice = (
        drawn(renderer, changed(mesh, occlusion=np.full(4, k)))[16, 16, :3] for k in (1.0, 1.6)
    )
    np.testing.assert_allclose(twice, 1.6 * once, rtol=2e-3)


def test_a_photo_is_darkened_where_the_shadow_lies() -> None:
    shadow = shadow_of("n95_white", light(x=-0.8, z=-0.1))
    after = darkened(Photo(portrait()), shadow)
    factor = in_photo(shadow)
    assert (after.pixels[factor[..., 1] < 0.95] < portrait()[factor[..., 1] < 0.95]).all()
    np.testing.assert_array_equal(after.pixels[factor == 1], portrait()[factor == 1])
