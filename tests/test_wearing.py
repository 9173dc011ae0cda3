from __future__ import annotations

import numpy as np
import pytest

from mask3d.arrays import FloatArray
from mask3d.contact import contact_map
from mask3d.drape import settled_cage
from mask3d.masks import load_mask
from mask3d.recipe import Wearing
from tests.fitted_heads import head_fit, random_head

NOSE_FOOT, UPPER_LIP, LOWER_LIP, CHIN = 33, 51, 57, 8
SHEETS = ("cloth_pleated_navy", "surgical_blue")


def _cage_mm(name: str, wearing: Wearing, seed: int | None = None) -> FloatArray:
    fit = head_fit() if seed is None else random_head(seed)
    skin = contact_map(fit.model, fit.vertices_mm)
    return settled_cage(load_mask(name), fit, wearing, skin)


def _middle_mm(cage_mm: FloatArray) -> FloatArray:
    return cage_mm[np.abs(cage_mm[:, 0]) < 6.0]


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize(
    ("state", "below", "above"),
    [
        ("nose_out", NOSE_FOOT, LOWER_LIP),
        ("mouth_out", LOWER_LIP, CHIN),
        ("under_chin", CHIN, None),
    ],
)
def test_a_state_leaves_free_what_it_is_named_for(
    name: str, state: str, below: int, above: int | None
) -> None:
    fit = head_fit()
    points_mm = fit.model.landmarks_mm(fit.vertices_mm)
    top_mm = _middle_mm(_cage_mm(name, Wearing(state)))[:, 1].max()
    assert top_mm < points_mm[below, 1] + 1.0
    if above is not None:
        assert top_mm > points_mm[above, 1]


@pytest.mark.parametrize("name", SHEETS)
def test_a_mask_pushed_up_ends_between_mouth_and_chin(name: str) -> None:
    fit = head_fit()
    points_mm = fit.model.landmarks_mm(fit.vertices_mm)
    hem_mm = _middle_mm(_cage_mm(name, Wearing("chin_out")))[:, 1].min()
    assert points_mm[CHIN, 1] < hem_mm < points_mm[LOWER_LIP, 1]


@pytest.mark.parametrize("name", SHEETS)
def test_on_one_ear_it_hangs_on_that_side_and_leaves_the_face(name: str) -> None:
    fit = head_fit()
    mouth_mm = fit.model.landmarks_mm(fit.vertices_mm)[UPPER_LIP]
    left_mm = _cage_mm(name, Wearing("one_ear", ear="left"))
    right_mm = _cage_mm(name, Wearing("one_ear", ear="right"))
    assert left_mm[:, 0].mean() > 40.0
    assert right_mm[:, 0].mean() < -40.0
    assert np.linalg.norm(left_mm - mouth_mm, axis=1).min() > 40.0


@pytest.mark.parametrize("name", SHEETS)
def test_on_one_ear_both_runs_of_the_loop_carry_it(name: str) -> None:
    for seed in (None, 1, 2):
        fit = head_fit() if seed is None else random_head(seed)
        ear_mm = fit.model.ear_roots_mm(fit.vertices_mm)[0].mean(axis=0)
        cage_mm = _cage_mm(name, Wearing("one_ear", ear="left"), seed)
        ends_mm = cage_mm[load_mask(name).rig.strap_ends[0, 0]]
        runs_mm = np.linalg.norm(ends_mm - ear_mm, axis=1)
        assert runs_mm.max() < 60.0
        assert np.ptp(runs_mm) < 16.0
        assert ends_mm[0, 2] > ear_mm[2] > ends_mm[1, 2]  # on either side of the ear


def test_a_mask_worn_lower_sits_lower() -> None:
    for state in ("covered", "nose_out"):
        usual_mm = _middle_mm(_cage_mm("surgical_blue", Wearing(state), 1))[:, 1].max()
        low_mm = _middle_mm(_cage_mm("surgical_blue", Wearing(state, drop_mm=12.0), 1))[:, 1].max()
        assert 8.0 < usual_mm - low_mm < 16.0


def test_a_kn95_on_one_ear_is_folded_shut_and_as_long_as_it_was() -> None:
    mask = load_mask("kn95_white")
    moulded_mm = mask.moulded_mm
    across = np.linalg.norm(moulded_mm[:, None] - moulded_mm * [-1.0, 1.0, 1.0], axis=2).argmin(0)
    hung_mm = _cage_mm("kn95_white", Wearing("one_ear", ear="left"), 1)
    assert np.linalg.norm(hung_mm - hung_mm[across], axis=1).max() < 30.0
    assert np.linalg.norm(moulded_mm - moulded_mm[across], axis=1).max() > 100.0
    ends = mask.faces[:, [0, 1]]
    lengths_mm = [
        np.linalg.norm(p[ends[:, 0]] - p[ends[:, 1]], axis=1) for p in (hung_mm, moulded_mm)
    ]
    shares = lengths_mm[0] / lengths_mm[1]
    assert np.percentile(np.abs(shares / np.median(shares) - 1.0), 90) < 0.08
