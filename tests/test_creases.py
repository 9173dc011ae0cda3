from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from scripts.mask_designs.creases import crease_sets

SHAPE = (71, 175)
U_MM, V_MM = (a.ravel() for a in np.meshgrid(np.linspace(-87, 87, 175), np.linspace(0, 70, 71)))
CORNER_MM = (80.0, 66.0)


def _heights_mm(gathers_mm: tuple[tuple[float, float], ...]) -> FloatArray:
    sets = crease_sets(
        U_MM,
        V_MM,
        SHAPE,
        half_width_mm=87.5,
        weld_mm=5.0,
        ridge_mm=3.0,
        wave_mm=0.0,
        seed=0,
        gathers_mm=gathers_mm,
    )
    return sets.reshape(-1, *SHAPE)


def test_folds_open_from_where_a_loop_gathers_the_sheet() -> None:
    for heights_mm in _heights_mm((CORNER_MM,)):
        assert 1.0 < heights_mm.max() <= 3.0
        assert heights_mm.min() == 0.0
        assert not heights_mm[:, U_MM[:175] < 0.0].any()  # none reaches beyond the middle
        near, far = (heights_mm[:, np.searchsorted(U_MM[:175], u)] > 0.0 for u in (68.0, 40.0))
        assert 0 < near.sum() < far.sum()
        rows = V_MM.reshape(SHAPE)[:, 0]
        assert abs(rows[near].mean() - CORNER_MM[1]) < 12.0


def test_folds_that_nothing_gathers_start_all_along_the_sides() -> None:
    for heights_mm in _heights_mm(()):
        starts = np.abs(heights_mm[:, [10, -11]]).max(axis=1) > 0.0
        assert np.ptp(np.flatnonzero(starts)) > 30
