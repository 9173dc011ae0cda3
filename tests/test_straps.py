from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.contact import contact_map, skin_distance
from mask3d.fabric import plain_material
from mask3d.face import FaceFit
from mask3d.mesh import Mesh
from mask3d.recipe import Wearing
from mask3d.straps import Strap, StrappedHead, worn_straps
from mask3d.straps.band import head_band_line
from mask3d.straps.ear import lift_off
from mask3d.straps.knot import bow
from mask3d.straps.line import concave_majorant, hull_of_path, length_mm, taut_span
from mask3d.straps.loop import LOOSE_MM, ear_loop_line, free_loop_line
from mask3d.straps.sweep import swept
from mask3d.straps.types import KINDS, neck_rim
from tests.fitted_heads import depth_below_skin_mm, head_fit, random_head

HEADS = range(20)
FEW_HEADS = (0, 1, 4)  # where the true depth is measured; on the last a band runs over the top
CROWN_MM, NAPE_MM = (0.0, 92.0, -105.0), (0.0, -67.0, -97.0)
OCCIPUT_MM = (0.0, -30.0, -97.0)
NO_EDGES = np.zeros(1)  # a thread is looked at in its middle
MIRRORED = np.array([-1.0, 1.0, 1.0])


def _strap(
    kind: str, width_mm: float, thickness_mm: float, via_mm: tuple[float, ...] = CROWN_MM
) -> Strap:
    mean_mm = head_fit().vertices_mm
    via = int(np.argmin(np.linalg.norm(mean_mm - np.asarray(via_mm), axis=1)))
    return Strap(kind, width_mm, thickness_mm, via, plain_material("white"), 10.0)


CORD = _strap("ear_loop", 2.6, 2.6)
ELASTIC = _strap("ear_loop", 5.0, 0.9)
BOTH = pytest.mark.parametrize("strap", [CORD, ELASTIC], ids=["cord", "elastic"])


def _head(fit: FaceFit) -> StrappedHead:
    return StrappedHead(fit.model, fit.vertices_mm, contact_map(fit.model, fit.vertices_mm))


def _ends_mm(head: StrappedHead) -> FloatArray:
    """Corners (side, end, 3) of a mask that lies on the cheeks, 1.5 mm over the skin."""
    left_mm = np.array([[[60.0, 14.0, 55.0], [56.0, -30.0, 45.0]]])
    ends_mm = head.skin.centre_mm + np.concatenate([left_mm, left_mm * MIRRORED])
    return _on_the_skin(head, ends_mm.reshape(-1, 3)).reshape(2, 2, 3)


def _on_the_skin(head: StrappedHead, points_mm: FloatArray) -> FloatArray:
    """Points (N, 3) moved to 1.5 mm over the skin."""
    for _ in range(5):
        height_mm, normals = skin_distance(head.skin, points_mm)
        points_mm = points_mm - (height_mm - 1.5)[:, None] * normals
    return points_mm


def _worn(strap: Strap, head: StrappedHead, wearing: Wearing | None = None) -> tuple[Mesh, ...]:
    return worn_straps([strap], _ends_mm(head)[None], head, wearing or Wearing())


@pytest.mark.parametrize("kind", KINDS)
def test_a_strap_is_finite_faces_outwards_and_is_closed(kind: str) -> None:
    for mesh in _worn(_strap(kind, 6.0, 1.0, NAPE_MM), _head(head_fit())):
        corners_mm = mesh.vertices_mm[mesh.faces]
        turn = np.cross(corners_mm[:, 1] - corners_mm[:, 0], corners_mm[:, 2] - corners_mm[:, 0])
        facing = np.einsum("fd,fd->f", turn, mesh.normals[mesh.faces].mean(axis=1))
        assert np.isfinite(mesh.vertices_mm).all()
        assert (facing > -1e-3).mean() > 0.97
        assert np.einsum("fd,fd->f", corners_mm[:, 0], turn).sum() > 0.0  # encloses a volume


def test_a_swept_strap_has_its_width_thickness_and_true_scale() -> None:
    line_mm = np.stack([np.linspace(0.0, 50.0, 20), np.zeros(20), np.zeros(20)], axis=1)
    up = np.tile([0.0, 0.0, 1.0], (20, 1))
    mesh = swept(line_mm, up, np.full(20, 5.0), np.full(20, 0.9), ELASTIC)
    np.testing.assert_allclose(np.ptp(mesh.vertices_mm, axis=0), [50.0, 5.0, 0.9])
    np.testing.assert_allclose(np.ptp(mesh.uv[:, 0]), 50.0 / ELASTIC.repeat_mm)
    assert 2 * 5.0 < np.ptp(mesh.uv[:, 1]) * ELASTIC.repeat_mm < 2 * (5.0 + 0.9)


