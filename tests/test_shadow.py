"""What geometry says about shadows, on scenes small enough to work it out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.key_light import key_light
from mask3d.lighting import Lighting
from mask3d.material import Material
from mask3d.mesh import Mesh
from mask3d.shadow.coarse import coarse
from mask3d.shadow.maps import Blockers, Maps, draw_maps, light_at
from mask3d.shadow.rays import Rays, cone, rays_of, sphere
from mask3d.shadow.scene import lit_scene
from mask3d.shadow.worn import self_shadowed
from tests.renderer_scenes import WHITE_LIGHT, ball, changed, fit_of, flat_material

UP = np.array([0.0, 0.0, 1.0])
NO_HEAD = np.zeros((0, 3))
CORNERS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)


def square(half_mm: float, height_mm: float, outside: float = 0.0, inside: float = 0.0) -> Blockers:
    """A square over the plane z = 0 whose outer side faces away from it."""
    vertices_mm = (CORNERS - (0.5, 0.5, 0)) * 2 * half_mm + (0, 0, height_mm)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    sides = [np.full((4, 3), light) for light in (outside, inside)]
    return Blockers(vertices_mm, faces, np.tile(UP, (4, 1)), *sides)


def lamp(towards: FloatArray, half_deg: float, count: int = 200) -> Rays:
    """A round lamp of irradiance 1 on what faces it."""
    rays = cone(towards / np.linalg.norm(towards), np.radians(half_deg), count)
    return Rays(rays, np.full((count, 3), 1 / count), np.zeros(count))


def room(count: int = 400) -> Rays:
    """Light of 1 from all around."""
    spread = 4 / count
    return Rays(sphere(count).copy(), np.full((count, 3), spread), np.full(count, spread))


def light_on(maps: Maps, blockers: Blockers, points_mm: object) -> FloatArray:
    """Green light (N, 3) on points of surfaces that face up: lit, bare and free."""
    points = np.array(points_mm, float)
    normals = np.tile(UP, (len(points), 1))
    light: FloatArray = light_at(maps, blockers, np.zeros(3), points, normals, 0.5, 5.0)
    return light[:, :, 1]


def along_x(x_mm: object) -> FloatArray:
    x = np.array(x_mm, float)
    return np.stack([x, np.zeros_like(x), np.zeros_like(x)], axis=1)


@pytest.mark.parametrize(("height_mm", "half_deg"), [(20.0, 10.0), (40.0, 10.0), (20.0, 20.0)])
def test_a_square_casts_the_penumbra_that_geometry_says(height_mm: float, half_deg: float) -> None:
    """A disc lamp sinks behind an edge as a circular segment does."""
    blockers = square(40.0, height_mm)
    maps = draw_maps(lamp(UP, half_deg), blockers, NO_HEAD)
    radius_mm = height_mm * np.tan(np.radians(half_deg))
    beyond = np.array([-1.3, -0.7, -0.35, 0.0, 0.35, 0.7, 1.3])  # of the edge, in radii
    lit = light_on(maps, blockers, along_x(40.0 + beyond * radius_mm))[:, 0]
    inside = beyond.clip(-1, 1)
    segment = (np.arccos(inside) - inside * np.sqrt(1 - inside**2)) / np.pi  # hidden share
    np.testing.assert_allclose(lit, (1 - segment) * lit[-1], atol=0.12)
    assert lit[0] < 1e-9
    assert lit[-1] == pytest.approx(np.cos(np.radians(half_deg / np.sqrt(2))), abs=0.01)


def test_the_shadow_lies_away_from_the_light() -> None:
    blockers = square(10.0, 30.0)
    maps = draw_maps(lamp(np.array([1.0, 0.0, 1.0]), 3.0), blockers, NO_HEAD)
    lit, bare, _ = light_on(maps, blockers, along_x([-30.0, 0.0, 30.0])).T
    np.testing.assert_allclose(lit / bare, [0, 1, 1], atol=1e-9)


def test_without_a_blocker_the_light_is_the_same_to_the_last_bit() -> None:
    nothing = Blockers(NO_HEAD, np.zeros((0, 3), np.int32), NO_HEAD, NO_HEAD, NO_HEAD)
    rays = Rays(*(np.concatenate(parts) for parts in zip(lamp(UP, 20.0), room(), strict=True)))
    lit, bare, free = light_on(
        draw_maps(rays, nothing, NO_HEAD), nothing, along_x([-9.0, 0.0, 5.0])
    ).T
    np.testing.assert_array_equal(lit, bare)
    np.testing.assert_array_equal(lit, free)


def test_what_lies_behind_a_surface_and_light_from_there_change_nothing() -> None:
    behind = square(40.0, -5.0)
    lit, bare, _ = light_on(draw_maps(lamp(UP, 10.0), behind, NO_HEAD), behind, along_x([0.0])).T
    np.testing.assert_array_equal(lit, bare)
    above = square(40.0, 5.0)
    assert not light_on(draw_maps(lamp(-UP, 10.0), above, NO_HEAD), above, along_x([0.0])).any()


def test_light_from_all_around_gives_a_contact_shadow_without_an_edge() -> None:
    """Below the middle of a square the rest of the half sphere is what its form factor leaves."""
    blockers = square(20.0, 10.0)
    at_mm = np.arange(0.0, 60.0, 2.0)
    lit = light_on(draw_maps(room(), blockers, NO_HEAD), blockers, along_x(at_mm))[:, 0]
    a = 20.0 / np.hypot(10.0, 20.0)
    form_factor = 4 / np.pi * a * np.arctan(a)  # of a square over its middle
    assert lit[0] == pytest.approx(1 - form_factor, abs=0.06)
    assert np.abs(np.diff(lit)).max() < 0.15
    assert lit[-1] > 0.97


def test_in_a_furnace_nothing_casts_a_shadow() -> None:
    """Where all that is seen is as bright as the room, light is 1 whatever stands there."""
    blockers = square(20.0, 10.0, outside=1.0, inside=1.0)
    lit = light_on(draw_maps(room(), blockers, NO_HEAD), blockers, along_x([0, 15, 22, 40]))[:, 0]
    np.testing.assert_allclose(lit, 1.0, atol=0.01)


def test_the_side_that_a_point_sees_sends_the_light() -> None:
    from_below = square(20.0, 10.0, outside=0.0, inside=1.0)
    lit = light_on(draw_maps(room(), from_below, NO_HEAD), from_below, along_x([0.0]))[0, 0]
    assert lit == pytest.approx(1.0, abs=0.01)


def test_a_head_in_the_light_takes_it_from_both() -> None:
    """What the head shades already is shaded in the photo: the mask takes nothing there."""
    grid = np.stack(np.meshgrid(np.arange(-30.0, 31, 2), np.arange(-30.0, 31, 2)), -1)
    head_mm = np.concatenate([grid.reshape(-1, 2), np.full((grid[..., 0].size, 1), 30.0)], axis=1)
    blockers = square(40.0, 15.0)
    lit, bare, free = light_on(
        draw_maps(lamp(UP, 5.0), blockers, head_mm), blockers, along_x([0])
    ).T
    assert max(lit, bare) < 1e-9
    assert free > 0.9


def test_rays_light_a_surface_as_key_light_and_room_do() -> None:
    lighting = Lighting(
        np.array([[1.0], [-0.2], [-0.4], [0.3], *[[0.0]] * 5]) * np.ones(3), np.ones(3)
    )
    rays, key = rays_of(lighting, np.eye(3)), key_light(lighting)
    for normal in (-np.eye(3)[2], np.array([0.6, 0.0, -0.8]), np.array([0.0, -1.0, 0.0])):
        direct = max(normal @ key.towards, 0) * key.strength
        expected = direct + key.room[0] + 2 / 3 * normal @ key.room[1:]
        got = np.maximum(rays.towards @ normal, 0) @ rays.strength
        np.testing.assert_allclose(got, expected, rtol=0.12)


def test_a_weak_or_grey_light_is_wide_and_a_strong_one_is_narrow() -> None:
    def half_deg(x: float, *, is_monochrome: bool = False) -> float:
        sh = np.array([[1.0], [0.0], [-0.3], [x], *[[0.0]] * 5]) * np.ones(3)
        lighting = Lighting(sh, np.ones(3), is_monochrome=is_monochrome)
        rays, towards = rays_of(lighting, np.eye(3)), key_light(lighting).towards
        lamp_rays = rays.towards[rays.spread == 0]
        return float(np.degrees(np.arccos((lamp_rays @ towards).min())))

    assert half_deg(0.0) > 35
    assert 5 < half_deg(0.8) < 20
    assert half_deg(0.8, is_monochrome=True) > 35


def sheet(half_mm: float, z_mm: float, material: Material, steps: int = 24) -> Mesh:
    """A fine square that faces the camera."""
    x, y = np.meshgrid(*[np.linspace(-half_mm, half_mm, steps)] * 2)
    at = np.arange(steps * steps).reshape(steps, steps)
    a, b, c, d = (
        at[i, j].ravel() for i in (slice(-1), slice(1, None)) for j in (slice(-1), slice(1, None))
    )
    return Mesh(
        vertices_mm=np.stack([x.ravel(), y.ravel(), np.full(x.size, z_mm)], axis=1),
        normals=np.tile(UP, (x.size, 1)),
        faces=np.concatenate([np.stack([a, b, d], 1), np.stack([a, d, c], 1)]),
        uv=np.zeros((x.size, 2)),
        occlusion=np.full(x.size, 0.8),
        material=material,
    )


WHITE = flat_material(255, 255, 255, 255)
FROM_FRONT = Lighting(np.array([[0.6], [0], [-0.4], *[[0]] * 6]) * np.ones(3), np.ones(3))
FROM_BEHIND = Lighting(np.array([[0.6], [0], [0.4], *[[0]] * 6]) * np.ones(3), np.ones(3))


@pytest.mark.parametrize("lighting", [WHITE_LIGHT, FROM_FRONT])
@pytest.mark.parametrize("shape", ["sheet", "ball"])
def test_what_bulges_does_not_shade_itself(shape: str, lighting: Lighting) -> None:
    mesh = (
        sheet(40.0, 30.0, WHITE)
        if shape == "sheet"
        else ball(40, np.full((4, 4, 3), 200, np.uint8))
    )
    fit = fit_of()
    (shaded,) = self_shadowed(lit_scene([mesh], fit, lighting), fit, [mesh])
    seen = (mesh.normals[:, 2] > 0.1) & (mesh.vertices_mm[:, 2] > 0)
    np.testing.assert_allclose((shaded.occlusion / mesh.occlusion)[seen], 1.0, atol=0.04)


def test_a_sheet_is_darker_where_another_stands_before_it() -> None:
    far, near = sheet(40.0, 30.0, WHITE), sheet(15.0, 45.0, WHITE)
    fit = fit_of()
    shaded = self_shadowed(lit_scene([far, near], fit, FROM_FRONT), fit, [far, near])
    share = shaded[0].occlusion / far.occlusion
    distance_mm = np.abs(far.vertices_mm[:, :2]).max(axis=1)
    assert share[distance_mm < 8].max() < 0.45
    assert share[distance_mm > 35].min() > 0.9
    np.testing.assert_allclose(shaded[1].occlusion, near.occlusion, atol=0.03)


def test_light_from_behind_shines_through_a_thin_sheet() -> None:
    fit = fit_of()
    opaque, thin = (sheet(40.0, 30.0, replace(WHITE, translucency=t)) for t in (0.0, 0.2))

    def gain(lighting: Lighting) -> float:
        dark, bright = (
            self_shadowed(lit_scene([mesh], fit, lighting), fit, [mesh])[0].occlusion.mean()
            for mesh in (opaque, thin)
        )
        return float(bright / dark - 1)

    assert gain(WHITE_LIGHT) == pytest.approx(0.2, abs=0.01)
    assert gain(FROM_BEHIND) == pytest.approx(0.3, abs=0.02)  # no more, whatever the estimate says
    assert gain(FROM_FRONT) < 0.1


def test_clear_plastic_stands_in_nobodys_way() -> None:
    clear = sheet(40.0, 30.0, flat_material(255, 255, 255, 3))
    assert not len(coarse(clear).faces)
    scene = lit_scene([clear], fit_of(), FROM_FRONT)
    lit, bare, _ = scene.light_at(np.zeros((1, 3)), UP[None], 0.5, 5.0)[0]
    np.testing.assert_array_equal(lit, bare)


def test_merging_keeps_the_shape_with_a_third_of_its_vertices() -> None:
    mesh = changed(ball(40, np.full((4, 4, 3), 200, np.uint8)), normals=np.zeros((48 * 24, 3)))
    merged = coarse(changed(mesh, normals=mesh.vertices_mm / 40))
    assert len(merged.vertices_mm) < 0.45 * len(mesh.vertices_mm)
    radius_mm = np.linalg.norm(merged.vertices_mm, axis=1)
    assert radius_mm.min() > 39 and radius_mm.max() < 40.01
    np.testing.assert_allclose(merged.normals, merged.vertices_mm / radius_mm[:, None], atol=0.03)
    corners = merged.vertices_mm[merged.faces]
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    whole = 4 * np.pi * 40**2 * np.sin(1.3)
    assert area.sum() / 2 == pytest.approx(whole, rel=0.08)
