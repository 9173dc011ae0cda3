from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.clearance import Ground, both_sides, middles_out
from mask3d.contact import ContactMap, contact_map, skin_distance, skin_points
from tests.fitted_heads import head_fit

THICK_MM, CLEARANCE_MM = 0.8, 0.6


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
