from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.clearance import LEFT, Ground, LooseCloth, both_sides, middles_out, uncrushed
from mask3d.contact import ContactMap, contact_map, skin_distance, skin_points
from tests.fitted_heads import head_fit

THICK_MM, CLEARANCE_MM = 0.8, 0.6
CELLS = 6
MIDDLE, NEXT = 24, 25


def _cheeks(over_mm: float) -> tuple[ContactMap, FloatArray, FloatArray]:
    """The skin, points this far over its cheeks, and the skin's normals there."""
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    cheeks_mm = fit.vertices_mm[fit.model.regions["cheeks"]]
    _, normals = skin_distance(skin, cheeks_mm)
    return skin, cheeks_mm + over_mm * normals, normals


def test_a_sheet_off_the_skin_lies_at_its_height() -> None:
    skin, points_mm, normals = _cheeks(5.0)
    off = (
        skin_distance(skin, points_mm)[0] > 3.0
    )  # not beside the nose, nor in a corner of the mouth
    points_mm, normals = points_mm[off], normals[off]
    assert off.sum() > 100
    height_mm = np.linspace(-1.0, 1.0, len(points_mm))
    ground = Ground(points_mm, normals, np.full(len(points_mm), 1.4))
    outer_mm, inner_mm = both_sides(skin, ground, height_mm, THICK_MM, CLEARANCE_MM)
    np.testing.assert_allclose(outer_mm, points_mm + height_mm[:, None] * normals)
    np.testing.assert_allclose(inner_mm, outer_mm - THICK_MM * normals)


def test_a_sheet_in_the_skin_comes_out_to_as_near_as_its_ground_may() -> None:
    skin, points_mm, normals = _cheeks(-1.0)
    ground = Ground(points_mm, normals, np.full(len(points_mm), 1.4))
    outer_mm, _ = both_sides(skin, ground, np.zeros(len(points_mm)), THICK_MM, CLEARANCE_MM)
    gap_mm, _ = skin_distance(skin, outer_mm)
    assert gap_mm.min() > 1.39
    assert np.median(gap_mm) < 1.5


def test_no_side_of_a_sheet_that_is_turned_over_sinks_in() -> None:
    skin, points_mm, normals = _cheeks(1.5)
    ground = Ground(points_mm, -normals, np.full(len(points_mm), 1.4))
    height_mm = np.full(len(points_mm), 3.0)
    sides_mm = both_sides(skin, ground, height_mm, THICK_MM, CLEARANCE_MM)
    for side_mm in sides_mm:
        gap_mm, _ = skin_distance(skin, side_mm)
        assert gap_mm.min() > CLEARANCE_MM - 0.05
    np.testing.assert_allclose(np.linalg.norm(sides_mm[0] - sides_mm[1], axis=1), THICK_MM)


def _across_the_nose(over_mm: float) -> tuple[ContactMap, FloatArray]:
    """The skin, and both sides of a triangle astride the ridge of the nose."""
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    ridge_mm = fit.model.landmarks_mm(fit.vertices_mm)[29]
    corners_mm = ridge_mm + np.array([[-5.0, 0.0, 0.0], [0.0, 4.0, 0.0], [5.0, 0.0, 0.0]])
    ray = corners_mm - skin.centre_mm
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    inner_mm = skin_points(skin, ray) + over_mm * ray
    return skin, np.concatenate([inner_mm + THICK_MM * ray, inner_mm])


def test_the_ridge_of_the_nose_does_not_come_through_between_corners() -> None:
    skin, vertices_mm = _across_the_nose(0.2)
    inside = np.array([[3, 5, 4]], dtype=np.int32)
    before_mm, _ = skin_distance(skin, vertices_mm[inside[0]].mean(axis=0)[None])
    assert before_mm[0] < -0.3
    out_mm = middles_out(skin, vertices_mm, inside)
    after_mm, _ = skin_distance(skin, out_mm[inside[0]].mean(axis=0)[None])
    assert abs(after_mm[0]) < 0.1
    np.testing.assert_allclose(out_mm[:3] - out_mm[3:], vertices_mm[:3] - vertices_mm[3:])


def test_triangles_off_the_skin_stay_where_they_are() -> None:
    skin, vertices_mm = _across_the_nose(6.0)
    sides = np.array([[0, 1, 2], [3, 5, 4]], dtype=np.int32)
    np.testing.assert_array_equal(middles_out(skin, vertices_mm, sides), vertices_mm)


def _cloth() -> tuple[FloatArray, LooseCloth]:
    """Vertices of a flat sheet, 2 mm apart, one of them twice, and its triangles."""
    side = CELLS + 1
    y, x = np.divmod(np.arange(side * side), side)
    corner = (np.arange(CELLS)[:, None] * side + np.arange(CELLS)).ravel()
    lower = np.column_stack([corner, corner + 1, corner + side])
    upper = np.column_stack([corner + 1, corner + side + 1, corner + side])
    flat_mm = np.column_stack([2.0 * x, 2.0 * y, np.zeros(side * side)])
    first = np.append(np.arange(side * side), NEXT)
    faces = np.concatenate([lower, upper])
    cloth = LooseCloth(faces.astype(np.int32), first.astype(np.int32))
    return np.concatenate([flat_mm, flat_mm[[NEXT]]]), cloth


def _kept(vertices_mm: FloatArray, cloth: LooseCloth) -> FloatArray:
    """Area of each triangle, seen along z, as a share of what it has in the flat sheet."""
    a, b, c = (vertices_mm[cloth.faces[:, k], :2] for k in range(3))
    return np.asarray(np.linalg.det(np.stack([b - a, c - a], axis=2)) / 4.0)


def test_neighbours_go_along_with_what_is_pushed_over_them() -> None:
    flat_mm, cloth = _cloth()
    below_mm = [0.0, 0.0, -THICK_MM]
    pushed_mm = flat_mm.copy()
    pushed_mm[MIDDLE] += [3.0, 0.5, 0.0]  # past the next one
    vertices_mm = np.concatenate([pushed_mm, pushed_mm + below_mm])
    assert _kept(vertices_mm, cloth).min() < 0.0
    even_mm = uncrushed(flat_mm, vertices_mm, cloth)
    assert _kept(even_mm, cloth).min() > LEFT - 1e-9
    np.testing.assert_array_equal(even_mm[MIDDLE], pushed_mm[MIDDLE])
    np.testing.assert_allclose(even_mm[len(flat_mm) :], even_mm[: len(flat_mm)] + below_mm)
    assert (even_mm[:, 0] >= vertices_mm[:, 0] - 1e-9).all()  # none goes the other way
    assert even_mm[NEXT, 0] > flat_mm[NEXT, 0] + 0.5
    np.testing.assert_allclose(even_mm[len(flat_mm) - 1], even_mm[NEXT])  # no crack opens


def test_a_push_that_crushes_nothing_stays_as_it_is() -> None:
    flat_mm, cloth = _cloth()
    rng = np.random.default_rng(3)
    pushed_mm = flat_mm + rng.uniform(-0.2, 0.2, flat_mm.shape)
    pushed_mm[:, 2] += rng.uniform(0.0, 5.0, len(flat_mm))  # seen along the sheet's normal
    vertices_mm = np.concatenate([pushed_mm, pushed_mm])
    np.testing.assert_array_equal(uncrushed(flat_mm, vertices_mm, cloth), vertices_mm)