def test_a_thread_over_posts_is_the_lowest_that_clears_them() -> None:
    height = np.array([0.0, 1.0, 3.0, 2.0, 2.0, 0.5, 0.0])
    np.testing.assert_allclose(concave_majorant(height), [0.0, 1.5, 3.0, 2.5, 2.0, 1.0, 0.0])


def test_a_thread_round_a_path_skips_its_hollows() -> None:
    path = np.array([[5.0, 0.0], [0.0, 4.0], [-1.0, 2.0], [-3.0, 3.0], [-3.0, -3.0], [5.0, -4.0]])
    assert hull_of_path(path).tolist() == [0, 1, 3, 4, 5]


def test_a_thread_is_not_caught_on_a_point_that_is_there_twice() -> None:
    inner = np.array([0.1, 0.7]) / 3.0
    path = np.array([[5.0, 0.0], [0.0, 4.0], inner, inner + 1e-15, [-3.0, 3.0], [-5.0, 0.0]])
    assert hull_of_path(path).tolist() == [0, 1, 4, 5]


def test_a_taut_span_is_straight_where_nothing_is_in_the_way() -> None:
    head = _head(head_fit())
    far_mm = head.skin.centre_mm + np.array([120.0, 0.0, 0.0])
    line_mm = taut_span(far_mm, far_mm + np.array([0.0, 30.0, 40.0]), head.skin, 1.0)
    np.testing.assert_allclose(length_mm(line_mm), 50.0)


@BOTH
def test_a_loop_reaches_the_root_of_the_ear_on_any_head(strap: Strap) -> None:
    for seed in HEADS:
        head = _head(random_head(seed))
        for side, ends_mm in enumerate(_ends_mm(head)):
            line_mm, _ = ear_loop_line(strap, ends_mm, side, head, 0.0)
            np.testing.assert_allclose(line_mm[[0, -1]], ends_mm)
            for root_mm in head.creases_mm[side][[2, 5, 7]]:
                assert np.linalg.norm(line_mm - root_mm, axis=1).min() < 5.0


@BOTH
def test_a_loop_cuts_neither_cheek_nor_ear_before_the_ear(strap: Strap) -> None:
    for seed in FEW_HEADS:
        fit = random_head(seed)
        head = _head(fit)
        before_mm = head.creases_mm[..., 2].max() + 1.0
        for mesh in _worn(strap, head):
            seen_mm = mesh.vertices_mm[mesh.vertices_mm[:, 2] > before_mm]
            assert len(seen_mm) > 50
            assert depth_below_skin_mm(fit, seen_mm).max() <= 0.5


@BOTH
def test_a_loop_lies_in_the_crease_behind_the_ear_and_not_in_the_head(strap: Strap) -> None:
    for seed in FEW_HEADS:
        fit = random_head(seed)
        head = _head(fit)
        for mesh in _worn(strap, head):
            assert depth_below_skin_mm(fit, mesh.vertices_mm).max() <= 1.0


def test_a_strap_is_lifted_off_the_ear_by_what_it_is_sunk() -> None:
    head = _head(head_fit())
    skin = head.ear_skins[0]
    sunk_mm = head.creases_mm[0] - 1.5 * head.crease_normals[0]
    unit = np.tile([[1.0, 0.0, 0.0]], (len(sunk_mm), 1))
    lifted_mm = sunk_mm.copy()
    lift_off(skin, lifted_mm, unit, unit, np.zeros((len(sunk_mm), 2)), np.full(12, 0.2), NO_EDGES)
    assert depth_below_skin_mm(head_fit(), sunk_mm).min() > 0.5
    assert depth_below_skin_mm(head_fit(), lifted_mm).max() < 0.1
    np.testing.assert_array_less(np.linalg.norm(lifted_mm - sunk_mm, axis=1), 4.0)
    again_mm = lifted_mm.copy()
    lift_off(skin, again_mm, unit, unit, np.zeros((len(sunk_mm), 2)), np.full(12, 0.0), NO_EDGES)
    np.testing.assert_array_equal(again_mm, lifted_mm)


def test_a_loop_without_tension_is_longer_and_lower() -> None:
    head = _head(head_fit())
    ends_mm = _ends_mm(head)[0]
    taut_mm, _ = ear_loop_line(CORD, ends_mm, 0, head, 0.0)
    slack_mm, _ = ear_loop_line(CORD, ends_mm, 0, head, 1.0)
    assert length_mm(slack_mm) > length_mm(taut_mm) + 1.0
    assert slack_mm[:25, 1].mean() < taut_mm[:25, 1].mean() - 1.0


def test_a_mirrored_head_wears_mirrored_loops() -> None:
    head = _head(head_fit())
    ends_mm = _ends_mm(head)[0]
    left_mm, _ = ear_loop_line(ELASTIC, ends_mm, 0, head, 0.0)
    right_mm, _ = ear_loop_line(ELASTIC, ends_mm * MIRRORED, 1, head, 0.0)
    np.testing.assert_allclose(left_mm, right_mm * MIRRORED, atol=0.3)


