from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
import pytest

from mask3d.arrays import Float32Array
from mask3d.composite import composite_over
from mask3d.drape import drape_worn
from mask3d.ears import Ear
from mask3d.errors import BadMaskError, UnknownMaskError
from mask3d.face import FaceFit, fit_face
from mask3d.image_io import write_photo
from mask3d.landmarks import Landmarks
from mask3d.landmarks.convention import MIRROR_68
from mask3d.lighting import Lighting
from mask3d.masks import load_mask, load_worn
from mask3d.mesh import Layer, Mesh
from mask3d.occluders import OccluderFinder, Occluders
from mask3d.photo import Photo
from mask3d.pipeline import Limits, Masker, choices_of, open_masker
from mask3d.recipe import STATES, Effects
from tests.heads import head_photo

EFFECTS = tuple(effect.name for effect in fields(Effects))
NO_EFFECTS = Effects(**dict.fromkeys(EFFECTS, False))
MARGIN_PX = 32  # that a blurred layer may reach over the border of the photo


@pytest.fixture(scope="module")
def masker() -> Iterator[Masker]:
    with open_masker(["surgical_blue"], renderer="numba") as opened:
        yield opened


def with_effects(masker: Masker, effects: Effects) -> Masker:
    return replace(masker, choices=replace(masker.choices, effects=effects))


def moved(landmarks: Landmarks, scale: float, shift_px: tuple[float, float]) -> Landmarks:
    points_px = landmarks.points_px * scale + (*shift_px, 0.0)
    return replace(landmarks, points_px=points_px, box_px=landmarks.box_px * scale + shift_px * 2)


def test_a_mask_changes_what_its_layer_covers_and_nothing_else(masker: Masker) -> None:
    photo, landmarks = head_photo()
    masker = with_effects(masker, Effects(shadow=False))
    masked = masker.mask_photo(photo, [landmarks], "a.jpg")
    cover = layer_of(masker, photo, landmarks)[..., 3]
    assert masked.is_masked
    changed = (masked.photo.rgb != photo.rgb).any(axis=2)
    assert not changed[cover == 0].any()
    assert changed[cover > 0.999].mean() > 0.99


def test_a_mask_also_changes_the_skin_around_it_but_not_far_off(masker: Masker) -> None:
    photo, landmarks = head_photo()
    (face,) = masker.mask_photo(photo, [landmarks], "a.jpg").faces
    assert face.appearance is not None
    factor, (x0, y0) = face.appearance.shadow.factor, face.appearance.shadow.origin_px
    (height, width), cover = factor.shape[:2], layer_of(masker, photo, landmarks)[..., 3]
    shadowed = np.zeros(cover.shape, bool)
    shadowed[y0 : y0 + height, x0 : x0 + width] = (factor != 1).any(axis=2)
    masked = masker.mask_photo(photo, [landmarks], "a.jpg").photo.rgb
    changed = (masked != photo.rgb).any(axis=2)
    assert changed[shadowed & (cover == 0)].any()
    assert not changed[~shadowed & (cover == 0)].any()


@pytest.mark.parametrize("effect", [name for name in EFFECTS if name != "occluders"])
def test_each_effect_can_be_left_out_by_itself(masker: Masker, effect: str) -> None:
    photo, landmarks = noisy(*head_photo(30))
    without = with_effects(masker, replace(Effects(), **{effect: False}))
    pixels = [m.mask_photo(photo, [landmarks], "a.jpg").photo.rgb for m in (masker, without)]
    assert (pixels[0] != pixels[1]).any()


