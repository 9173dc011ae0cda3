"""Laws of what a material does to the picture, for every renderer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mask3d.arrays import Float32Array, FloatArray
from mask3d.colour import linear_from_srgb
from mask3d.lighting import Lighting
from mask3d.material import Material, opaque
from mask3d.mesh import Mesh
from mask3d.renderer import Renderer
from mask3d.renderer.base import SHOULDER_END
from tests.renderer_scenes import (
    FROM_THE_RIGHT,
    GREY,
    LINEAR_TOLERANCE,
    QUAD_FACES,
    SIDE_LIGHT,
    SIZE_PX,
    WHITE_LIGHT,
    ball,
    changed,
    check_that_it_draws_like_numba,
    drawn,
    fit_of,
    flat_material,
    mirrored,
    noisy_texture,
    quad,
    tilted,
)

GREY_LIGHT = float(linear_from_srgb(np.uint8(120)))


def woven(texels: int = 128, threads: int = 8, height: float = 0.6) -> Float32Array:
    """Slopes of a relief that rises and falls along u and along v."""
    phase = np.arange(texels) / texels * threads * 2 * np.pi
    across, down = np.meshgrid(phase, phase)
    return np.stack([height * np.cos(across), height * np.cos(down)], axis=2).astype(np.float32)


def worn(mesh: Mesh, material: Material) -> Mesh:
    return changed(mesh, material=material)


def sheet(*rgba: int, z: float = 0.0, left: float = -8, right: float = 8) -> Mesh:
    return worn(quad(left, 8, right, -8, z=z), flat_material(*rgba))


def centre(photo: FloatArray) -> FloatArray:
    pixel: FloatArray = photo[SIZE_PX // 2, SIZE_PX // 2]
    return pixel


@pytest.mark.parametrize(("slope_u", "slope_v"), [(0.75, 0), (-0.75, 0), (0, 0.75), (0.6, -0.9)])
@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("is_seen_from_behind", [False, True])
def test_a_slope_turns_the_normal_down_the_hill(
    renderer: Renderer, slope_u: float, slope_v: float, is_turned: bool, is_seen_from_behind: bool
) -> None:
    mesh = quad(-8, 8, 8, -8)
    u, v = np.array([1.0, 0, 0]), np.array([0.0, 1, 0])  # camera frame
    if is_turned:  # v grows to the right, u upwards
        mesh = changed(mesh, uv=np.array([[1, 0], [1, 1], [0, 1], [0, 0]], float))
        u, v = -v, u
    if is_seen_from_behind:
        mesh = changed(mesh, normals=-mesh.normals, faces=QUAD_FACES[:, ::-1])
    uphill = (slope_u * u + slope_v * v) * (-1 if is_seen_from_behind else 1)
    normal = np.array([0.0, 0, -1]) - uphill
    light = SIDE_LIGHT.irradiance(normal / np.linalg.norm(normal))
    relief = replace(opaque(GREY), slopes=tilted(slope_u, slope_v))
    seen = centre(drawn(renderer, worn(mesh, relief), lighting=SIDE_LIGHT))
    np.testing.assert_allclose(seen[:3], GREY_LIGHT * light, atol=LINEAR_TOLERANCE)


def test_mirrored_halves_have_mirrored_relief(renderer: Renderer) -> None:
    mask = worn(ball(11, GREY), replace(opaque(noisy_texture()), slopes=woven()))
    light = Lighting(SIDE_LIGHT.sh, np.ones(3))
    other = Lighting(light.sh * [[1], [1], [1], [-1], [-1], [1], [1], [-1], [1]], np.ones(3))
    photo = drawn(renderer, mask, lighting=light)
    back = drawn(renderer, mirrored(mask), lighting=other)[:, ::-1]
    inside = (photo[..., 3] == 1) & (back[..., 3] == 1)
    assert np.abs(photo - back)[inside].mean() < 0.003


def test_relief_shows_no_facets(renderer: Renderer) -> None:
    """A coarse and a fine ball look alike, as the direction of u is interpolated."""
    relief = replace(opaque(GREY), slopes=tilted(0.5, 0.3))
    coarse, fine = (
        drawn(renderer, worn(ball(11, GREY, rings), relief), lighting=SIDE_LIGHT)
        for rings in (12, 48)
    )
    inside = (coarse[..., 3] == 1) & (fine[..., 3] == 1)
    assert inside.sum() > 200
    assert np.abs(coarse - fine)[inside].max() < 0.02


def test_relief_lies_where_its_own_texels_do(renderer: Renderer) -> None:
    slopes = np.zeros((1, 2, 2), np.float32)
    slopes[0, 1] = (0.75, 0)
    seen = drawn(
        renderer,
        worn(quad(-8, 8, 8, -8), replace(opaque(GREY), slopes=slopes)),
        lighting=SIDE_LIGHT,
    )
    for column, normal in ((9, [0, 0, -1.0]), (22, [-0.6, 0, -0.8])):
        expected = GREY_LIGHT * SIDE_LIGHT.irradiance(np.array(normal))
        np.testing.assert_allclose(seen[16, column, :3], expected, atol=LINEAR_TOLERANCE)


def test_relief_finer_than_a_pixel_vanishes(renderer: Renderer) -> None:
    mesh = quad(-8, 8, 8, -8)
    fine = replace(opaque(GREY), slopes=woven(512, 128))
    flat = drawn(renderer, worn(mesh, opaque(GREY)), lighting=SIDE_LIGHT)
    seen = drawn(renderer, worn(mesh, fine), lighting=SIDE_LIGHT)
    np.testing.assert_allclose(seen, flat, atol=LINEAR_TOLERANCE)
    coarse = replace(opaque(GREY), slopes=woven(512, 4))
    assert np.ptp(drawn(renderer, worn(mesh, coarse), lighting=SIDE_LIGHT)[9:23, 9:23, 0]) > 0.01


def test_without_gloss_roughness_means_nothing(renderer: Renderer) -> None:
    matt, rough = (replace(opaque(noisy_texture()), roughness=r) for r in (1.0, 0.1))
    pictures = [
        drawn(renderer, worn(ball(11, GREY), m), lighting=SIDE_LIGHT) for m in (matt, rough)
    ]
    assert pictures[0].tobytes() == pictures[1].tobytes()


@pytest.mark.parametrize("gloss", [0.04, 0.5])
def test_a_surface_mirrors_its_gloss_and_treats_the_rest_as_before(
    renderer: Renderer, gloss: float
) -> None:
    """In even light, from the front: the light is 1 from everywhere."""
    mesh = worn(quad(-8, 8, 8, -8), flat_material(120, 120, 120, 255, gloss=gloss, roughness=0.2))
    dark = Lighting(WHITE_LIGHT.sh, np.full(3, 0.5))
    expected = 0.5 * (gloss + (1 - gloss) * GREY_LIGHT)
    seen = centre(drawn(renderer, mesh, lighting=dark))
    np.testing.assert_allclose(seen, [expected] * 3 + [1], atol=LINEAR_TOLERANCE)
    shaded = changed(mesh, occlusion=np.full(4, 0.5))
    seen = centre(drawn(renderer, shaded, lighting=dark))
    np.testing.assert_allclose(seen[:3], expected / 2, atol=LINEAR_TOLERANCE)


def test_more_is_mirrored_towards_the_outline(renderer: Renderer) -> None:
    glossy = worn(ball(12, GREY), flat_material(0, 0, 0, 255, gloss=0.04, roughness=0.1))
    row = drawn(renderer, glossy)[SIZE_PX // 2, SIZE_PX // 2 : SIZE_PX // 2 + 12, 0]
    assert (np.diff(row) > -LINEAR_TOLERANCE).all()
    assert row[-1] > 4 * row[0]


def test_a_highlight_is_half_way_to_the_light(renderer: Renderer) -> None:
    chrome = worn(ball(12, GREY), flat_material(0, 0, 0, 255, gloss=1.0, roughness=0.2))
    dim = replace(FROM_THE_RIGHT, gain=np.full(3, 0.005))
    row = drawn(renderer, chrome, lighting=dim)[SIZE_PX // 2, :, 0]
    place_px = np.arange(SIZE_PX) - (SIZE_PX / 2 - 0.5)
    assert place_px[row.argmax()] == pytest.approx(12 * np.sin(np.pi / 4), abs=1.0)


def test_roughness_blurs_what_is_mirrored(renderer: Renderer) -> None:
    contrasts = []
    for roughness in (0.1, 0.5, 0.8, 1.0):
        chrome = flat_material(0, 0, 0, 255, gloss=1.0, roughness=roughness)
        photo = drawn(renderer, worn(ball(12, GREY), chrome), lighting=SIDE_LIGHT)
        contrasts.append(np.std(photo[photo[..., 3] == 1][:, 0]))
    assert (np.diff(contrasts) < 0).all()


def test_a_highlight_keeps_to_the_tone_curve(renderer: Renderer) -> None:
    shiny = flat_material(255, 255, 255, 255, gloss=0.5, roughness=0.2)
    glare = replace(SIDE_LIGHT, gain=np.full(3, 50.0))
    photo = drawn(renderer, worn(ball(12, GREY), shiny), lighting=glare)
    assert 0.9 < photo[..., :3].max() < SHOULDER_END + LINEAR_TOLERANCE


def test_a_clear_surface_covers_by_its_opacity(renderer: Renderer) -> None:
    film = sheet(120, 120, 120, 51)
    np.testing.assert_allclose(
        centre(drawn(renderer, film)), [GREY_LIGHT / 5] * 3 + [0.2], atol=LINEAR_TOLERANCE
    )
    red = sheet(150, 0, 0, 255, z=-3)
    light = float(linear_from_srgb(np.uint8(150)))
    expected = np.array([0.8 * light, 0, 0, 0.8]) + np.array([GREY_LIGHT] * 3 + [1]) / 5
    for meshes in ((film, red), (red, film)):
        np.testing.assert_allclose(
            centre(drawn(renderer, *meshes)), expected, atol=LINEAR_TOLERANCE
        )


def test_a_clear_surface_is_hidden_by_head_and_opaque_meshes(renderer: Renderer) -> None:
    film, red = sheet(120, 120, 120, 51), sheet(150, 0, 0, 255, z=3, left=-8, right=0)
    np.testing.assert_array_equal(drawn(renderer, film, red)[:, :16], drawn(renderer, red)[:, :16])
    head = quad(-16, 16, 0, -16, z=3.0)
    alpha = drawn(renderer, film, fit=fit_of(head.vertices_mm, head.faces))[..., 3]
    assert not alpha[:, :16].any()
    np.testing.assert_allclose(alpha[10:22, 17:22], 0.2, atol=LINEAR_TOLERANCE)


def test_front_and_back_of_a_clear_shell_show_once_each(renderer: Renderer) -> None:
    front, further = sheet(0, 0, 0, 51, z=3), sheet(0, 0, 0, 51, z=2)
    away = sheet(0, 0, 0, 51, z=-3)
    back = changed(away, normals=-away.normals, faces=QUAD_FACES[:, ::-1])
    for meshes, alpha in (
        ((front, further), 0.2),
        ((further, front), 0.2),
        ((front, back), 0.36),
        ((back, further, front), 0.36),
    ):
        assert centre(drawn(renderer, *meshes))[3] == pytest.approx(alpha, abs=LINEAR_TOLERANCE)


def test_every_sample_sees_through_to_what_is_behind_it(renderer: Renderer) -> None:
    """Half of the pixel is red in front of a film, the other half blue behind it."""
    red = sheet(150, 0, 0, 255, z=1, left=-8, right=0.5)
    blue = sheet(0, 0, 150, 255, z=-1, left=-8, right=8)
    photo = drawn(renderer, red, sheet(0, 0, 0, 51), blue)
    light = float(linear_from_srgb(np.uint8(150)))
    np.testing.assert_allclose(
        photo[16, 16], [0.5 * light, 0, 0.8 * 0.5 * light, 1], atol=LINEAR_TOLERANCE
    )


def test_colour_does_not_bleed_from_where_a_mesh_has_holes(renderer: Renderer) -> None:
    albedo = np.zeros((64, 64, 4), np.uint8)
    albedo[:, :, 1] = 200
    albedo[::2, ::2] = (200, 0, 0, 255)
    seen = centre(drawn(renderer, worn(quad(-8, 8, 8, -8), Material(albedo))))
    red = float(linear_from_srgb(np.uint8(200)))
    np.testing.assert_allclose(seen, [red / 4, 0, 0, 0.25], atol=LINEAR_TOLERANCE)


def test_clear_gloss_adds_light(renderer: Renderer) -> None:
    glass = worn(quad(-8, 8, 8, -8), flat_material(0, 0, 0, 0, gloss=0.04, roughness=0.1))
    bright = Lighting(WHITE_LIGHT.sh, np.full(3, 3.0))
    seen = centre(drawn(renderer, glass, lighting=bright))
    np.testing.assert_allclose(seen, [0.12, 0.12, 0.12, 0.04], atol=LINEAR_TOLERANCE)


def test_materials_that_share_a_picture_are_told_apart(renderer: Renderer) -> None:
    plain = opaque(noisy_texture())
    twin = replace(plain, slopes=woven())
    assert twin.albedo is plain.albedo
    first = drawn(renderer, worn(ball(11, GREY), plain), lighting=SIDE_LIGHT)
    drawn(renderer, worn(ball(11, GREY), twin), lighting=SIDE_LIGHT)
    again = drawn(renderer, worn(ball(11, GREY), plain), lighting=SIDE_LIGHT)
    assert first.tobytes() == again.tobytes()
    assert (drawn(renderer, worn(ball(11, GREY), twin), lighting=SIDE_LIGHT) != first).any()


@pytest.mark.parametrize(
    "material",
    [
        replace(opaque(noisy_texture()), slopes=woven()),
        replace(opaque(noisy_texture()), slopes=woven(), gloss=0.2, roughness=0.3),
        flat_material(20, 20, 20, 255, gloss=0.05, roughness=0.1),
        flat_material(220, 230, 240, 30, gloss=0.04, roughness=0.05),
        Material(np.dstack([noisy_texture(), noisy_texture()[..., 0]]), woven(), 0.1, 0.4),
    ],
    ids=["woven", "satin", "latex", "visor", "net"],
)
def test_every_renderer_draws_materials_alike(renderer: Renderer, material: Material) -> None:
    check_that_it_draws_like_numba(renderer, material)


def test_pieces_of_a_mesh_that_do_not_touch_keep_their_colours(renderer: Renderer) -> None:
    """They meet in the middle of a pixel, and share a mesh but no corner."""
    albedo = np.full((1, 2, 4), 255, np.uint8)
    albedo[0, :, :3] = (150, 0, 0), (0, 0, 150)
    left, right = quad(-8, 8, 0.5, -8), quad(0.5, 8, 8, -8)
    mesh = changed(
        left,
        vertices_mm=np.vstack([left.vertices_mm, right.vertices_mm]),
        normals=np.vstack([left.normals, right.normals]),
        faces=np.vstack([left.faces, right.faces + 4]),
        uv=np.repeat([[0.25, 0.5], [0.75, 0.5]], 4, axis=0),
        occlusion=np.ones(8),
        material=Material(albedo),
    )
    light = float(linear_from_srgb(np.uint8(150)))
    seen = drawn(renderer, mesh)[SIZE_PX // 2, SIZE_PX // 2]
    np.testing.assert_allclose(seen, [light / 2, 0, light / 2, 1], atol=LINEAR_TOLERANCE)
