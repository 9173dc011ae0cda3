from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import FloatArray, IntArray
from mask3d.geometry import evening, spread_from_rim, vertex_normals

OCTAHEDRON_MM = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
OCTAHEDRON_FACES = np.array(
    [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]],
    dtype=np.int32,
)


def rotation(rng: np.random.Generator) -> FloatArray:
    q, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    return np.asarray(q * np.linalg.det(q))


def test_normals_of_an_octahedron_are_its_vertices() -> None:
    np.testing.assert_allclose(vertex_normals(OCTAHEDRON_MM, OCTAHEDRON_FACES), OCTAHEDRON_MM)


def test_normals_turn_with_the_mesh_and_ignore_place_and_scale() -> None:
    rng = np.random.default_rng(0)
    vertices_mm = OCTAHEDRON_MM + 0.2 * rng.standard_normal((6, 3))
    turn = rotation(rng)
    moved_mm = 7.0 * vertices_mm @ turn.T + 50.0
    np.testing.assert_allclose(
        vertex_normals(moved_mm, OCTAHEDRON_FACES),
        vertex_normals(vertices_mm, OCTAHEDRON_FACES) @ turn.T,
        atol=1e-12,
    )


def test_normals_flip_with_the_winding() -> None:
    flipped: IntArray = OCTAHEDRON_FACES[:, ::-1]
    np.testing.assert_allclose(vertex_normals(OCTAHEDRON_MM, flipped), -OCTAHEDRON_MM)


def test_larger_faces_weigh_more() -> None:
    # A big floor and a small wall share vertex 0: (12, 0, 0) x (0, 4, 0) and (0, 4, 0) x (0, 0, 3).
    vertices_mm = np.array([[0.0, 0, 0], [12, 0, 0], [0, 4, 0], [0, 0, 3]])
    faces = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)
    expected = np.array([12.0, 0, 48]) / np.hypot(12, 48)
    np.testing.assert_allclose(vertex_normals(vertices_mm, faces)[0], expected)


def test_a_vertex_without_area_has_no_normal() -> None:
    vertices_mm = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [9, 9, 9]])
    normals = vertex_normals(vertices_mm, np.array([[0, 1, 2]], dtype=np.int32))
    np.testing.assert_array_equal(normals, np.zeros((4, 3)))


def test_wrong_shape_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"expected \(V, 3\)"):
        vertex_normals(np.zeros((4, 2)), OCTAHEDRON_FACES)


def test_the_inside_of_a_sheet_follows_any_straight_motion_of_its_rim() -> None:
    side = 6
    at = np.arange(side * side, dtype=np.int32).reshape(side, side)
    a, b, c, d = (x.ravel() for x in (at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]))
    faces = np.concatenate([np.stack([a, d, b], axis=1), np.stack([b, d, c], axis=1)])
    rim, shares = spread_from_rim(side * side, faces)
    assert len(rim) == 4 * (side - 1)
    places = np.stack(np.divmod(np.arange(side * side), side), axis=1) @ [0.3, -2.0] + 5.0
    np.testing.assert_allclose(shares @ places[rim], places, atol=1e-9)


def test_evening_keeps_what_is_even_and_takes_what_alternates_away() -> None:
    around = np.arange(8, dtype=np.int32)
    ring = np.stack([around, (around + 1) % 8], axis=1)
    even = evening(8, ring, 3)
    np.testing.assert_allclose(even @ np.full(8, 2.5), 2.5)
    np.testing.assert_allclose(even @ (-1.0) ** around, 0.0, atol=1e-12)
    wave = np.cos(2 * np.pi * around / 8)
    np.testing.assert_allclose(even @ wave, ((1 + np.sqrt(0.5)) / 2) ** 3 * wave, atol=1e-12)
