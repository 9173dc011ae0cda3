from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.spatial.transform import Rotation

from mask3d.arrays import FloatArray
from mask3d.contact import contact_map, skin_distance
from mask3d.drape import settled_cage
from mask3d.face import FaceFit
from mask3d.masks import Mask, load_mask
from mask3d.recipe import Wearing
from mask3d.shell import RIM_CLEARANCE_MM, SIZES, hang_shell, sized
from tests.fitted_heads import head_fit, random_head

DESIGNS = ("duckbill", "kf94", "kn95", "n95", "n95_valve", "respirator")
CUPS = ("n95", "n95_valve", "respirator")


def _worn(mask: Mask, fit: FaceFit, state: str = "covered") -> FloatArray:
    skin = contact_map(fit.model, fit.vertices_mm)
    return settled_cage(mask, fit, Wearing(state), skin)


def _gaps_mm(mask: Mask, fit: FaceFit, state: str) -> FloatArray:
    gap_mm, _ = skin_distance(
        contact_map(fit.model, fit.vertices_mm), _worn(mask, fit, state)[mask.rig.rim]
    )
    return gap_mm - RIM_CLEARANCE_MM


@pytest.mark.parametrize("design", CUPS)
def test_the_stiff_part_of_a_cup_keeps_its_shape(design: str) -> None:
    mask = load_mask(design)
    stiff = np.flatnonzero(mask.rig.softness == 0.0)[::7]
    assert len(stiff) > 20
    for seed in range(2):
        size = pdist(_worn(mask, random_head(seed))[stiff]) / pdist(mask.moulded_mm[stiff])
        np.testing.assert_allclose(size, size.mean(), rtol=1e-3)
        assert SIZES[0] - 1e-6 <= size.mean() <= SIZES[1] + 1e-6


@pytest.mark.parametrize("design", DESIGNS)
def test_the_rim_seals(design: str) -> None:
    mask = load_mask(design)
    gaps_mm = np.concatenate([_gaps_mm(mask, random_head(seed), "covered") for seed in range(4)])
    assert np.min(gaps_mm) > -0.3
    assert np.median(gaps_mm) <= 0.5
    assert np.percentile(gaps_mm, 95) <= 2.0


@pytest.mark.parametrize("design", DESIGNS)
def test_below_the_chin_nothing_is_pressed_on_the_skin(design: str) -> None:
    mask, fit = load_mask(design), random_head(0)
    gaps_mm = _gaps_mm(mask, fit, "under_chin")
    assert np.min(gaps_mm) > -0.3
    assert np.percentile(gaps_mm, 90) > 5.0
    chin_mm = fit.model.landmarks_mm(fit.vertices_mm)[8]
    assert _worn(mask, fit, "under_chin")[:, 1].mean() < chin_mm[1]


def test_what_hangs_is_moved_as_one_piece_until_it_is_off_the_skin() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    shell_mm = load_mask("n95").moulded_mm
    pushed_mm = shell_mm - [0.0, 0.0, 6.0]  # into the face
    hung_mm = hang_shell(pushed_mm, skin)
    assert skin_distance(skin, pushed_mm)[0].min() < -3.0
    assert skin_distance(skin, hung_mm)[0].min() > RIM_CLEARANCE_MM - 0.1
    inner = np.flatnonzero(load_mask("n95").rig.softness == 0.0)[::7]
    np.testing.assert_allclose(pdist(hung_mm[inner]), pdist(shell_mm[inner]), rtol=1e-6)
    assert (hung_mm - pushed_mm)[inner, 2].min() > 2.0


def test_a_shell_is_turned_and_sized_to_its_targets() -> None:
    rng = np.random.default_rng(0)
    shell_mm = rng.normal(size=(30, 3)) * 20.0
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    target_mm = 1.1 * shell_mm @ turn.T + [3.0, -5.0, 9.0]
    np.testing.assert_allclose(sized(shell_mm, target_mm), target_mm, atol=1e-9)
    giant_mm = 2.0 * shell_mm
    np.testing.assert_allclose(pdist(sized(shell_mm, giant_mm)), SIZES[1] * pdist(shell_mm))


def test_what_hangs_comes_off_the_skin_from_deep_inside_it() -> None:
    fit = head_fit()
    skin = contact_map(fit.model, fit.vertices_mm)
    shell_mm = load_mask("kf94").moulded_mm
    centre_mm = shell_mm.mean(axis=0)
    turn = Rotation.from_euler("zxy", (85.0, 0.0, 75.0), degrees=True)
    beside_mm = turn.apply(shell_mm - centre_mm) + centre_mm + [92.0, -66.0, -66.0]
    hung_mm = hang_shell(beside_mm, skin)
    assert skin_distance(skin, beside_mm)[0].min() < -20.0
    np.testing.assert_allclose(pdist(hung_mm[::7]), pdist(shell_mm[::7]), rtol=1e-6)
