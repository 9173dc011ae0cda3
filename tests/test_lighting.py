"""Laws of the light that a face gives away, on photos made from numbers."""

from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import Camera
from mask3d.colour import REC709_LUMA, linear_from_srgb, srgb_from_linear
from mask3d.face import FaceFit
from mask3d.face_model import load_face_model
from mask3d.illuminant import (
    MAX_MASK_TO_SCENE,
    MAX_MASK_TO_SKIN,
    MIN_MASK_TO_SKIN,
    WHITE_ALBEDO,
)
from mask3d.key_light import key_light
from mask3d.lighting import (
    ENCODING_GAMMA,
    MIN_ENCODED,
    Lighting,
    estimate_lighting,
    light_on_samples,
    sh_basis,
)
from mask3d.skin import SkinSamples
from tests.ball_head import SKIN, ball_fit, ball_normals, ball_photo, lit_from

LEFT_LIGHT = (-1.0, -0.4, -0.8)  # camera frame: from image left, above, in front


def sphere_points(count: int) -> FloatArray:
    """Unit vectors (count, 3), spread evenly (golden spiral)."""
    z = 1 - (2 * np.arange(count) + 1) / count
    angle = np.pi * (3 - np.sqrt(5)) * np.arange(count)
    radius = np.sqrt(1 - z**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=1)


def front_points(count: int) -> FloatArray:
    """Unit normals (N, 3) that face the viewer."""
    points = sphere_points(2 * count)
    return points[points[:, 2] < -0.15]


def samples_of(normals_cam: FloatArray, encoded: FloatArray) -> SkinSamples:
    """Samples without a beard, of weight 1, on a face that fills its box."""
    count = len(encoded)
    no_beard, no_clipping = np.zeros(count, bool), np.zeros(count, bool)
    return SkinSamples(normals_cam, encoded, no_beard, no_clipping, np.ones(count), encoded[None])


def encoded_by(light: Lighting, normals_cam: FloatArray) -> FloatArray:
    encoded: FloatArray = light.irradiance(normals_cam) ** (1 / ENCODING_GAMMA)
    return encoded


def shading(lighting: Lighting, fit: FaceFit) -> FloatArray:
    """Irradiance (N, 3) at the ball's pixels, 1 on average."""
    normals = ball_normals(fit)
    seen = normals[normals[..., 2] < -0.3]
    irradiance = lighting.irradiance(seen)
    relative: FloatArray = irradiance / irradiance.mean()
    return relative


def true_shading(irradiance: FloatArray, fit: FaceFit) -> FloatArray:
    """The same of the irradiance (H, W, 3) that the photo was made with."""
    seen = irradiance[ball_normals(fit)[..., 2] < -0.3]
    relative: FloatArray = seen / seen.mean()
    return relative


def head_fit(yaw_deg: float) -> FaceFit:
    """The mean head, 700 mm away in the middle of a photo of 200 x 200."""
    model = load_face_model()
    c, s = np.cos(np.deg2rad(yaw_deg)), np.sin(np.deg2rad(yaw_deg))
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = np.array([[c, 0, -s], [0, -1, 0], [-s, 0, -c]])
    cam_from_face[2, 3] = 700.0
    return FaceFit(
        model=model,
        camera=Camera(400.0, np.array([99.5, 99.5]), (200, 200)),
        cam_from_face=cam_from_face,
        identity=np.zeros(len(model.identity_modes_mm)),
        expression=np.zeros(len(model.expression_modes_mm)),
        vertices_mm=model.mean_mm,
        residual=0.0,
    )


def luminance(lighting: Lighting) -> float:
    return float(lighting.gain @ REC709_LUMA)


def test_basis_functions_are_orthogonal_over_the_sphere() -> None:
    basis = sh_basis(sphere_points(20000))
    products = basis.T @ basis / len(basis)
    np.testing.assert_allclose(products, np.diag(np.diag(products)), atol=1e-3)
    assert (np.diag(products) > 0.05).all()


def test_basis_keeps_leading_axes_and_their_order() -> None:
    normals = sphere_points(12).reshape(3, 4, 3)
    x, y, z = np.moveaxis(normals, -1, 0)
    expected = [np.ones((3, 4)), y, z, x, x * y, y * z, 3 * z**2 - 1, x * z, x**2 - y**2]
    np.testing.assert_allclose(sh_basis(normals), np.stack(expected, -1))


