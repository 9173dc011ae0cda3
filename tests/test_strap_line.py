"""Laws of a strap's line: what is left of a strap where something covers it."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.material import opaque
from mask3d.mesh import Mesh
from mask3d.strap_line import STUB_MM, cut, line_of
from tests.fitted_heads import head_fit

RINGS, STEP_MM = 40, 2.0


def ribbon() -> Mesh:
    """A flat strap along x, RINGS pairs of vertices STEP_MM apart."""
    ring = np.arange(RINGS)
    middle_mm = np.stack([ring * STEP_MM, np.zeros(RINGS), np.full(RINGS, 90.0)], axis=1)
    half_mm = np.array([0.0, 1.0, 0.0])
    vertices_mm = np.concatenate([middle_mm + half_mm, middle_mm - half_mm])
    a, b = ring[:-1], ring[:-1] + RINGS
    return Mesh(
        vertices_mm=vertices_mm,
        normals=np.tile([0.0, 0.0, 1.0], (2 * RINGS, 1)),
        faces=np.concatenate([np.stack([a, b, a + 1], 1), np.stack([b, b + 1, a + 1], 1)]),
        uv=np.column_stack([np.tile(ring * 0.1, 2), np.repeat([0.0, 1.0], RINGS)]),
        occlusion=np.ones(2 * RINGS),
        material=opaque(np.full((2, 2, 3), 200, np.uint8)),
    )


def left_over(covered: FloatArray) -> FloatArray:
    """Places x of what is left."""
    strap = ribbon()
    rest = cut(strap, line_of(strap, head_fit()), covered)
    left_mm: FloatArray = rest.vertices_mm[np.unique(rest.faces), 0]
    return left_mm


def covered_but(first_mm: float, last_mm: float) -> FloatArray:
    """Signed cover of the rings: free are the first and the last millimetres."""
    way_mm = np.arange(RINGS) * STEP_MM
    covered: FloatArray = np.minimum(way_mm - first_mm, way_mm[-1] - last_mm - way_mm)
    return covered


def test_a_strap_ends_exactly_where_it_is_covered() -> None:
    x_mm = left_over(covered_but(21.3, 30.7))
    first, last = x_mm[x_mm < 40], x_mm[x_mm > 40]
    np.testing.assert_allclose([first.min(), first.max()], [0.0, 21.3], atol=1e-9)
    length_mm = (RINGS - 1) * STEP_MM
    np.testing.assert_allclose([last.min(), last.max()], [length_mm - 30.7, length_mm], atol=1e-9)


def test_a_stub_at_the_first_end_is_left_out() -> None:
    middle_mm = (RINGS - 1) * STEP_MM / 2
    assert left_over(covered_but(STUB_MM + 0.5, 30.0)).min() < middle_mm
    assert left_over(covered_but(STUB_MM - 0.5, 30.0)).min() > middle_mm


def test_a_stub_at_the_last_end_is_left_out() -> None:
    middle_mm = (RINGS - 1) * STEP_MM / 2
    assert left_over(covered_but(30.0, STUB_MM + 0.5)).max() > middle_mm
    assert left_over(covered_but(30.0, STUB_MM - 0.5)).max() < middle_mm


def test_what_nothing_covers_stays_whole() -> None:
    assert len(left_over(np.full(RINGS, -1.0))) == 2 * RINGS
