from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.clearance import Ground, both_sides
from mask3d.contact import ContactMap, contact_map, skin_distance
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