def test_a_free_loop_has_its_length_and_hangs() -> None:
    for seed in HEADS:
        head = _head(random_head(seed))
        for side, ends_mm in enumerate(_ends_mm(head)):
            line_mm = free_loop_line(ends_mm, side, head)
            np.testing.assert_allclose(length_mm(line_mm), LOOSE_MM, rtol=0.01)
            assert line_mm[:, 1].min() < ends_mm[1, 1] - 20.0


def test_a_free_loop_between_level_ends_hangs_straight_down() -> None:
    head = _head(head_fit())
    ends_mm = np.array([[90.0, -60.0, 30.0], [90.0, -60.0, -14.0]])
    line_mm = free_loop_line(ends_mm, 1, head)
    np.testing.assert_allclose(line_mm[:, 0], 90.0)
    assert line_mm[:, 1].min() < -110.0


@pytest.mark.parametrize("ear", ["left", "right"])
def test_a_mask_on_one_ear_has_its_other_loop_free(ear: str) -> None:
    head = _head(head_fit())
    both = _worn(CORD, head)
    meshes = _worn(CORD, head, Wearing("one_ear", ear=ear))
    kept, freed = (0, 1) if ear == "left" else (1, 0)
    np.testing.assert_array_equal(meshes[kept].vertices_mm, both[kept].vertices_mm)
    assert meshes[freed].vertices_mm[:, 2].min() > head.creases_mm[..., 2].max()


@pytest.mark.parametrize("via_mm", [CROWN_MM, NAPE_MM], ids=["crown", "nape"])
def test_a_band_lies_on_the_head_clear_of_the_ears(via_mm: tuple[float, ...]) -> None:
    band = _strap("head_band", 5.0, 1.0, via_mm)
    for seed in FEW_HEADS:
        fit = random_head(seed)
        head = _head(fit)
        (mesh,) = _worn(band, head)
        assert depth_below_skin_mm(fit, mesh.vertices_mm).max() <= 0.5
        ears_mm = fit.vertices_mm[head.ears]
        apart_mm = np.linalg.norm(mesh.vertices_mm[:, None] - ears_mm[None], axis=2)
        assert apart_mm.min() > 0.5
        line_mm = head_band_line(band, _ends_mm(head)[:, 0], head)
        behind_mm = line_mm[line_mm[:, 2] < line_mm[:, 2].min() + 20.0]
        assert np.median(skin_distance(head.skull, behind_mm)[0]) < 3.0


def test_a_band_from_under_the_chin_is_bent_by_the_ears_and_keeps_its_place_at_the_back() -> None:
    band = _strap("head_band", 5.0, 1.0, CROWN_MM)
    for seed in HEADS[:8]:
        head = _head(random_head(seed))
        low_mm = _ends_mm(head)[:, 0] - [0.0, 60.0, 20.0]
        line_mm = head_band_line(band, low_mm, head)
        place_mm = head.vertices_mm[band.via_vertex]
        assert np.linalg.norm(line_mm - place_mm, axis=1).min() < 4.0
        ears_mm = head.vertices_mm[head.ears]
        assert np.linalg.norm(line_mm[:, None] - ears_mm, axis=2).min() > 2.5


def test_a_knot_has_two_turns_and_two_tails_and_a_tied_tape_two_bows_more() -> None:
    head = _head(head_fit())
    assert len(_worn(_strap("knot", 20.0, 1.0, NAPE_MM), head)) == 5
    tape = _worn(_strap("tape", 9.0, 0.4, OCCIPUT_MM), head)
    assert len(tape) == 7
    lowest_mm = min(mesh.vertices_mm[:, 1].min() for mesh in tape[3:5])
    assert lowest_mm < tape[0].vertices_mm[:, 1].min() - 30.0


def test_loose_ends_hang_outside_of_the_neck_and_end_where_it_does() -> None:
    tape = _strap("tape", 9.0, 0.4)
    for seed in HEADS[:8]:
        fit = random_head(seed)
        head = _head(fit)
        neck_end_mm = fit.vertices_mm[neck_rim(fit.model)]
        behind_mm = neck_end_mm[neck_end_mm[:, 2] < neck_end_mm[:, 2].min() + 5.0]
        across_mm = np.stack([np.linspace(40.0, -40.0, 9), *np.zeros((2, 9))], axis=1)
        band_mm = _on_the_skin(
            head, behind_mm.mean(axis=0) + np.array([0.0, 45.0, 30.0]) + across_mm
        )
        for tail in bow(tape, band_mm, head)[2:4]:
            assert tail.vertices_mm[:, 1].min() > behind_mm[:, 1].max()
            assert tail.vertices_mm[:, 1].min() < band_mm[:, 1].min() - 20.0
            assert depth_below_skin_mm(fit, tail.vertices_mm).max() <= 0.3
