from __future__ import annotations

import cv2
import numpy as np
import pytest

from mask3d.arrays import ByteArray, FloatArray
from mask3d.face_model import load_face_model
from scripts.train_landmarks.crops import CROP_PX, Crops, held_out
from scripts.train_landmarks.head_fit import HeadFits, Observed, fit_heads
from scripts.train_landmarks.labels import face_size_px, make_labels, observe, teacher_trust
from scripts.train_landmarks.offsets import learn_offsets
from scripts.train_landmarks.points import (
    MIRROR_89,
    PointBasis,
    point_basis,
    vertex_basis,
)
from scripts.train_landmarks.synthesise import turned_face
from scripts.train_landmarks.turned_head import draw, texture_px, without_head

YAWS_DEG = np.array([-90.0, -60.0, -20.0, 0.0, 35.0, 75.0])


def _basis() -> PointBasis:
    return point_basis(load_face_model())


def _heads(count: int = 6, seed: int = 0) -> HeadFits:
    """Heads at YAWS_DEG with random shapes, about 80 px high, in the middle of a crop."""
    rng = np.random.default_rng(seed)
    rotations = []
    for yaw in np.radians(YAWS_DEG[np.arange(count) % len(YAWS_DEG)]):
        sin, cos = np.sin(yaw), np.cos(yaw)
        rotations.append([[cos, 0, -sin], [0, -1, 0], [-sin, 0, -cos]])
    coefficients = 0.5 * rng.standard_normal((count, len(_basis().prior)))
    return HeadFits(
        np.array(rotations), np.full(count, 0.6), np.full((count, 2), 60.0), coefficients
    )


def _observed(points_px: FloatArray, seen: FloatArray, yaw_deg: FloatArray) -> Observed:
    return Observed(points_px[..., :2], seen / 2.0, yaw_deg)


def _mean_error(fits: HeadFits, heads: HeadFits, basis: PointBasis) -> float:
    """Mean distance in mm between the points of two sets of heads."""
    distances_px = np.linalg.norm(
        (fits.points_px(basis) - heads.points_px(basis))[..., :2], axis=-1
    )
    return float((distances_px / heads.px_per_mm[:, None]).mean())


def test_the_fit_finds_heads_from_their_points() -> None:
    basis, heads = _basis(), _heads()
    fits = fit_heads(basis, _observed(heads.points_px(basis), np.ones((6, 89)), heads.yaw_deg()))
    assert _mean_error(fits, heads, basis) < 0.5
    np.testing.assert_allclose(fits.yaw_deg(), YAWS_DEG, atol=2)


def test_hidden_points_count_for_nothing_and_wrong_ones_for_little() -> None:
    basis, heads = _basis(), _heads()
    points_px, seen = heads.points_px(basis), np.ones((6, 89))
    whole = fit_heads(basis, _observed(points_px, seen, heads.yaw_deg()))
    seen[:, 3] = 0
    points_px[:, 3] = 1e6
    hidden = fit_heads(basis, _observed(points_px, seen, heads.yaw_deg()))
    assert _mean_error(hidden, whole, basis) < 0.2
    points_px[:, 50] += 30
    assert (
        _mean_error(fit_heads(basis, _observed(points_px, seen, heads.yaw_deg())), whole, basis) < 1
    )


def test_the_yaw_of_the_label_decides_where_points_do_not() -> None:
    basis, heads = _basis(), _heads()
    seen = np.zeros((6, 89))
    seen[:, 68 + 14] = 1  # the tip of the nose alone
    fits = fit_heads(basis, _observed(heads.points_px(basis), seen, YAWS_DEG))
    np.testing.assert_allclose(fits.yaw_deg(), YAWS_DEG, atol=6)


def test_offsets_that_points_have_are_learnt() -> None:
    basis = _basis()
    offsets_mm = np.random.default_rng(1).normal(0, 2, (89, 3))
    offsets_mm = (offsets_mm + offsets_mm[MIRROR_89] * (-1, 1, 1)) / 2
    heads = _heads(60)
    points_px = heads.points_px(basis.moved(offsets_mm))
    learnt_mm = learn_offsets(basis, _observed(points_px, np.ones((60, 89)), heads.yaw_deg()))
    fits = fit_heads(
        basis.moved(learnt_mm), _observed(points_px, np.ones((60, 89)), heads.yaw_deg())
    )
    plain = fit_heads(basis, _observed(points_px, np.ones((60, 89)), heads.yaw_deg()))
    left_px = np.linalg.norm(
        (fits.points_px(basis.moved(learnt_mm)) - points_px)[..., :2], axis=-1
    ).mean()
    before_px = np.linalg.norm((plain.points_px(basis) - points_px)[..., :2], axis=-1).mean()
    assert left_px < before_px / 3
    np.testing.assert_allclose(learnt_mm, learnt_mm[MIRROR_89] * (-1, 1, 1), atol=1e-6)


def _crops(points21_px: FloatArray, yaw_deg: FloatArray) -> Crops:
    return Crops(np.zeros((len(yaw_deg), 2, 2, 3), np.uint8), points21_px, yaw_deg)


