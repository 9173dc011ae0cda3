from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from mask3d.arrays import FloatArray, IntArray
from mask3d.face_model import FaceModel, neck_sleeve
from mask3d.geometry import vertex_normals

MIRROR_X = np.array([-1.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def points_mm(model: FaceModel) -> FloatArray:
    return model.landmarks_mm(model.mean_mm)


def mirrored(model: FaceModel, moved_mm: FloatArray) -> FloatArray:
    return np.asarray(moved_mm[..., model.mirror, :] * MIRROR_X)


def mode(model: FaceModel, name: str) -> FloatArray:
    return np.asarray(model.expression_modes_mm[model.expression_names.index(name)], np.float64)


def directed_edges(faces: IntArray) -> Counter[tuple[int, int]]:
    edges = np.concatenate([faces[:, [k, (k + 1) % 3]] for k in range(3)])
    return Counter(map(tuple, edges.tolist()))


def border_loops(faces: IntArray) -> list[list[int]]:
    edges = directed_edges(faces)
    border = {a: b for a, b in edges if (b, a) not in edges}
    loops = []
    while border:
        loop = [next(iter(border))]
        while loop[-1] in border:
            loop.append(border.pop(loop[-1]))
        loops.append(loop)
    return loops


def test_has_the_modes_that_the_fit_needs(model: FaceModel) -> None:
    assert len(model.identity_modes_mm) >= 40
    assert len(model.expression_modes_mm) >= 8
    assert len(set(model.expression_names)) == len(model.expression_names)


def test_mirror_is_an_involution_that_turns_the_mean_into_itself(model: FaceModel) -> None:
    np.testing.assert_array_equal(model.mirror[model.mirror], np.arange(len(model.mean_mm)))
    np.testing.assert_array_equal(mirrored(model, model.mean_mm), model.mean_mm)


def test_mirror_turns_the_triangles_into_themselves(model: FaceModel) -> None:
    def canonical(faces: IntArray) -> set[tuple[int, ...]]:
        turned = [min(f, f[1:] + f[:1], f[2:] + f[:2]) for f in faces.tolist()]
        return {tuple(face) for face in turned}

    assert canonical(model.mirror[model.faces][:, ::-1]) == canonical(model.faces)


@pytest.mark.parametrize("kind", ["identity_modes_mm", "expression_modes_mm"])
def test_each_mode_is_exactly_symmetric_or_antisymmetric(model: FaceModel, kind: str) -> None:
    modes_mm = getattr(model, kind)
    turned_mm = mirrored(model, modes_mm)
    even = (turned_mm == modes_mm).all(axis=(1, 2))
    odd = (turned_mm == -modes_mm).all(axis=(1, 2))
    assert (even ^ odd).all()
    assert even.sum() > odd.sum() > 0


def test_identity_modes_are_orthogonal_and_ordered_by_variance(model: FaceModel) -> None:
    flat = model.identity_modes_mm.reshape(len(model.identity_modes_mm), -1).astype(np.float64)
    lengths_mm = np.linalg.norm(flat, axis=1)
    assert (np.diff(lengths_mm) < 1e-3).all()
    cosines = flat @ flat.T / np.outer(lengths_mm, lengths_mm)
    np.testing.assert_allclose(cosines, np.eye(len(flat)), atol=2e-3)


def test_identity_does_not_move_or_turn_the_face(model: FaceModel, points_mm: FloatArray) -> None:
    skin = np.ones(len(model.mean_mm), dtype=bool)
    skin[model.regions["eyeballs"]] = False
    in_front = (model.mean_mm[:, 2] > points_mm[15, 2]) & (model.mean_mm[:, 1] > points_mm[8, 1])
    face_mm = model.mean_mm[skin & in_front]
    moved_mm = model.identity_modes_mm[:, skin & in_front].astype(np.float64)
    turned_mm = np.cross(face_mm - face_mm.mean(axis=0), moved_mm)
    assert np.abs(moved_mm.mean(axis=1)).max() < 0.01
    assert np.abs(turned_mm.mean(axis=1)).max() < 0.5  # mm^2: 0.01 degrees at 70 mm


def test_expression_modes_do_not_repeat_each_other(model: FaceModel) -> None:
    flat = model.expression_modes_mm.reshape(len(model.expression_names), -1).astype(np.float64)
    unit = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    assert np.linalg.eigvalsh(unit @ unit.T)[0] > 0.1


def test_jaw_open_lowers_the_chin_and_parts_the_lips(
    model: FaceModel, points_mm: FloatArray
) -> None:
    open_mm = model.landmarks_mm(model.mean_mm + 2 * mode(model, "jaw_open"))
    moved_mm = open_mm - points_mm
    assert moved_mm[8, 1] < -8
    assert moved_mm[62, 1] - moved_mm[66, 1] > 8
    assert np.abs(moved_mm[[*range(17, 31), *range(36, 48)]]).max() < 0.5  # the skull stays


@pytest.mark.parametrize(
    ("name", "landmark", "direction"),
    [
        ("smile", 54, (1, 1, 0)),
        ("mouth_frown", 54, (0, -1, 0)),
        ("mouth_pucker", 54, (-1, 0, 1)),
        ("upper_lip_raise", 51, (0, 1, 0)),
        ("lower_lip_drop", 57, (0, -1, 0)),
        ("eyes_close", 43, (0, -1, 0)),
        ("brows_raise", 24, (0, 1, 0)),
        ("brows_frown", 22, (0, -1, 0)),
        ("nose_wrinkle", 35, (0, 1, 0)),
    ],
)
def test_expression_modes_do_what_they_are_called(
    model: FaceModel, points_mm: FloatArray, name: str, landmark: int, direction: tuple[int, ...]
) -> None:
    moved_mm = model.landmarks_mm(model.mean_mm + 2 * mode(model, name)) - points_mm
    along = np.array(direction) / np.linalg.norm(direction)
    assert moved_mm[landmark] @ along > 1.5


def test_surface_is_oriented_and_open_only_at_neck_and_eyes(model: FaceModel) -> None:
    assert set(directed_edges(model.faces).values()) == {1}
    loops = border_loops(model.faces)
    assert len(loops) == 3
    neck, *eyes = sorted(loops, key=lambda loop: model.mean_mm[loop, 1].mean())
    assert np.ptp(model.mean_mm[neck, 0]) > 90
    for loop in eyes:  # behind the lids, on the eyeball
        eyeballs_mm = model.mean_mm[model.regions["eyeballs"]]
        away_mm = np.linalg.norm(model.mean_mm[loop][:, None] - eyeballs_mm, axis=2)
        assert away_mm.min(axis=1).max() < 7


def test_normals_point_outward(model: FaceModel, points_mm: FloatArray) -> None:
    normals = vertex_normals(model.mean_mm, model.faces)
    a, b, c = (model.mean_mm[model.faces[:, k]] for k in range(3))
    volume_l = (np.cross(a, b) * c).sum() / 6e6
    assert 3.5 < volume_l < 6.5
    assert normals[model.regions["nose_tip"], 2].min() > 0
    assert normals[model.regions["forehead"], 2].min() > 0
    assert normals[model.regions["under_chin"], 1].max() < 0
    left = model.regions["cheeks"][model.mean_mm[model.regions["cheeks"], 0] > 30]
    assert normals[left, 0].min() > 0


def test_sizes_are_those_of_adults(model: FaceModel, points_mm: FloatArray) -> None:
    # Means of men and women in the NIOSH survey (Zhuang and Bradtmiller 2005), 4 % allowed.
    x, y, z = model.mean_mm.T
    cheekbones = (np.abs(y - 6) < 9) & (z > 10) & (z < 35)
    skull = y > 32
    eyeballs_mm = model.mean_mm[model.regions["eyeballs"]]
    left_eye_mm = eyeballs_mm[eyeballs_mm[:, 0] > 0].mean(axis=0)
    sizes_mm = {
        "face width": (2 * x[cheekbones].max(), 139.3),
        "face length": (np.linalg.norm(points_mm[27] - points_mm[8]), 118.0),
        "head breadth": (2 * x[skull].max(), 149.9),
        "pupils apart": (2 * left_eye_mm[0], 63.2),
        "lip length": (points_mm[54, 0] - points_mm[48, 0], 49.6),
    }
    for name, (size_mm, survey_mm) in sizes_mm.items():
        assert size_mm == pytest.approx(survey_mm, rel=0.045), name


def test_vertices_are_linear_in_the_coefficients(model: FaceModel) -> None:
    identity = np.zeros(len(model.identity_modes_mm))
    expression = np.zeros(len(model.expression_names))
    np.testing.assert_array_equal(model.vertices_mm(identity, expression), model.mean_mm)
    identity[3], expression[1] = 2.0, -1.0
    expected_mm = model.mean_mm + 2 * model.identity_modes_mm[3] - model.expression_modes_mm[1]
    np.testing.assert_allclose(model.vertices_mm(identity, expression), expected_mm, atol=1e-4)


def test_arrays_are_checked_and_read_only(model: FaceModel) -> None:
    with pytest.raises(ValueError, match="read-only"):
        model.mean_mm[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        model.regions["lips"][0] = 1
    with pytest.raises(ValueError, match="mirror has shape"):
        replace(model, mirror=model.mirror[:-1])


def test_a_sleeve_joins_the_end_of_the_neck_to_a_new_one(model: FaceModel) -> None:
    rim, sleeve = neck_sleeve(model)
    beyond = {*range(len(model.mean_mm), len(model.mean_mm) + len(rim))}
    (cut,) = (set(loop) for loop in border_loops(model.faces) if set(rim) & set(loop))
    assert cut == set(rim)
    drawn_out = border_loops(np.concatenate([model.faces, sleeve]))
    assert not any(cut & set(loop) for loop in drawn_out)
    assert beyond in [set(loop) for loop in drawn_out]
