from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.geometry import vertex_normals
from mask3d.layers import FILLED, bend_per_mm, room_share
from scripts.mask_designs.grid import GridSurface, Row, grid_faces
from scripts.wardrobe_measures.crossings import crossing_pairs

RADIUS_MM = 4.0
ROWS, COLUMNS = 6, 15


def _trough(radius_mm: float) -> tuple[FloatArray, FloatArray]:
    """A grid (N, 3) bent about the y axis by half a turn, and its normals, towards the axis."""
    angle = np.linspace(np.pi, 0.0, COLUMNS)
    away = np.tile(np.stack([np.cos(angle), 0 * angle, -np.sin(angle)], axis=1), (ROWS, 1))
    down_mm = np.repeat(np.linspace(0.0, -10.0, ROWS), COLUMNS)[:, None]
    return radius_mm * away + down_mm * [0.0, 1.0, 0.0], -away


FACES = grid_faces(ROWS, COLUMNS)


@pytest.mark.parametrize("radius_mm", [2.0, 4.0, 40.0])
def test_a_bend_is_one_over_its_radius_on_the_inner_side_and_none_on_the_outer(
    radius_mm: float,
) -> None:
    trough_mm, inwards = _trough(radius_mm)
    bend = bend_per_mm(trough_mm, inwards, FACES)
    np.testing.assert_allclose(bend, 1 / radius_mm, rtol=0.01)
    np.testing.assert_array_equal(bend_per_mm(trough_mm, -inwards, FACES), 0.0)


def test_layers_keep_their_order_and_stay_within_the_bend() -> None:
    reach_mm, bend = np.meshgrid(np.linspace(0.1, 12.0, 30), np.linspace(0.0, 1.0, 30))
    share = room_share(reach_mm, bend)
    assert (share > 0.0).all()
    assert (share <= 1.0).all()
    assert (share * reach_mm * bend < FILLED + 1e-9).all()
    np.testing.assert_allclose(share[bend == 0.0], 1.0)
    assert (np.diff(share * reach_mm, axis=1) > -1e-9).all()  # what reaches higher stays higher


def test_what_stands_higher_than_a_bend_is_wide_does_not_pass_through_itself() -> None:
    trough_mm, normals = _trough(RADIUS_MM)
    height_mm = np.full(len(trough_mm), 1.5 * RADIUS_MM)
    share = room_share(height_mm, bend_per_mm(trough_mm, normals, FACES))
    raised_mm = trough_mm + (share * height_mm)[:, None] * normals
    turned = vertex_normals(raised_mm, FACES)
    assert (np.einsum("nd,nd->n", turned, normals) > 0.9).all()
    through_mm = trough_mm + height_mm[:, None] * normals
    assert (np.einsum("nd,nd->n", vertex_normals(through_mm, FACES), normals) < 0.0).any()


def test_cloth_folded_back_at_an_uneven_crease_does_not_cut_through_itself() -> None:
    """A layer over one that lies under it, both as uneven as the sheet below."""
    columns = 40
    uneven_mm = np.random.default_rng(0).normal(0.0, 1.0, columns)
    way_mm, lift_mm = np.array([0.0, 4.0, 4.0, 0.0]), np.array([2.0, 2.4, 2.4, 1.2])
    points_mm = np.zeros((4, columns, 3))
    points_mm[..., 0] = 2.0 * np.arange(columns)
    points_mm[..., 1] = -way_mm[:, None]
    points_mm[..., 2] = lift_mm[:, None] + uneven_mm * np.cos(np.arange(columns) / 3)
    points_mm[1:3, :, 2] += uneven_mm[::-1]

    def crossings(*, under: bool) -> int:
        rows = [Row(np.zeros(0), 0.0) for _ in range(2)]
        rows += [Row(np.zeros(0), 0.0, torn=True), Row(np.zeros(0), 0.0, under=under)]
        faces = GridSurface(rows, np.zeros((columns, 0))).outer_faces()
        faces = np.where(faces // columns == 2, faces - columns, faces)  # one crease, not two rows
        return len(crossing_pairs(points_mm.reshape(-1, 3), faces.astype(np.int32)))

    assert crossings(under=True) == 0
    assert crossings(under=False) > 0