def test_facemesh_is_trusted_from_the_front_where_hand_set_points_agree() -> None:
    points_px = _heads().points_px(_basis())
    crops = _crops(points_px[:, 68:, :2].copy(), YAWS_DEG)
    trust = teacher_trust(crops, points_px[:, :68], np.ones(6))
    np.testing.assert_allclose(trust, [0, 0, 1, 1, 0.5, 0])
    assert not teacher_trust(crops, points_px[:, :68], np.full(6, 0.5)).any()
    assert not teacher_trust(crops, points_px[:, :68] + 20, np.ones(6)).any()


def test_labels_that_miss_the_hand_set_points_or_the_yaw_are_dropped() -> None:
    basis, heads = _basis(), _heads()
    points_px = heads.points_px(basis)
    hand_px = points_px[:, 68:, :2].copy()
    hand_px[1] += 12
    hand_px[2, 5:] = np.nan
    crops = _crops(hand_px, YAWS_DEG + np.array([0, 0, 0, 0, 40, 0]))
    labels = make_labels(basis, crops, heads, points_px[:, :68], np.zeros(6))
    np.testing.assert_array_equal(labels.good, [True, False, False, True, False, True])
    np.testing.assert_array_equal(labels.points_px, points_px[:, :68])


def test_what_is_not_known_has_no_weight() -> None:
    points_px = _heads().points_px(_basis())
    hand_px = points_px[:, 68:, :2].copy()
    hand_px[:, 4] = np.nan
    observed = observe(_crops(hand_px, YAWS_DEG), points_px[:, :68], np.array([0, 0, 1, 1, 0, 0]))
    assert np.isfinite(observed.points_px).all()
    assert (observed.per_mm[:, 68 + 4] == 0).all()
    assert (observed.per_mm[:, :68] > 0).all(axis=1).tolist() == [False] * 2 + [True] * 2 + [
        False
    ] * 2


def test_the_size_of_a_face_is_that_of_its_box() -> None:
    points_px = np.zeros((1, 68, 3))
    points_px[0, 5] = (9, 4, 100)
    np.testing.assert_allclose(face_size_px(points_px), 6)


def test_a_twelfth_is_held_out() -> None:
    assert held_out(14790).sum() == 1233


def _checkerboard() -> FloatArray:
    y, x = np.mgrid[:CROP_PX, :CROP_PX]
    return np.repeat(((x // 8 + y // 8) % 2 * 200 + 20)[..., None], 3, axis=2)


def test_a_head_drawn_where_it_was_shows_the_photo() -> None:
    model = load_face_model()
    rgb = _checkerboard().astype(np.uint8)
    head_px = _heads().points_px(vertex_basis(model))[3]  # frontal
    behind = np.full_like(rgb, 77)
    drawn = draw(rgb, head_px, model.faces, head_px[:, :2], behind)
    on_head = (drawn != 77).any(axis=2)
    assert on_head.mean() > 0.3
    assert np.abs(drawn[on_head].astype(int) - rgb[on_head]).mean() < 15  # resampled edges
    assert (drawn[:5, :5] == 77).all()


def test_the_far_side_takes_its_colour_from_the_near_one() -> None:
    model = load_face_model()
    head_px = _heads().points_px(vertex_basis(model))[4]  # nose toward image left
    texture = texture_px(head_px, model.faces, model.mirror)
    own = (texture == head_px[:, :2]).all(axis=1)
    left, right = model.mean_mm[:, 0] > 30, model.mean_mm[:, 0] < -30
    assert own[left].mean() > 0.6 > own[right].mean()


def test_without_its_head_a_plain_photo_is_nearly_plain() -> None:
    model = load_face_model()
    head_px = _heads().points_px(vertex_basis(model))[3]
    rgb = np.full((CROP_PX, CROP_PX, 3), 90, np.uint8)
    head = draw(rgb, head_px, model.faces, head_px[:, :2], np.zeros_like(rgb)).any(axis=2)
    rgb[head] = 250
    filled = without_head(rgb, head_px, model.faces)
    assert np.abs(filled.astype(int) - 90).max() < 30  # of 160
    mask: ByteArray = np.asarray(head, np.uint8)
    around = cv2.dilate(mask, np.ones((15, 15), np.uint8)) == 0
    assert (filled[around] == 90).all()


@pytest.mark.parametrize("seed", range(4))
def test_labels_turn_with_the_head(seed: int) -> None:
    """The turned labels are those of the same head in another pose: a fit finds it exactly."""
    basis, heads = _basis(), _heads()
    model = load_face_model()
    frontal = heads.part(3)
    points_px = frontal.points_px(basis)[0, :68]
    rgb = _checkerboard().astype(np.uint8)
    rng = np.random.default_rng(seed)
    picture, turned_px, yaw_deg = turned_face(
        model, vertex_basis(model), rgb, points_px, frontal, rng
    )
    assert picture.shape == rgb.shape
    assert 35 <= abs(yaw_deg) <= 95
    seen = np.concatenate([np.ones((1, 68)), np.zeros((1, 21))], axis=1)
    known_px = np.concatenate([turned_px[None], np.zeros((1, 21, 3))], axis=1)
    fit = fit_heads(basis, _observed(known_px, 4 * seen, np.array([yaw_deg])))
    off_px = np.linalg.norm((fit.points_px(basis)[0, :68] - turned_px)[:, :2], axis=1)
    assert off_px.mean() < 0.5
    np.testing.assert_allclose(fit.yaw_deg(), yaw_deg, atol=3)
