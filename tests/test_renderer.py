"""Laws that hold for every renderer."""

from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import ByteArray
from mask3d.colour import linear_from_srgb
from mask3d.lighting import Lighting
from mask3d.material import opaque
from mask3d.mesh import Mesh
from mask3d.renderer import Renderer
from mask3d.renderer.base import OCCLUDER_OFFSET_MM, SHOULDER_END, SHOULDER_START
from tests.renderer_scenes import (
    DEPTH_MM,
    GREY,
    KEYED_LIGHT,
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
    flat_texture,
    mirrored,
    noisy_texture,
    quad,
)


def test_a_rectangle_covers_its_pixels_with_its_albedo(renderer: Renderer) -> None:
    photo = drawn(renderer, quad(-8, 6, 4, -10, texture=flat_texture(120, 60, 90)))
    expected = np.zeros((SIZE_PX, SIZE_PX, 4))
    expected[10:26, 8:20, :3] = linear_from_srgb(np.array([120, 60, 90], np.uint8))
    expected[10:26, 8:20, 3] = 1
    np.testing.assert_allclose(photo, expected, atol=LINEAR_TOLERANCE)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_coverage_is_the_share_of_four_samples(renderer: Renderer, quarters: int) -> None:
    right = drawn(renderer, quad(-8, 8, quarters / 4, -8))[16, 16]
    below = drawn(renderer, quad(-8, 8, 8, -quarters / 4))[16, 16]
    albedo = float(linear_from_srgb(np.uint8(120)))
    expected = np.array([albedo, albedo, albedo, 1]) * quarters / 4  # premultiplied
    np.testing.assert_allclose(right, expected, atol=LINEAR_TOLERANCE)
    np.testing.assert_allclose(below, expected, atol=LINEAR_TOLERANCE)


def test_triangles_that_share_an_edge_leave_no_gap_and_no_overlap(renderer: Renderer) -> None:
    around = np.linspace(0, 2 * np.pi, 24)[:-1]
    rim = np.stack([10 * np.cos(around), 10 * np.sin(around), 0 * around], axis=1)
    i = np.arange(len(rim))
    mesh = Mesh(
        vertices_mm=np.vstack([rim, [[0.31, 0.17, 0]]]),
        normals=np.tile([0.0, 0.0, 1.0], (len(rim) + 1, 1)),
        faces=np.stack([i, np.roll(i, -1), np.full_like(i, len(rim))], axis=1),
        uv=np.zeros((len(rim) + 1, 2)),
        occlusion=np.ones(len(rim) + 1),
        material=opaque(GREY),
    )
    alpha = drawn(renderer, mesh)[..., 3]
    y, x = np.indices(alpha.shape) - (SIZE_PX / 2 - 0.5)
    assert (alpha[np.hypot(x, y) < 9] == 1).all()
    assert alpha.max() == 1
    # the diagonal of this one runs through samples exactly
    through = drawn(renderer, quad(-7.75, 8, 8.25, -8))[..., 3]
    assert (through[8:24, 9:24] == 1).all()


def test_the_head_hides_what_is_behind_it_only(renderer: Renderer) -> None:
    head = quad(-16, 16, 0, -16, z=0.0)
    fit = fit_of(head.vertices_mm, head.faces)
    behind = drawn(renderer, quad(-8, 8, 8, -8, z=-2 * OCCLUDER_OFFSET_MM), fit=fit)[..., 3]
    assert not behind[:, :16].any()
    assert (behind[10:22, 16:22] == 1).all()
    for z in (0.0, 5.0):  # contact is not behind
        assert (drawn(renderer, quad(-8, 8, 8, -8, z=z), fit=fit)[10:22, 10:22, 3] == 1).all()


def test_the_nearer_mesh_wins_in_any_order(renderer: Renderer) -> None:
    near = quad(-8, 8, 2, -8, z=3, texture=flat_texture(150, 0, 0))
    far = quad(-2, 8, 8, -8, z=-3, texture=flat_texture(0, 0, 150))
    photo = drawn(renderer, near, far)
    np.testing.assert_allclose(photo, drawn(renderer, far, near), atol=LINEAR_TOLERANCE)
    light = float(linear_from_srgb(np.uint8(150)))
    np.testing.assert_allclose(photo[16, 16], [light, 0, 0, 1], atol=LINEAR_TOLERANCE)
    np.testing.assert_allclose(photo[16, 22], [0, 0, light, 1], atol=LINEAR_TOLERANCE)


@pytest.mark.parametrize("turned", [False, True])
def test_both_sides_are_lit_whatever_the_winding(renderer: Renderer, turned: bool) -> None:
    front = quad(-8, 8, 8, -8)
    faces = QUAD_FACES[:, ::-1] if turned else QUAD_FACES
    back = changed(front, normals=-front.normals, faces=faces)
    expected = drawn(renderer, front, lighting=SIDE_LIGHT)
    np.testing.assert_allclose(
        drawn(renderer, back, lighting=SIDE_LIGHT), expected, atol=LINEAR_TOLERANCE
    )