def test_what_lies_in_front_of_the_face_stays_in_front(masker: Masker) -> None:
    photo, landmarks = head_photo()
    width, height = photo.image_wh
    hand = np.zeros((height, width), np.float32)
    hand[:, : width // 2] = 1.0
    masker = with_effects(masker, Effects(shadow=False))
    masker = replace(masker, find_occluders=lambda *_: Occluders(hand, (0, 0), is_given=True))
    masked = masker.mask_photo(photo, [landmarks], "a.jpg")
    changed = (masked.photo.rgb != photo.rgb).any(axis=2)
    assert changed[hand == 0].any()
    assert not changed[hand == 1].any()
    appearance = masked.faces[0].appearance
    assert appearance is not None
    assert 0.3 < appearance.in_front < 0.7
    blind = with_effects(masker, Effects(shadow=False, occluders=False))
    over = (blind.mask_photo(photo, [landmarks], "a.jpg").photo.rgb != photo.rgb).any(axis=2)
    assert over[hand == 1].any()


def test_who_says_what_lies_in_front_also_says_what_hides_the_loops(masker: Masker) -> None:
    photo, landmarks = head_photo(30)
    nothing = Occluders(np.zeros((0, 0), np.float32), (0, 0), is_given=True)
    looked, told, blind = (
        layer_of(one, photo, landmarks)
        for one in (
            masker,
            replace(masker, find_occluders=lambda *_: nothing),
            with_effects(masker, Effects(occluders=False)),
        )
    )
    np.testing.assert_array_equal(told, blind)
    assert looked[..., 3].sum() < told[..., 3].sum()


def test_a_loop_runs_to_where_the_ear_was_found(masker: Masker) -> None:
    photo, landmarks = head_photo(60)
    here, there, hidden = (
        Occluders(np.zeros((0, 0), np.float32), (0, 0), ears=(Ear(bare, np.array(offset_px)), None))
        for bare, offset_px in ((1.0, (0.0, 0.0)), (1.0, (9.0, 0.0)), (0.0, (9.0, 0.0)))
    )
    at_ear, farther, unmoved = (
        layer_of(replace(masker, find_occluders=lambda *_, found=found: found), photo, landmarks)
        for found in (here, there, hidden)
    )
    last_px = [np.flatnonzero(alpha.any(axis=0)).max() for alpha in (at_ear, farther, unmoved)]
    assert last_px[1] > last_px[0] + 5
    assert last_px[2] <= last_px[0]


def test_what_finds_occluders_finds_ears() -> None:
    photo, landmarks = head_photo(60)
    fit = fit_face(landmarks, photo.image_wh)
    left, right = OccluderFinder().find(photo.rgb, fit).ears
    assert left is not None
    assert left.bare > 0.9
    assert right is None


def test_a_folder_says_what_lies_in_front(tmp_path: Path) -> None:
    photo, landmarks = head_photo()
    in_front = np.full_like(photo.pixels, 255)
    write_photo(Photo(in_front), tmp_path / "a.png")
    with open_masker(["surgical_blue"], renderer="numba", occluders=tmp_path) as masker:
        hidden, missing = (
            masker.mask_photo(photo, [landmarks], name).faces[0].error
            for name in ("a.jpg", "b.jpg")
        )
    assert hidden is not None
    assert hidden.code == "bad-fit"  # nothing of the mask is left
    assert missing is not None
    assert missing.code == "bad-occluders"


def test_without_effects_the_layer_is_as_rendered_in_even_light(masker: Masker) -> None:
    photo, landmarks = noisy(*head_photo(30))
    (face,) = with_effects(masker, NO_EFFECTS).mask_photo(photo, [landmarks], "a.jpg").faces
    assert face.fit is not None
    assert face.appearance is not None
    lighting = face.appearance.lighting
    around = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    np.testing.assert_allclose(lighting.irradiance(around), np.tile(lighting.gain, (3, 1)))
    worn = drape_worn(face.masks, face.fit, face.recipe)
    rendered = masker.renderer.render(worn, face.fit, lighting)
    np.testing.assert_array_equal(face.appearance.layer.rgba, rendered.rgba)


def noisy(photo: Photo, landmarks: Landmarks) -> tuple[Photo, Landmarks]:
    """The photo out of focus, in haze, with coarse grain."""
    soft = cv2.GaussianBlur(photo.rgb, (0, 0), 2.0).astype(np.float64)
    white = 30.0 * np.random.default_rng(0).standard_normal(soft.shape)
    grain = cv2.GaussianBlur(np.asarray(white), (0, 0), 0.8)
    pixels = np.clip(30 + 0.85 * soft + grain, 0, 255).astype(np.uint8)
    return replace(photo, pixels=pixels, is_grey=False), landmarks


def test_the_same_seed_gives_the_same_pixels_and_another_seed_others(masker: Masker) -> None:
    photo, landmarks = head_photo(30)
    first, again, other = (
        replace(masker, seed=seed).mask_photo(photo, [landmarks], "a.jpg").photo.rgb
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(min_face_px=1000), "too-small"),
        (Limits(min_confidence=1.01), "low-confidence"),
        (Limits(max_fit_error=1e-9), "bad-fit"),
    ],
)
def test_a_face_beyond_a_limit_is_left_alone_with_a_reason(
    masker: Masker, limits: Limits, code: str
) -> None:
    photo, landmarks = head_photo()
    masked = replace(masker, limits=limits).mask_photo(photo, [landmarks], "a.jpg")
    error = masked.faces[0].error
    assert error is not None
    assert error.code == code
    assert error.remedy
    assert not masked.is_masked
    assert masked.photo is photo


def test_points_that_are_no_face_are_a_bad_fit(masker: Masker) -> None:
    photo, landmarks = head_photo()
    points_px = np.random.default_rng(0).uniform(100, 400, (68, 3))
    masked = masker.mask_photo(photo, [replace(landmarks, points_px=points_px)], "a.jpg")
    error = masked.faces[0].error
    assert error is not None
    assert error.code == "bad-fit"


def test_a_face_outside_the_photo_is_no_silent_success(masker: Masker) -> None:
    photo, landmarks = head_photo()
    masked = masker.mask_photo(photo, [moved(landmarks, 1.0, (9000.0, 0.0))], "a.jpg")
    error = masked.faces[0].error
    assert error is not None
    assert "no pixel" in error.message


def test_one_bad_face_does_not_stop_the_others(masker: Masker) -> None:
    photo, landmarks = head_photo()
    doubtful = replace(landmarks, confidence=0.1)
    alone = masker.mask_photo(photo, [doubtful, landmarks], "a.jpg")
    assert [result.appearance is None for result in alone.faces] == [True, False]
    assert alone.is_masked


