from __future__ import annotations

import numpy as np

from mask3d.geometry import vertex_normals
from mask3d.rig import Surface
from scripts.mask_designs.sewn_finish import (
    COLUMNS,
    PER_COLUMN,
    PER_ROW,
    ROWS,
    SEAM,
    Finish,
    rounded_columns,
    surface,
)

MIDDLE = SEAM * PER_COLUMN
FINE = ((ROWS - 1) * PER_ROW + 1, (COLUMNS - 1) * PER_COLUMN + 2)  # the seam counts twice
SLANT_DEG = 30.0  # of the panels to either side of the seam
CREASED = Finish(
    hem_mm=6.0,
    binding_mm=0.0,
    seam_mm=0.0,
    seam_stitched=True,
    ridge_mm=5.0,
    wave_mm=0.0,
    seed=2,
)


def _tent_mm() -> np.ndarray:
    """Two flat panels (ROWS, COLUMNS, 3) that meet in an edge."""
    x_mm, y_mm = np.meshgrid(5.0 * (np.arange(COLUMNS) - SEAM), -5.0 * np.arange(ROWS))
    return np.stack([x_mm, y_mm, -np.abs(x_mm) * np.tan(np.deg2rad(SLANT_DEG))], axis=2)


def _tent() -> Surface:
    return surface(_tent_mm(), CREASED, 1.0)


def test_panels_meet_in_a_round_seam() -> None:
    tent = _tent()
    outer_mm = tent.weights @ _tent_mm().reshape(-1, 3)
    outer = tent.faces[(tent.faces < len(outer_mm)).all(axis=1)]
    normals = vertex_normals(outer_mm, outer).reshape(*FINE, 3)
    seam_deg = np.rad2deg(np.arccos((normals[:, MIDDLE] * normals[:, MIDDLE + 1]).sum(axis=1)))
    assert seam_deg.max() < 2 * SLANT_DEG / 5
    slant_deg = np.rad2deg(np.arccos(normals[..., 2]))
    np.testing.assert_allclose(slant_deg[:, [10, -11]], SLANT_DEG, atol=0.1)


def test_rounding_keeps_the_middle_and_the_sides() -> None:
    columns = rounded_columns()
    np.testing.assert_allclose(columns.sum(axis=1), 1.0)
    np.testing.assert_allclose(columns[MIDDLE], columns[MIDDLE, ::-1])
    np.testing.assert_allclose(columns[[0, -1]], np.eye(COLUMNS)[[0, -1]], atol=1e-6)


def test_folds_start_at_the_sides_and_fade_to_seam_and_hem() -> None:
    heights_mm = np.abs(_tent().creases_mm).max(axis=0).reshape(FINE)
    assert not heights_mm[:, [MIDDLE, MIDDLE + 1]].any()  # the panels would part
    assert heights_mm[:, -9].max() > 0.5
    inside, hem = heights_mm[10:-10].max(), heights_mm[[0, -1]].max()
    assert 2.0 < inside <= 5.0
    assert hem < inside / 2