def test_a_normal_bent_past_the_outline_keeps_its_side(renderer: Renderer) -> None:
    bent = np.array([0.96, 0.0, -0.28])  # points away from the camera, the surface does not
    steep = quad(-2, 8, 2, -8).vertices_mm + np.array([[9, -9, -9, 9]]).T * [0, 0, 1]
    mesh = changed(quad(-2, 8, 2, -8), vertices_mm=steep, normals=np.tile(bent, (4, 1)))
    expected = linear_from_srgb(GREY[0, 0]) * SIDE_LIGHT.irradiance(bent * [1, -1, -1])
    photo = drawn(renderer, mesh, lighting=SIDE_LIGHT)
    np.testing.assert_allclose(photo[16, 16, :3], expected, atol=LINEAR_TOLERANCE)


@pytest.mark.parametrize("lighting", [SIDE_LIGHT, KEYED_LIGHT])
def test_light_is_that_of_the_lighting(renderer: Renderer, lighting: Lighting) -> None:
    for normal in np.array([[0, 0, 1], [0.6, 0, 0.8], [0, -0.6, 0.8], [0.48, 0.6, 0.64]]):
        mesh = changed(
            quad(-8, 8, 8, -8), normals=np.tile(normal, (4, 1)), occlusion=np.full(4, 0.5)
        )
        light = lighting.irradiance(normal * [1, -1, -1])  # face frame to camera frame
        photo = drawn(renderer, mesh, lighting=lighting)
        expected = 0.5 * linear_from_srgb(GREY[0, 0]) * light
        np.testing.assert_allclose(photo[16, 16, :3], expected, atol=LINEAR_TOLERANCE)


def test_brightness_has_a_shoulder(renderer: Renderer) -> None:
    white = quad(-8, 8, 8, -8, texture=flat_texture(255, 255, 255))
    gains = np.array([0.3, SHOULDER_START, 0.7, 1.0, 3.0])
    seen = np.array(
        [
            drawn(renderer, white, lighting=Lighting(WHITE_LIGHT.sh, np.full(3, gain)))[16, 16, 0]
            for gain in gains
        ]
    )
    np.testing.assert_allclose(seen[:2], gains[:2], atol=LINEAR_TOLERANCE)
    assert (np.diff(seen) > 0).all()
    assert seen[-1] < SHOULDER_END + LINEAR_TOLERANCE


def test_a_monochrome_photo_gets_a_grey_mask(renderer: Renderer) -> None:
    lighting = Lighting(WHITE_LIGHT.sh, np.ones(3), is_monochrome=True)
    mesh = quad(-8, 8, 8, -8, texture=flat_texture(30, 90, 160))
    rgb = drawn(renderer, mesh, lighting=lighting)[16, 16, :3]
    assert np.ptp(rgb) < LINEAR_TOLERANCE
    assert rgb[0] == pytest.approx(
        linear_from_srgb(np.array([30, 90, 160], np.uint8)) @ [0.2126, 0.7152, 0.0722], abs=1e-3
    )


def test_texture_origin_is_top_left(renderer: Renderer) -> None:
    texture = np.array([[[140, 0, 0], [0, 140, 0]], [[0, 0, 140], [140, 140, 140]]], np.uint8)
    photo = drawn(renderer, quad(-8, 8, 8, -8, texture=texture))
    quarters = photo[[[9, 9], [22, 22]], [[9, 22], [9, 22]], :3]
    np.testing.assert_allclose(quarters, linear_from_srgb(texture), atol=LINEAR_TOLERANCE)


def test_textures_are_seen_in_perspective(renderer: Renderer) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (2, 1, 3)) // 2 + 20
    tilted = quad(-12, 8, 12, -8, texture=ramp)
    depth_mm = np.array([-250.0, 200.0, 200.0, -250.0])  # right side nearer
    mesh = changed(tilted, vertices_mm=np.column_stack([tilted.vertices_mm[:, :2], depth_mm]))
    photo = drawn(renderer, mesh)
    # the ray of column x meets the plane z = 18.75 X - 25 where X = x' (500 - z) / 500
    across = (np.arange(SIZE_PX) - (SIZE_PX / 2 - 0.5)) / DEPTH_MM
    u = (across * (DEPTH_MM + 25) / (1 + 18.75 * across) + 12) / 24
    row = photo[16]
    inside = (row[:, 3] == 1) & (u > 0.05) & (u < 0.95)
    expected = linear_from_srgb((u[inside] * 256 - 0.5) / 2 / 255 + 20 / 255)
    assert inside.sum() > 12
    np.testing.assert_allclose(row[inside, 0], expected, rtol=0.05)