class FlatRenderer:
    """A renderer that fills the photo with one grey a face, to show which face lies on top."""

    name = "flat"

    def __init__(self) -> None:
        self._greys = iter((0.2, 0.6))

    def render(self, meshes: Sequence[Mesh], fit: FaceFit, lighting: Lighting) -> Layer:
        width, height = fit.camera.image_wh
        rgba = np.full((height, width, 4), next(self._greys), np.float32)
        rgba[..., 3] = 1.0
        return Layer(rgba, (0, 0))

    def close(self) -> None: ...


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_the_mask_of_the_nearer_face_lies_over_the_others(order: slice) -> None:
    photo, landmarks = head_photo()
    near, far = moved(landmarks, 0.9, (0.0, 0.0)), moved(landmarks, 0.4, (150.0, 100.0))
    worn = MappingProxyType({"m": load_worn("surgical_blue")})
    masker = Masker(worn, choices_of(worn, effects=NO_EFFECTS), FlatRenderer())
    masked = masker.mask_photo(photo, [near, far][order], "a.jpg")
    appearance = masked.faces[order][0].appearance
    assert appearance is not None
    assert (masked.photo.rgb == composite_over(appearance.layer, photo).rgb).all()


@pytest.mark.parametrize("yaw_deg", [0, 30, 90])
@pytest.mark.parametrize("mask", ["surgical_blue", "n95_white", "cloth_black"])
def test_a_mirrored_photo_gives_the_mirrored_result(yaw_deg: int, mask: str) -> None:
    photo, landmarks = head_photo(yaw_deg)
    with open_masker([mask], exact=True, renderer="numba") as masker:
        plain = layer_of(masker, photo, landmarks)
        mirrored = layer_of(masker, *mirrored_view(photo, landmarks))[:, ::-1]
    one_px_more = np.ones((3, 3))
    for one, other in ((plain, mirrored), (mirrored, plain)):
        assert not (one[..., 3] > cv2.dilate(other[..., 3], one_px_more) + 0.5).any()
    # Weave and print of a fabric run on in one direction: compare what is left when they blur.
    soft = cv2.GaussianBlur(plain - mirrored, (0, 0), 6.0)[plain[..., 3] > 0]
    assert np.abs(soft).mean() < 2 / 255


def layer_of(masker: Masker, photo: Photo, landmarks: Landmarks) -> Float32Array:
    """The layer of the only face, as large as the photo."""
    appearance = masker.mask_photo(photo, [landmarks], "a.jpg").faces[0].appearance
    assert appearance is not None
    layer = appearance.layer
    (height, width), (photo_width, photo_height) = layer.rgba.shape[:2], photo.image_wh
    x0, y0 = (place + MARGIN_PX for place in layer.origin_px)
    wide = np.zeros((photo_height + 2 * MARGIN_PX, photo_width + 2 * MARGIN_PX, 4), np.float32)
    wide[y0 : y0 + height, x0 : x0 + width] = layer.rgba
    return wide[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]


def mirrored_view(photo: Photo, landmarks: Landmarks) -> tuple[Photo, Landmarks]:
    last_px = photo.rgb.shape[1] - 1
    points_px = landmarks.points_px[MIRROR_68].copy()
    points_px[:, 0] = last_px - points_px[:, 0]
    x0, y0, x1, y1 = landmarks.box_px
    return replace(photo, pixels=photo.pixels[:, ::-1]), replace(
        landmarks,
        points_px=points_px,
        box_px=np.array([last_px - x1, y0, last_px - x0, y1]),
        yaw_deg=-landmarks.yaw_deg,
        roll_deg=-landmarks.roll_deg,
    )


def test_an_unknown_mask_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UnknownMaskError, match="surgical_blue"), open_masker(["surgical_squid"]):
        pass


def test_a_state_that_a_mask_cannot_be_in_is_an_error_that_says_what_it_can() -> None:
    mask = load_mask("surgical_blue")
    worn = {"m": (replace(mask, poses=MappingProxyType({"covered": mask.poses["covered"]})),)}
    with pytest.raises(BadMaskError, match="cannot be worn nose_out; choose of covered"):
        choices_of(worn, ["nose_out"])


def test_each_mask_is_drawn_in_the_states_that_it_can_be_in() -> None:
    mask = load_mask("surgical_blue")
    pose = mask.poses["covered"]
    one = replace(mask, poses=MappingProxyType({"covered": pose}))
    two = replace(mask, poses=MappingProxyType({"covered": pose, "nose_out": pose}))
    worn = {"one": (one,), "two": (two,), "two+one": (two, one)}
    choices = choices_of(worn, STATES, drop_mm=3.0, exact=True)
    assert choices.states == {
        "one": ("covered",),
        "two": ("covered", "nose_out"),
        "two+one": ("covered", "nose_out"),
    }
    assert (choices.drop_mm, choices.exact) == (3.0, True)