def test_irradiance_is_floored_and_scaled() -> None:
    sh = np.zeros((9, 3))
    sh[3] = 1.0  # light from +x only
    lighting = Lighting(sh, np.array([1.0, 0.5, 0.25]))
    lit, dark = lighting.irradiance(np.array([[1.0, 0, 0], [-1.0, 0, 0]]))
    np.testing.assert_allclose(lit, lighting.gain)
    np.testing.assert_allclose(dark, lighting.gain * MIN_ENCODED**ENCODING_GAMMA)


def test_key_light_adds_to_what_faces_it_only() -> None:
    towards = np.array([0.6, 0.0, -0.8])
    room = np.zeros((9, 3))
    room[0] = 0.5
    light = Lighting(room, np.ones(3), key_towards=towards, key=np.array([1.0, 0.5, 0.0]))
    facing, aslant, away = light.irradiance(np.array([towards, [1.0, 0, 0], -towards]))
    np.testing.assert_allclose(away, 0.5**ENCODING_GAMMA)
    np.testing.assert_allclose(facing - away, [1.0, 0.5, 0.0])
    np.testing.assert_allclose(aslant - away, [0.6, 0.3, 0.0])


def test_direction_of_the_key_light_is_surer_from_aside() -> None:
    def confidence(towards: tuple[float, ...], strength: float) -> float:
        light = Lighting(
            np.zeros((9, 3)), np.ones(3), False, np.array(towards), np.full(3, strength)
        )
        return light.key_confidence

    assert confidence((1.0, 0.0, 0.0), 1.2) == 1.0
    assert confidence((1.0, 0.0, 0.0), 0.1) == 0.0
    assert confidence((0.0, 0.0, -1.0), 1.2) == 0.0
    assert 0.0 < confidence((0.5, 0.0, -0.75), 1.0) < confidence((0.75, 0.0, -0.5), 1.0) < 1.0


def test_constant_light_gives_a_constant_shape() -> None:
    normals = front_points(600)
    light = light_on_samples(samples_of(normals, np.tile([0.7, 0.5, 0.4], (len(normals), 1))))
    expected = np.tile([0.7, 0.5, 0.4], (len(normals), 1))
    np.testing.assert_allclose(encoded_by(light, normals), expected, rtol=0.02)


@pytest.mark.parametrize("towards", [LEFT_LIGHT, (0.2, -0.9, -0.3), (0.05, -0.1, -1.0)])
@pytest.mark.parametrize("room", [0.2, 0.6])
def test_key_light_and_room_are_recovered_from_noiseless_samples(
    towards: tuple[float, ...], room: float
) -> None:
    direction = np.array(towards) / np.linalg.norm(towards)
    normals = front_points(800)
    light = room + 0.7 * np.maximum(normals @ direction, 0.0)
    encoded = (np.outer(light, [1.0, 0.5, 0.4]) / 2.0) ** (1 / ENCODING_GAMMA)
    found = light_on_samples(samples_of(normals, encoded))
    error = found.irradiance(normals) / found.gain - light[:, None] / light.mean()
    assert np.sqrt((error**2).mean()) < 0.04
    assert found.key_towards @ direction > np.cos(np.radians(15))


def test_lights_of_two_colours_stay_on_their_sides() -> None:
    normals = front_points(800)
    encoded = 0.5 + 0.2 * np.outer(normals[:, 0], [1.0, 0.0, -1.0])  # red right, blue left
    light = light_on_samples(samples_of(normals, encoded))
    left, right = light.irradiance(np.array([[-0.8, 0, -0.6], [0.8, 0, -0.6]]))
    assert right[0] > 1.2 * left[0]
    assert abs(right[1] / left[1] - 1) < 0.1
    assert left[2] > 1.2 * right[2]


def test_hair_over_a_third_of_the_samples_changes_little() -> None:
    normals = front_points(800)
    truth = np.array([0.5, -0.1, -0.15, 0.12, 0, 0, 0, 0, 0])
    encoded = np.repeat((sh_basis(normals) @ truth)[:, None], 3, axis=1)
    hairy = encoded.copy()
    hairy[np.random.default_rng(7).random(len(hairy)) < 0.3] = 0.05
    bare_fit, hairy_fit = (
        encoded_by(light_on_samples(samples_of(normals, e)), normals) for e in (encoded, hairy)
    )
    bare_shape, hairy_shape = bare_fit / bare_fit.mean(), hairy_fit / hairy_fit.mean()
    assert np.abs(hairy_shape - bare_shape).max() < 0.08
    assert hairy_fit.mean() > 0.9 * bare_fit.mean()