def test_a_pixel_sees_the_mean_of_the_texels_that_it_covers(renderer: Renderer) -> None:
    texture = np.random.default_rng(5).integers(0, 180, (256, 256, 3)).astype(np.uint8)
    photo = drawn(renderer, quad(-8, 8, 8, -8, texture=texture))
    means = linear_from_srgb(texture).reshape(16, 16, 16, 16, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(photo[8:24, 8:24, :3], means, atol=0.01)


def test_a_texture_repeats_beyond_its_borders(renderer: Renderer) -> None:
    texture = np.random.default_rng(6).integers(0, 180, (8, 8, 3)).astype(np.uint8)
    mesh = quad(-16, 16, 16, -16, texture=texture)  # 32 px for 4 repeats of 8 texels
    photo = drawn(renderer, changed(mesh, uv=4 * mesh.uv - [2, 1]))
    expected = np.tile(linear_from_srgb(texture), (4, 4, 1))
    whole = ~np.eye(SIZE_PX, dtype=bool)  # the two triangles share the pixels of the diagonal
    np.testing.assert_allclose(photo[whole, :3], expected[whole], atol=LINEAR_TOLERANCE)


def test_a_mirrored_scene_gives_the_mirrored_layer(renderer: Renderer) -> None:
    mesh = changed(
        ball(11, noisy_texture()), vertices_mm=np.add(ball(11, GREY).vertices_mm, [2, 1, 0])
    )
    light = Lighting(SIDE_LIGHT.sh, np.ones(3))
    other = Lighting(light.sh * [[1], [1], [1], [-1], [-1], [1], [1], [-1], [1]], np.ones(3))
    photo = drawn(renderer, mesh, lighting=light)
    back = drawn(renderer, mirrored(mesh), lighting=other)[:, ::-1]
    assert np.abs(photo[..., 3] - back[..., 3]).max() <= 0.25
    inside = (photo[..., 3] == 1) & (back[..., 3] == 1)
    assert np.abs(photo - back)[inside].mean() < 0.003


def test_a_shift_by_whole_pixels_changes_no_byte(renderer: Renderer) -> None:
    mesh = ball(9, noisy_texture())
    here = renderer.render([mesh], fit_of(), SIDE_LIGHT)
    there = renderer.render([mesh], fit_of(shift_px=(3, -2)), SIDE_LIGHT)
    assert here.rgba.tobytes() == there.rgba.tobytes()
    assert np.subtract(there.origin_px, here.origin_px).tolist() == [3, -2]


def test_the_layer_is_cut_at_the_photo(renderer: Renderer) -> None:
    layer = renderer.render([quad(-8, 8, 400, -8)], fit_of(), WHITE_LIGHT)
    assert layer.origin_px[0] + layer.rgba.shape[1] == SIZE_PX
    assert (layer.rgba[9, 5:, 3] == 1).all()


@pytest.mark.parametrize("x, z", [(300.0, 0.0), (0.0, DEPTH_MM), (0.0, 2 * DEPTH_MM)])
def test_a_mesh_out_of_sight_gives_an_empty_layer(renderer: Renderer, x: float, z: float) -> None:
    layer = renderer.render([quad(x - 8, 8, x + 8, -8, z=z)], fit_of(), WHITE_LIGHT)
    assert layer.rgba.shape == (0, 0, 4)
    assert renderer.render([], fit_of(), WHITE_LIGHT).rgba.shape == (0, 0, 4)


def test_triangles_without_area_or_through_the_camera_do_no_harm(renderer: Renderer) -> None:
    good = quad(-8, 8, 8, -8)
    bad = Mesh(
        vertices_mm=np.array([[0, 0, 0], [5, 5, 0], [9, 9, 0], [3, 2, 2 * DEPTH_MM]], float),
        normals=np.zeros((4, 3)),
        faces=np.array([[0, 1, 2], [0, 0, 1], [0, 1, 3]], np.int32),
        uv=np.zeros((4, 2)),
        occlusion=np.ones(4),
        material=opaque(GREY),
    )
    np.testing.assert_array_equal(drawn(renderer, good, bad), drawn(renderer, good))


def test_a_renderer_is_used_many_times(renderer: Renderer) -> None:
    first = drawn(renderer, ball(9, noisy_texture()), lighting=SIDE_LIGHT)
    for size in range(2, 50):  # other sizes and textures in between
        other = drawn(renderer, quad(-size / 4, 4, size / 4, -4, texture=flat_texture(size, 0, 0)))
        assert other[16, 16, 0] == pytest.approx(linear_from_srgb(np.uint8(size)), abs=1e-3)
    again = drawn(renderer, ball(9, noisy_texture()), lighting=SIDE_LIGHT)
    assert first.tobytes() == again.tobytes()


@pytest.mark.parametrize("texture", [flat_texture(150, 160, 170), noisy_texture()])
def test_every_renderer_gives_the_same_picture(renderer: Renderer, texture: ByteArray) -> None:
    check_that_it_draws_like_numba(renderer, opaque(texture))
