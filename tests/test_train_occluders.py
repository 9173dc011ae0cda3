from __future__ import annotations

import cv2
import numpy as np
import pytest

from mask3d.arrays import ByteArray, Float32Array
from mask3d.landmarks.region import crop_region
from mask3d.occluders.region import CROP_PX, points_in_crop, region_of_face
from scripts.train_occluders import composite
from scripts.train_occluders.composite import DRAWN, NOTHING, compose, photographed
from scripts.train_occluders.faces import Faces
from scripts.train_occluders.marks import mark
from scripts.train_occluders.shapes import FINE, SIDE_PX, Relief, shaded
from scripts.train_occluders.wearer import Lent, Wearer
from tests.heads import head_photo

ROWS = np.arange(3)
YAWS_DEG = (0.0, 40.0, -40.0)


def _faces() -> Faces:
    """Rendered heads, as the net sees them."""
    pictures, points_px = [], []
    for yaw_deg in YAWS_DEG:
        photo, landmarks = head_photo(yaw_deg)
        region = region_of_face(landmarks.points_px)
        pictures.append(crop_region(photo.rgb, region, CROP_PX))
        points_px.append(points_in_crop(landmarks.points_px, region))
    doubt = np.zeros((3, CROP_PX, CROP_PX), bool)
    held_out = np.zeros(3, bool)
    return Faces(np.array(pictures), np.array(points_px), np.array(YAWS_DEG), doubt, held_out)


def _wearer(row: int = 0) -> Wearer:
    faces = _faces()
    return Wearer(faces.rgb[row], faces.points_px[row] * FINE, float(faces.yaw_deg[row]))


def _lent() -> Lent:
    wearer = _wearer()
    return Lent(wearer.skin(), wearer.hair(), wearer.rgb)


@pytest.mark.parametrize("kind", DRAWN)
def test_every_kind_covers_some_of_the_face_and_has_a_colour_there(kind: str) -> None:
    shares = []
    for seed in range(12):
        wearer = _wearer(seed % 3)
        thing = DRAWN[kind].draw(wearer, _lent(), np.random.default_rng(seed))
        assert thing.cover.shape == (SIDE_PX, SIDE_PX)
        assert thing.rgb.shape == (SIDE_PX, SIDE_PX, 3)
        for values in (thing.cover, thing.rgb):
            assert values.dtype == np.float32
            assert values.min() >= 0
            assert values.max() <= 1
        hull = cv2.resize(wearer.hull(), (SIDE_PX, SIDE_PX)) > 0
        shares.append(float(thing.cover[hull].mean()))
    assert np.mean(np.array(shares) > 0) > 0.5
    assert max(shares) < 0.9
    assert 0.003 < np.mean(shares) < 0.6


def _exact(kind: str, monkeypatch: pytest.MonkeyPatch, seed: int) -> composite.Composite:
    """A composite of `kind` alone, before a face that is not moved, by a perfect camera."""
    shares = {name: entry._replace(share=float(name == kind)) for name, entry in DRAWN.items()}
    monkeypatch.setattr(composite, "DRAWN", shares)
    monkeypatch.setattr(composite, "SECOND", 0.0)
    monkeypatch.setattr(composite, "mark", lambda rgb, *_: rgb)
    monkeypatch.setattr(composite, "FILLED", 0.0)
    for sigma in ("SCALE_SIGMA", "SHIFT_SIGMA", "TURN_DEG"):
        monkeypatch.setattr(composite, sigma, 0.0)
    monkeypatch.setattr(composite, "photographed", lambda rgb, *_: composite._bytes(rgb))
    return compose(_faces(), 0, ROWS, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", [*DRAWN, NOTHING])
def test_the_picture_changes_where_the_truth_says_so(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(4):
        made = _exact(kind, monkeypatch, seed)
        assert made.kind == kind
        before = _faces().rgb[0].astype(int)
        changed = np.abs(made.rgb - before).max(axis=2)
        brighter = (made.rgb - before).max(axis=2)
        free = made.cover == 0
        assert brighter[free].max() <= 1  # a shadow may fall on what is free, and no light
        if kind == NOTHING:
            assert free.all()
            assert changed.max() <= 1


def test_what_nobody_knows_counts_only_where_something_was_put_before_it() -> None:
    faces = _faces()
    faces.doubt[:] = True
    made = [compose(faces, 0, ROWS, np.random.default_rng([1, seed])) for seed in range(40)]
    for each in made:
        assert (each.weight[each.cover < 120] == 0).all()
        assert (each.weight[each.cover > 140] == 255).all()
    assert any((each.weight > 0).any() for each in made)


def test_the_same_seed_makes_the_same_picture() -> None:
    one, two = (compose(_faces(), 1, ROWS, np.random.default_rng([3, 4])) for _ in range(2))
    for name in ("rgb", "cover", "weight"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    other = compose(_faces(), 1, ROWS, np.random.default_rng([3, 5]))
    assert (one.rgb != other.rgb).any()


def test_marks_stay_within_the_levels_and_change_faces() -> None:
    wearer = _wearer()
    rgb: Float32Array = (wearer.rgb / 255).astype(np.float32)
    changed = 0
    for seed in range(30):
        marked = mark(rgb, wearer, np.random.default_rng(seed))
        assert marked.min() >= 0
        assert marked.max() <= 1
        changed += bool(np.abs(marked - rgb).max() > 0.1)
    assert 10 < changed < 30


def test_a_camera_keeps_the_picture_in_its_place() -> None:
    scene = np.full((CROP_PX, CROP_PX, 3), 0.2, np.float32)
    scene[30:60, 20:50] = 0.8
    for seed in range(20):
        seen: ByteArray = photographed(scene, 60.0, np.random.default_rng(seed))
        grey = seen.mean(axis=2)
        assert grey[38:52, 28:42].mean() > grey[70:, 60:].mean() + 10
        half = (grey[38:52, 28:42].mean() + grey[70:, 60:].mean()) / 2
        assert abs(float((grey[40:50] > half).mean()) - 30 / CROP_PX) < 0.06


def test_a_rod_is_round_and_lit_from_its_side() -> None:
    relief = Relief()
    relief.add_capsule(np.array([20.0, 90]), np.array([150.0, 90]), (12.0, 12.0))
    np.testing.assert_allclose(relief.height[90, 80], 12, atol=0.1)
    assert relief.cover[:78].max() == 0
    assert relief.cover[79:101, 30:140].min() == 1
    from_above = shaded(relief.height, np.array([0.0, -1.0, 0.5]), 0.2)
    assert from_above[83, 80] > from_above[97, 80] + 0.2
    assert from_above.max() <= 1 + 1e-6