def test_beard_is_not_taken_for_light_from_above() -> None:
    normals = front_points(800)
    encoded = np.repeat((0.5 - 0.1 * normals[:, 2:]), 3, axis=1)
    chin = normals[:, 1] > 0.4
    bare = samples_of(normals, encoded)._replace(may_be_beard=chin)
    bearded = bare._replace(encoded=np.where(chin[:, None], 0.5, 1.0) * encoded)
    below = np.array([0.0, 0.8, -0.6])
    with_beard, without = (light_on_samples(s).irradiance(below) for s in (bearded, bare))
    np.testing.assert_allclose(with_beard, without, rtol=0.1)


def test_clipped_skin_is_at_least_so_bright() -> None:
    normals = front_points(800)
    light = 0.3 + 1.5 * np.maximum(normals @ [-0.8, 0.0, -0.6], 0.0)
    encoded = np.repeat(light[:, None] ** (1 / ENCODING_GAMMA), 3, axis=1)
    clipped = samples_of(normals, np.minimum(encoded, 1.0))._replace(
        is_clipped=encoded[:, 0] >= 1.0
    )
    brightest = light_on_samples(clipped).irradiance(np.array([-0.8, 0.0, -0.6]))
    assert (brightest > 1.4).all()


def test_without_skin_the_colours_around_the_face_light_it_from_above_and_in_front() -> None:
    around = np.full((2, 2, 3), [0.6, 0.5, 0.4])
    nothing, none = np.zeros((0, 3)), np.zeros(0, bool)
    light = light_on_samples(SkinSamples(nothing, nothing, none, none, np.zeros(0), around))
    mean = encoded_by(light, sphere_points(400)).mean(axis=0)
    np.testing.assert_allclose(mean, [0.6, 0.5, 0.4], rtol=0.05)
    above, below, front, behind = light.irradiance(
        np.array([[0.0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]])
    )
    assert (above > 1.05 * below).all()
    assert (front > 1.05 * behind).all()
    np.testing.assert_allclose(light.key, 0.0, atol=1e-9)


@pytest.mark.parametrize("direction", [LEFT_LIGHT, (0.7, -0.6, -0.5), (0.0, -1.0, -1.0)])
@pytest.mark.parametrize("yaw_deg", [0.0, -40.0, 40.0])
def test_ball_under_one_light_shows_its_shading(
    direction: tuple[float, ...], yaw_deg: float
) -> None:
    fit = ball_fit(yaw_deg=yaw_deg)
    irradiance = lit_from(fit, np.array(direction))
    lighting = estimate_lighting(ball_photo(fit, irradiance), fit)
    error = shading(lighting, fit).mean(axis=1) - true_shading(irradiance, fit).mean(axis=1)
    assert np.sqrt((error**2).mean()) < 0.12
    estimated, true = key_light(lighting).towards[:2], np.array(direction[:2])
    cosine = estimated @ true / np.linalg.norm(estimated) / np.linalg.norm(true)
    assert cosine > np.cos(np.deg2rad(20))


def test_mirrored_photo_has_mirrored_light() -> None:
    fit, mirrored_fit = (
        ball_fit(principal_px=(x, 82.0), yaw_deg=yaw) for x, yaw in ((75.0, 30.0), (84.0, -30.0))
    )
    photo = ball_photo(fit, lit_from(fit, np.array(LEFT_LIGHT)))
    lighting = estimate_lighting(photo, fit)
    mirrored = estimate_lighting(np.ascontiguousarray(photo[:, ::-1]), mirrored_fit)
    normals = front_points(200)
    expected = lighting.irradiance(normals * [-1.0, 1.0, 1.0])
    np.testing.assert_allclose(mirrored.irradiance(normals), expected, rtol=0.08)
    np.testing.assert_allclose(mirrored.gain, lighting.gain, rtol=0.01)


def test_darker_photos_get_darker_masks() -> None:
    fit = ball_fit()
    photo = linear_from_srgb(ball_photo(fit, lit_from(fit, np.array(LEFT_LIGHT))))
    exposures = (1.0, 0.6, 0.35, 0.2, 0.1, 0.05, 0.02)
    gains = [
        luminance(
            estimate_lighting(np.round(srgb_from_linear(photo * e) * 255).astype(np.uint8), fit)
        )
        for e in exposures
    ]
    assert (np.diff(gains) < 0).all()
    assert gains[-1] < 0.06 * gains[0]


