from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.face_model import FaceModel

MIRROR_X = np.array([-1.0, 1.0, 1.0])
# Landmark on the other side, from the definition of iBUG 68.
MIRROR_68 = np.array(
    [
        *range(16, -1, -1),
        *range(26, 16, -1),
        *(27, 28, 29, 30, 35, 34, 33, 32, 31),
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
        *range(54, 47, -1),
        *range(59, 54, -1),
        *(64, 63, 62, 61, 60, 67, 66, 65),
    ]
)
NAMED = {"nose_bridge", "nose_tip", "cheeks", "lips", "chin", "jaw", "ears", "eyes", "brows"} | {
    "forehead",
    "neck",
}


@pytest.fixture(scope="module")
def points_mm(model: FaceModel) -> FloatArray:
    return model.landmarks_mm(model.mean_mm)


def test_landmarks_are_symmetric(model: FaceModel, points_mm: FloatArray) -> None:
    np.testing.assert_allclose(points_mm[MIRROR_68] * MIRROR_X, points_mm, atol=1e-9)
    np.testing.assert_allclose(model.landmark_weights.sum(axis=1), 1, atol=1e-12)
    assert (model.landmark_weights >= 0).all()


def test_landmarks_lie_in_triangles(model: FaceModel) -> None:
    triangles = set(map(tuple, np.sort(model.faces, axis=1).tolist()))
    assert set(map(tuple, np.sort(model.landmark_vertices, axis=1).tolist())) <= triangles


def test_landmarks_keep_their_order(points_mm: FloatArray) -> None:
    x, y, z = points_mm.T
    assert (np.diff(x[:17]) > 0)[3:-3].all()  # jaw, from the subject's right to the left
    assert (np.diff(y[:9]) < 0).all()
    assert (np.diff(y[8:17]) > 0).all()
    assert (np.diff(x[17:27]) > 0).all()  # brows
    assert (np.diff(y[27:31]) < 0).all()  # ridge of the nose
    assert (np.diff(z[27:31]) > 0).all()
    assert (np.diff(x[31:36]) > 0).all()
    assert (y[[37, 38, 43, 44]] > y[[41, 40, 47, 46]] + 5).all()  # lids apart
    assert (np.diff(x[36:40]) > 0).all()  # corners and upper lids
    assert (np.diff(x[42:46]) > 0).all()
    assert (np.diff(x[48:55]) > 0).all()  # outer lips
    assert (np.diff(x[60:65]) > 0).all()
    assert (y[61:64] >= y[[67, 66, 65]]).all()  # seam of the lips


@pytest.mark.parametrize(
    ("region", "landmarks"),
    [
        ("nose_tip", [30]),
        ("nose_bridge", [27, 28]),
        ("brows", range(17, 27)),
        ("eyes", range(36, 48)),
        ("lips", range(48, 68)),
        ("jaw", [3, 4, 5, 6, 10, 11, 12, 13]),
        ("chin", [8]),
    ],
)
def test_landmarks_lie_in_the_regions_that_they_name(
    model: FaceModel, region: str, landmarks: list[int]
) -> None:
    corners, weights = model.landmark_vertices, model.landmark_weights
    main = corners[np.arange(68), weights.argmax(axis=1)]
    assert np.isin(main[landmarks], model.regions[region]).all()


def test_regions_are_named_disjoint_and_symmetric(model: FaceModel) -> None:
    assert NAMED.issubset(model.regions)
    everything = np.concatenate(list(model.regions.values()))
    assert len(np.unique(everything)) == len(everything)
    for name, vertices in model.regions.items():
        assert len(vertices) > 20, name
        assert set(model.mirror[vertices].tolist()) == set(vertices.tolist()), name


def test_regions_lie_where_their_names_say(model: FaceModel, points_mm: FloatArray) -> None:
    middle_mm = {name: model.mean_mm[ids].mean(axis=0) for name, ids in model.regions.items()}
    top_down = ("forehead", "brows", "eyes", "nose_bridge", "nose_tip", "philtrum", "lips", "chin")
    assert (np.diff([middle_mm[name][1] for name in top_down]) < 0).all()
    assert np.linalg.norm(middle_mm["ears"] * [0, 1, 1]) < 15  # the frame's origin
    assert middle_mm["neck"][1] < points_mm[57, 1]
    assert middle_mm["under_chin"][1] < points_mm[8, 1] + 5
    assert np.abs(model.mean_mm[model.regions["ears"], 0]).min() > 50


def test_frame_has_its_origin_between_the_ears(model: FaceModel, points_mm: FloatArray) -> None:
    assert 85 < points_mm[30, 2] < 115  # tip of the nose
    assert 10 < points_mm[[36, 45], 1].mean() < 30  # pupils above the ear canals
    np.testing.assert_allclose(points_mm[[27, 28, 29, 30, 33, 51, 57, 62, 66, 8], 0], 0, atol=1e-9)


def test_ear_roots_stay_in_the_fold_on_any_head(model: FaceModel) -> None:
    rng = np.random.default_rng(0)
    none = np.zeros(len(model.expression_names))
    for _ in range(10):
        identity = rng.standard_normal(len(model.identity_modes_mm)) * 1.5
        head_mm = model.vertices_mm(identity, none)
        left_mm, right_mm = model.ear_roots_mm(head_mm)
        assert (left_mm[:, 0] > 0).all()
        assert (right_mm[:, 0] < 0).all()
        ear_mm = head_mm[model.regions["ears"]]
        ear_mm = ear_mm[ear_mm[:, 0] > 0]
        away_mm = np.linalg.norm(left_mm[:-1, None] - ear_mm, axis=2).min(axis=1)
        assert away_mm.max() < 3  # the last point lies on the neck, in front of the lobe
        assert (left_mm[:-1, 0] < ear_mm[:, 0].max() - 3).all()  # on the skull's side of the ear
        steps_mm = np.linalg.norm(np.diff(left_mm, axis=0), axis=1)
        assert 1 < steps_mm.min() < steps_mm.max() < 25


def test_ear_roots_go_over_the_ear_and_behind_it(model: FaceModel) -> None:
    left_mm, right_mm = model.ear_roots_mm(model.mean_mm)
    np.testing.assert_allclose(right_mm, left_mm * MIRROR_X)
    y, z = left_mm[:, 1], left_mm[:, 2]
    behind = int(z.argmin())
    assert (np.diff(z[: behind + 1]) < 0).all()
    assert (np.diff(y[2:]) < 0).all()
    assert z[0] > z[behind] + 20 < z[-1] + 1
    assert y[0] - y[-1] > 40
