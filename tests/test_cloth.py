from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.cloth import CONTACT_MM, Anchors, Schedule, settle
from mask3d.contact import contact_map, skin_distance
from mask3d.drape import REPAIR
from mask3d.face import FaceFit
from mask3d.masks import load_mask
from mask3d.recipe import Wearing
from mask3d.sheet import SHARPEST_FOLD, Contacts, Sheet, closed, self_contacts, within_reach
from tests.fitted_heads import head_fit, random_head


def _settled(fit: FaceFit, schedule: Schedule) -> tuple[FloatArray, FloatArray]:
    mask = load_mask("surgical_blue")
    skin = contact_map(fit.model, fit.vertices_mm)
    start_mm = mask.pose(Wearing()).cage.on_head(fit.model, fit.vertices_mm)
    anchors = Anchors(
        pulled_mm=mask.pulled_to.on_head(fit.model, fit.vertices_mm),
        pulls=np.ones(4),
        bridge_mm=start_mm[mask.rig.sheet.bridge],
        tucked_mm=np.zeros(3),
    )
    return start_mm, settle(start_mm, mask.rig.sheet, anchors, skin, schedule)


def _strain(points_mm: FloatArray) -> FloatArray:
    """How far each stiff link is out of its bounds, as a share of them."""
    sheet = load_mask("surgical_blue").rig.sheet
    stiff = sheet.compliance < 0.1
    ends_mm = points_mm[sheet.pairs[stiff]]
    length_mm = np.linalg.norm(ends_mm[:, 0] - ends_mm[:, 1], axis=1)
    low_mm, high_mm = sheet.bounds_mm[stiff].T
    strain: FloatArray = np.maximum(length_mm / high_mm - 1, 1 - length_mm / low_mm).clip(min=0)
    return strain


def test_cloth_keeps_its_lengths_on_any_head() -> None:
    for seed in range(6):
        _, settled_mm = _settled(random_head(seed), REPAIR)
        assert np.percentile(_strain(settled_mm), 95) <= 0.06


def test_settling_undoes_the_stretch_of_carrying() -> None:
    start_mm, settled_mm = _settled(random_head(3), REPAIR)
    assert np.percentile(_strain(settled_mm), 95) < 0.5 * np.percentile(_strain(start_mm), 95)


def test_no_steps_move_nothing() -> None:
    start_mm, settled_mm = _settled(head_fit(), Schedule(steps=0))
    np.testing.assert_array_equal(start_mm, settled_mm)


def test_no_point_sinks_into_the_skin() -> None:
    fit = random_head(1)
    _, settled_mm = _settled(fit, REPAIR)
    distance_mm, _ = skin_distance(contact_map(fit.model, fit.vertices_mm), settled_mm)
    assert distance_mm.min() > CONTACT_MM - 0.5


def test_the_same_start_gives_the_same_bytes() -> None:
    first = _settled(random_head(2), REPAIR)[1]
    second = _settled(random_head(2), REPAIR)[1]
    assert first.tobytes() == second.tobytes()


def _hung(anchors: Anchors, sheet: Sheet, schedule: Schedule) -> FloatArray:
    """One free point, 100 mm before the face, after `schedule`."""
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    hung_mm: FloatArray = settle(np.array([[0.0, 0.0, 200.0]]), sheet, anchors, skin, schedule)[0]
    return hung_mm


def _point(loose_mm: float) -> Sheet:
    none, first = np.zeros(0, np.int32), np.zeros(1, np.int32)
    pairs = np.zeros((0, 2), np.int32)
    return Sheet(pairs, np.zeros((0, 2)), np.zeros(0), first, none, none, pairs, 0, loose_mm)


def _above(away_mm: float, pull: float, hold: float) -> Anchors:
    start_mm = np.array([0.0, 0.0, 200.0])
    way_mm = np.array([0.0, away_mm, 0.0])
    return Anchors(start_mm[None] + way_mm, np.array([pull]), start_mm, np.zeros(3), hold)


def test_a_strap_hangs_loose_within_its_length() -> None:
    weightless = Schedule(steps=20, gravity_mm=0.0)
    start_mm = np.array([0.0, 0.0, 200.0])
    np.testing.assert_array_equal(_hung(_above(9.0, 1.0, 0.0), _point(10.0), weightless), start_mm)
    assert _hung(_above(30.0, 1.0, 0.0), _point(10.0), weightless)[1] > 1.0


