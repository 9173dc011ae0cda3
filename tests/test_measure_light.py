"""Laws of the photos whose light is known, and of the scores taken on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.camera import transform
from mask3d.colour import REC709_LUMA
from mask3d.geometry import vertex_normals
from mask3d.harmonics import all_around
from mask3d.lighting import ENCODING_GAMMA, Lighting, estimate_lighting
from scripts.light_truth.complexion import TONES, random_complexion
from scripts.light_truth.heads import true_head
from scripts.light_truth.lights import KINDS, Kind, Lights, random_lights
from scripts.light_truth.photo import TruePhoto, true_photo
from scripts.light_truth.score import Score, score
from scripts.light_truth.surface import is_lit, visible_surface
from scripts.measure_light import MAX_COLOUR_DEG, report

LEFT = np.array([-1.0, 0.0, 0.0])


@pytest.fixture(scope="module")
def photos() -> list[TruePhoto]:
    """One of each kind of light."""
    return [true_photo(5, number) for number in (0, 2, 4)]


def lighting_of(lights: Lights) -> Lighting:
    """`Lights` with one lamp, as near as `Lighting` holds them: no tilt of the room."""
    sh = np.zeros((9, 3))
    sh[0] = lights.room[0] ** (1 / ENCODING_GAMMA)
    (towards,), (strength,) = lights.towards, lights.strength
    return Lighting(sh, np.ones(3), key_towards=towards, key=strength)


def one_lamp(photo: TruePhoto) -> TruePhoto:
    """The same photo, said to be in one light from the left and an even room."""
    room = np.zeros((4, 3))
    room[0] = 0.3
    lights = Lights("one", LEFT[None], np.full((1, 3), 0.7), np.full(1, 0.1), room)
    return replace(photo, lights=lights)


def test_same_seed_gives_the_same_photo_and_another_seed_another() -> None:
    first, again, other = true_photo(5, 1), true_photo(5, 1), true_photo(6, 1)
    assert first.rgb.tobytes() == again.rgb.tobytes()
    assert first.rgb.tobytes() != other.rgb.tobytes()


def test_photos_take_turns_in_light_and_skin() -> None:
    drawn = [true_photo(5, number) for number in range(0, 25, 5)]
    assert [photo.tone for photo in drawn] == list(range(TONES))


def test_exact_light_has_no_error(photos: list[TruePhoto]) -> None:
    photo = one_lamp(photos[0])
    found = score(photo, lighting_of(photo.lights))
    assert found.azimuth_deg < 0.5
    assert found.shading < 1e-6
    assert found.colour_deg < 1e-4
    np.testing.assert_allclose(found.intensity, 1.0)


def test_each_fault_shows_in_its_own_error(photos: list[TruePhoto]) -> None:
    photo = one_lamp(photos[0])
    exact = lighting_of(photo.lights)
    turned = replace(exact, key_towards=np.array([-np.cos(0.3), np.sin(0.3), 0.0]))
    np.testing.assert_allclose(score(photo, turned).azimuth_deg, np.degrees(0.3), atol=1.0)
    brighter = score(photo, replace(exact, gain=np.full(3, 1.4)))
    np.testing.assert_allclose(brighter.intensity, 1.4)
    assert brighter.shading < 1e-6
    assert score(photo, replace(exact, gain=np.array([1.1, 1.0, 0.9]))).colour_deg > 3.0
    assert score(photo, replace(exact, key=0.3 * exact.key)).shading > 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_lights_are_physical(kind: Kind) -> None:
    lights = random_lights(kind, np.random.default_rng(3))
    irradiance = lights.irradiance(all_around())
    assert (irradiance > 0).all()
    brightest = all_around()[np.argmax(irradiance @ REC709_LUMA)]
    assert brightest @ lights.dominant > 0.5


def test_nose_throws_a_shadow_on_the_far_cheek_only() -> None:
    head = true_head(np.random.default_rng(4))
    surface = visible_surface(head)
    normals, points = surface.normals_cam, surface.points_cam_mm
    lit = is_lit(head, points, LEFT)
    assert lit[normals @ LEFT > 0.8].mean() > 0.9
    assert lit[normals @ LEFT < -0.3].mean() < 0.1


def test_visible_surface_is_that_of_the_head() -> None:
    head = true_head(np.random.default_rng(4))
    surface = visible_surface(head)
    rows, columns = np.nonzero(surface.seen)
    projected = head.camera.project(surface.points_cam_mm)
    np.testing.assert_allclose(projected, np.stack([columns, rows], axis=1), atol=0.05)
    normals = vertex_normals(transform(head.cam_from_face, head.vertices_mm), head.model.faces)
    interpolated: FloatArray = surface.of_vertices(normals)
    assert (np.einsum("nd,nd->n", interpolated, surface.normals_cam) > 0.5).all()


def test_skin_is_darker_from_tone_to_tone() -> None:
    skins = [random_complexion(tone, np.random.default_rng(2)).skin for tone in range(TONES)]
    luminance = np.array(skins) @ REC709_LUMA
    assert (np.diff(luminance) < 0).all()
    assert luminance[0] < 0.55
    assert luminance[-1] > 0.03


def test_report_marks_what_misses_its_limit() -> None:
    good = [Score(kind, tone, 3.0, 0.03, 1.0, 1.0) for kind in KINDS for tone in range(TONES)]
    lines, missed = report(good)
    assert missed == 0
    assert "!" not in "".join(lines)
    off = [s._replace(colour_deg=MAX_COLOUR_DEG + 0.1) for s in good]
    off = [s._replace(intensity=0.5) if s.tone == 4 else s for s in off]
    lines, missed = report(off)
    assert missed == 2
    assert sum(line.count("!") for line in lines) == 2


def test_estimates_on_known_photos_are_near(photos: list[TruePhoto]) -> None:
    scores = [score(photo, estimate_lighting(photo.rgb, photo.fit)) for photo in photos]
    assert max(s.shading for s in scores) < 0.25
    assert max(s.colour_deg for s in scores) < 12.0
    assert all(0.3 < s.intensity < 3.0 for s in scores)
