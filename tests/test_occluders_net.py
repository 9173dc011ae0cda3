"""What the shipped net finds before heads, whole chain, on pictures made here."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mask3d.arrays import ByteArray, Float32Array
from mask3d.camera import Camera, transform
from mask3d.face import fit_face
from mask3d.landmarks import open_detector
from mask3d.mesh import Layer
from mask3d.occluders import OccluderFinder, Occluders, hide
from mask3d.occluders.net import OccluderNet
from mask3d.occluders.region import CROP_PX
from tests.fitted_heads import head_fit
from tests.occluded_heads import Scene, bare_head, occluded_head
from tests.portraits import astronaut, hopper

SEEDS = range(6)


@cache
def _finder() -> OccluderFinder:
    return OccluderFinder()


def _whole(occluders: Occluders, rgb: ByteArray) -> Float32Array:
    """Alpha (H, W) of the photo."""
    whole = np.zeros(rgb.shape[:2], np.float32)
    (x0, y0), (h, w) = occluders.origin_px, occluders.alpha.shape
    whole[y0 : y0 + h, x0 : x0 + w] = occluders.alpha
    return whole


def _hull(scene: Scene) -> Layer:
    """A white layer over the lower face, as a mask lies."""
    cheeks_mm = scene.fit.vertices_mm[scene.fit.model.regions["cheeks"]]
    points_px = scene.fit.camera.project(transform(scene.fit.cam_from_face, cheeks_mm))
    (x0, y0), (x1, y1) = points_px.min(axis=0).astype(int), points_px.max(axis=0).astype(int)
    return Layer(np.ones((y1 - y0, x1 - x0, 4), np.float32), (int(x0), int(y0)))


@pytest.mark.parametrize("yaw_deg", [-80.0, -45.0, 0.0, 20.0, 60.0])
def test_a_bare_head_keeps_all_of_its_mask(yaw_deg: float) -> None:
    scene = bare_head(yaw_deg)
    hidden = hide(_hull(scene), _finder().find(scene.rgb, scene.fit))
    assert hidden.share == 0
    assert hidden.note == ""


@pytest.mark.parametrize("portrait", [astronaut, hopper])
def test_portraits_keep_their_masks(portrait: object) -> None:
    rgb: ByteArray = portrait()  # type: ignore[operator]
    (landmarks, *_) = open_detector().detect(rgb)
    fit = fit_face(landmarks, (rgb.shape[1], rgb.shape[0]))
    occluders = _finder().find(rgb, fit)
    nose, chin = landmarks.points_px[33, :2], landmarks.points_px[8, :2]
    low = np.round(nose - 0.4 * np.linalg.norm(chin - nose)).astype(int)
    high = np.round(chin + 0.4 * np.linalg.norm(chin - nose)).astype(int)
    assert _whole(occluders, rgb)[nose.astype(int)[1] : high[1], low[0] : high[0]].mean() < 0.03


@pytest.mark.parametrize("kind", ["hand", "arm"])
@pytest.mark.parametrize("yaw_deg", [0.0, 45.0])
def test_hands_and_arms_are_found_and_little_else(kind: str, yaw_deg: float) -> None:
    both = either = 0.0
    for seed in SEEDS:
        scene = occluded_head(kind, yaw_deg, seed)
        found = _whole(_finder().find(scene.rgb, scene.fit), scene.rgb)
        both += float(np.minimum(found, scene.truth).sum())
        either += float(np.maximum(found, scene.truth).sum())
    assert both / either > 0.6


def test_a_mask_gives_way_to_a_hand_and_stays_beside_it() -> None:
    for seed in SEEDS:
        scene = occluded_head("hand", 0.0, seed)
        layer = _hull(scene)
        hidden = hide(layer, _finder().find(scene.rgb, scene.fit))
        (x0, y0), (h, w) = layer.origin_px, layer.rgba.shape[:2]
        truth = scene.truth[y0 : y0 + h, x0 : x0 + w]
        if 0.05 < truth.mean() < 0.5:
            np.testing.assert_allclose(hidden.share, truth.mean(), atol=0.12)
            assert hidden.layer.rgba[truth == 0].mean() > 0.85
            assert hidden.layer.rgba[truth > 0.99].mean() < 0.25


def test_before_a_tiny_face_nothing_is_found() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    fit = head_fit()
    tiny = replace(fit, camera=Camera(60.0, np.array([20.0, 20.0]), (40, 40)))
    assert _finder().find(noise, tiny).alpha.size == 0


def test_a_face_at_the_border_of_the_photo_is_looked_at() -> None:
    scene = occluded_head("hand", 0.0, 1)
    whole = _whole(_finder().find(scene.rgb, scene.fit), scene.rgb)
    cut = scene.rgb[:, scene.rgb.shape[1] // 2 :]
    camera = scene.fit.camera.crop(scene.rgb.shape[1] // 2, 0, cut.shape[1], cut.shape[0])
    fit = replace(scene.fit, camera=camera)
    half = _whole(_finder().find(np.ascontiguousarray(cut), fit), cut)
    assert half.shape == cut.shape[:2]
    assert np.isfinite(half).all()
    assert whole.max() > 0.9


def test_the_net_prefers_no_side() -> None:
    crop = np.random.default_rng(0).integers(0, 256, (CROP_PX, CROP_PX, 3), np.uint8)
    face = np.zeros((CROP_PX, CROP_PX), np.uint8)
    face[20:80, 10:70] = 1
    net = OccluderNet()
    chance, mirrored = net.look(crop, face), net.look(crop[:, ::-1], face[:, ::-1])
    np.testing.assert_allclose(chance, mirrored[:, ::-1], atol=1e-4)


def test_every_opencv_computes_the_same() -> None:
    crop = np.random.default_rng(0).integers(0, 256, (CROP_PX, CROP_PX, 3), np.uint8)
    face = np.zeros((CROP_PX, CROP_PX), np.uint8)
    face[20:80, 20:80] = 1
    log_odds = OccluderNet()._run(np.dstack([crop / 127.5 - 1, 2.0 * face - 1]).astype(np.float32))
    np.testing.assert_allclose(log_odds[5::31, 10::31].ravel(), EXPECTED_LOG_ODDS, atol=1e-2)


# By OpenCV 5.0 for the noise of the test above.
EXPECTED_LOG_ODDS = [-2.775, -0.758, -1.346, -3.571, -0.428, -2.249, -5.340, -1.721, -1.519]


@pytest.mark.parametrize(("log_odds", "looks"), [(-4.0, 1), (-1.0, 2), (3.0, 2)])
def test_the_mirror_image_is_looked_at_only_where_something_may_be(
    log_odds: float, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, seen = OccluderNet(), []

    def run(crop: Float32Array) -> Float32Array:
        seen.append(crop)
        found = np.full((CROP_PX, CROP_PX), 9.0, np.float32)  # all round the face
        found[30:60, 30:60] = log_odds
        return found

    monkeypatch.setattr(net, "_run", run)
    face = np.zeros((CROP_PX, CROP_PX), np.uint8)
    face[30:60, 30:60] = 1
    chance = net.look(np.zeros((CROP_PX, CROP_PX, 3), np.uint8), face)
    assert len(seen) == looks
    assert chance[40, 40] == pytest.approx(1 / (1 + np.exp(-log_odds)), rel=1e-5)