def test_a_bridge_that_nothing_holds_falls() -> None:
    falling = Schedule(steps=100, gravity_mm=0.01)
    free_mm = _hung(_above(0.0, 0.0, 0.0), _point(0.0), falling)
    held_mm = _hung(_above(0.0, 0.0, 1.0), _point(0.0), falling)
    assert free_mm[1] < -5.0 < -1.0 < held_mm[1]


def _chain(points: int) -> Sheet:
    """Points in a row, each joined to the next by a thread of 5 mm."""
    none = np.zeros(0, np.int32)
    pairs = np.stack([np.arange(points - 1), np.arange(1, points)], axis=1).astype(np.int32)
    bounds_mm = np.full((points - 1, 2), 5.0)
    return Sheet(
        pairs, bounds_mm, np.zeros(points - 1), none, none, none, np.zeros((0, 2), np.int32), 0
    )


def test_only_what_is_no_neighbour_on_the_sheet_can_meet() -> None:
    contacts = self_contacts(_chain(6), 6)
    expected = [(i, j) for i in range(6) for j in range(i + 2, 6)]
    assert [tuple(pair) for pair in contacts.pairs.tolist()] == expected
    np.testing.assert_array_equal(contacts.apart_mm, 5.0)
    line_mm = np.outer(np.arange(6), [5.0, 0.0, 0.0])
    assert len(within_reach(contacts, line_mm).pairs) == 0
    line_mm[5] = line_mm[1] + [0.0, 6.0, 0.0]
    assert [1, 5] in within_reach(contacts, line_mm).pairs.tolist()


def test_points_of_small_cells_may_come_nearer_than_a_usual_cell() -> None:
    chain = _chain(6)
    bounds_mm = chain.bounds_mm.copy()
    bounds_mm[:2] = 2.0
    contacts = self_contacts(chain._replace(bounds_mm=bounds_mm), 6)
    apart_mm = dict(zip(map(tuple, contacts.pairs.tolist()), contacts.apart_mm, strict=True))
    assert apart_mm[0, 2] == pytest.approx(SHARPEST_FOLD * 4.0)
    assert apart_mm[1, 3] == pytest.approx(SHARPEST_FOLD * 7.0)
    assert apart_mm[2, 4] == apart_mm[0, 5] == 5.0


def test_two_layers_do_not_pass_through_each_other() -> None:
    """Two points pulled to each other's place."""
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    middle_mm = np.array([0.0, 0.0, 200.0])
    start_mm = middle_mm + np.array([[-10.0, 0.1, 0.0], [10.0, 0.0, 0.0]])
    none, pairs = np.zeros(0, np.int32), np.zeros((0, 2), np.int32)
    both = np.arange(2, dtype=np.int32)
    sheet = Sheet(pairs, np.zeros((0, 2)), np.zeros(0), both, none, none, pairs, 0)
    anchors = Anchors(start_mm[::-1].copy(), np.full(2, 0.05), start_mm[0], np.zeros(3), 0.0)
    layers = Contacts(np.array([[0, 1]], np.int32), np.array([4.0]))
    weightless = Schedule(steps=30, gravity_mm=0.0)
    free_mm = settle(start_mm, sheet, anchors, skin, weightless)
    kept_mm = settle(start_mm, sheet, anchors, skin, weightless, layers)
    assert free_mm[0, 0] > free_mm[1, 0]
    assert kept_mm[0, 0] < kept_mm[1, 0]
    assert np.linalg.norm(kept_mm[0] - kept_mm[1]) > 3.0


def test_a_closed_sheet_has_no_play_across_its_pleats_and_all_of_it_elsewhere() -> None:
    sheet = load_mask("surgical_blue").rig.sheet
    shut = closed(sheet)
    gaps = {tuple(pair) for pair in sheet.gaps.tolist()}
    across = np.array([tuple(pair) in gaps for pair in sheet.pairs.tolist()])
    assert (np.diff(sheet.bounds_mm[across]) > 5.0).any()
    np.testing.assert_array_equal(shut.bounds_mm[across, 1], sheet.bounds_mm[across, 0])
    np.testing.assert_array_equal(shut.bounds_mm[~across], sheet.bounds_mm[~across])


def test_a_point_that_flies_at_the_face_is_stopped_by_it() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    start_mm = np.array([[0.0, -60.0, 200.0]])
    through = Anchors(start_mm - [0.0, 0.0, 400.0], np.ones(1), start_mm[0], np.zeros(3), 0.0)
    pulled = Schedule(steps=120, pull_mm=0.1, gravity_mm=0.0)
    landed_mm = settle(start_mm, _point(0.0), through, skin, pulled)
    assert abs(skin_distance(skin, landed_mm)[0][0] - CONTACT_MM) < 0.5
