from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.cloth import CONTACT_MM, Anchors, Schedule, Sheet, settle
from mask3d.contact import contact_map, skin_distance
from mask3d.drape import REPAIR
from mask3d.face import FaceFit
from mask3d.masks import load_mask
from mask3d.recipe import Wearing
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