def test_white_mask_is_brighter_than_skin_and_does_not_glow_in_a_dark_room() -> None:
    fit = ball_fit()
    photo = ball_photo(fit, np.where(np.isnan(ball_normals(fit)), np.nan, 0.2))
    mask = luminance(estimate_lighting(photo, fit)) * WHITE_ALBEDO
    skin = float(0.2 * SKIN @ REC709_LUMA)
    assert MIN_MASK_TO_SKIN * skin * 0.99 < mask < MAX_MASK_TO_SKIN * skin * 1.01
    photo[np.isnan(ball_normals(fit)[..., 0])] = 40  # a dark room
    scene = float(linear_from_srgb(np.full(3, 40, np.uint8)) @ REC709_LUMA)
    dim_mask = luminance(estimate_lighting(photo, fit)) * WHITE_ALBEDO
    brightest = max(scene, skin)
    assert dim_mask <= 1.1 * MAX_MASK_TO_SCENE * brightest
    assert dim_mask < 0.8 * mask


def grey_of(photo: ByteArray) -> ByteArray:
    return np.repeat(photo[..., 1:2], 3, axis=2)


def test_grey_photo_gets_grey_light() -> None:
    fit = ball_fit()
    lighting = estimate_lighting(grey_of(ball_photo(fit, lit_from(fit, np.array(LEFT_LIGHT)))), fit)
    assert lighting.is_monochrome
    np.testing.assert_allclose(lighting.sh, np.repeat(lighting.sh[:, :1], 3, axis=1), atol=1e-12)
    np.testing.assert_allclose(lighting.key, lighting.key[0], atol=1e-12)
    np.testing.assert_allclose(lighting.gain, lighting.gain[0], rtol=1e-12)


def test_sepia_photo_gets_sepia_light() -> None:
    fit = ball_fit()
    grey = grey_of(ball_photo(fit, lit_from(fit, np.array(LEFT_LIGHT)))) / 255
    sepia = np.round(255 * grey ** np.array([0.85, 1.0, 1.3])).astype(np.uint8)
    lighting = estimate_lighting(sepia, fit)
    assert lighting.is_monochrome
    assert lighting.gain[0] > 1.05 * lighting.gain[1] > 1.1 * lighting.gain[2]
    np.testing.assert_allclose(lighting.sh, np.repeat(lighting.sh[:, :1], 3, axis=1), atol=1e-12)


def test_face_before_a_grey_wall_is_no_grey_photo() -> None:
    fit = ball_fit()
    photo = ball_photo(fit, lit_from(fit, np.array(LEFT_LIGHT)))
    wall = np.isnan(ball_normals(fit)[..., 0])
    photo[wall] = np.linspace(0, 255, wall.sum()).astype(np.uint8)[:, None]
    assert not estimate_lighting(photo, fit).is_monochrome


@pytest.mark.parametrize("level", [0, 1, 254, 255])
def test_photos_without_content_give_light_without_nan(level: int) -> None:
    lighting = estimate_lighting(np.full((160, 160, 3), level, np.uint8), ball_fit())
    normals = sphere_points(100)
    irradiance = lighting.irradiance(normals)
    assert np.isfinite(irradiance).all()
    assert (irradiance > 0).all()


@pytest.mark.parametrize("principal_px", [(-300.0, 80.0), (150.0, 155.0), (2000.0, 2000.0)])
def test_face_beyond_the_border_still_has_light(principal_px: tuple[float, float]) -> None:
    fit = ball_fit(principal_px=principal_px)
    lighting = estimate_lighting(np.full((160, 160, 3), (150, 110, 90), np.uint8), fit)
    assert (lighting.irradiance(sphere_points(100)) > 0).all()


def test_photo_of_one_pixel_has_light() -> None:
    fit = ball_fit(image_wh=(1, 1), principal_px=(0.0, 0.0))
    lighting = estimate_lighting(np.full((1, 1, 3), (150, 110, 90), np.uint8), fit)
    assert (lighting.irradiance(sphere_points(100)) > 0).all()


@pytest.mark.parametrize("yaw_deg", [-90.0, -60.0, 0.0, 60.0, 90.0])
def test_head_of_one_colour_is_evenly_lit_at_every_yaw(yaw_deg: float) -> None:
    fit = head_fit(yaw_deg)
    photo = np.full((200, 200, 3), (180, 140, 120), np.uint8)
    lighting = estimate_lighting(photo, fit)
    facing = lighting.irradiance(front_points(200))
    np.testing.assert_allclose(facing / facing.mean(axis=0), 1.0, atol=0.1)


def test_same_photo_has_same_light() -> None:
    fit = ball_fit()
    photo = ball_photo(fit, lit_from(fit, np.array(LEFT_LIGHT)))
    first, second = estimate_lighting(photo, fit), estimate_lighting(photo, fit)
    assert first.sh.tobytes() == second.sh.tobytes()
    assert first.gain.tobytes() == second.gain.tobytes()
