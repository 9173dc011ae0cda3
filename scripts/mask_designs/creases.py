"""Creases that worn cloth shows: ridges that fan out from where straps pull."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from mask3d.arrays import FloatArray
from mask3d.recipe import CREASE_SETS


def crease_sets(
    u_mm: FloatArray,
    v_mm: FloatArray,
    grid_shape: tuple[int, int],
    *,
    half_width_mm: float,
    weld_mm: float,
    ridge_mm: float,
    wave_mm: float,
    seed: int,
) -> FloatArray:
    """Heights (CREASE_SETS, n) of crease patterns over a sheet.

    Parameters
    ----------
    u_mm, v_mm : (n,) place on the unfolded sheet, u from its middle
    grid_shape : rows and columns of the n vertices
    half_width_mm, weld_mm : the sheet and its stiff side bands, which stay smooth
    ridge_mm : height of the sharp creases that start at the side bands
    wave_mm : rms of the long waves
    """
    rng = np.random.default_rng(seed)
    inside_mm = half_width_mm - weld_mm - np.abs(u_mm)
    sets = []
    for _ in range(CREASE_SETS):
        height = np.zeros_like(u_mm)
        for side in (-1.0, 1.0):
            for _ in range(6):
                height += _ridge(rng, side, u_mm, v_mm, half_width_mm, inside_mm) * ridge_mm
        waves = gaussian_filter(rng.standard_normal(grid_shape), (4, 9)).ravel()
        height += wave_mm * waves / waves.std() * np.clip(inside_mm / 12.0, 0, 1)
        sets.append(height)
    return np.array(sets)


def _ridge(
    rng: np.random.Generator,
    side: float,
    u_mm: FloatArray,
    v_mm: FloatArray,
    half_width_mm: float,
    inside_mm: FloatArray,
) -> FloatArray:
    """One straight ridge from a side band inwards, 1 high at its start, fading out."""
    start_mm = rng.uniform(0.1, 0.9) * v_mm.max()
    slope = rng.normal(0.0, 0.3)
    length_mm = rng.uniform(20.0, 50.0)
    width_mm = rng.uniform(2.0, 4.0)
    away_mm = np.abs(v_mm - start_mm - slope * (half_width_mm - side * u_mm))
    fade = np.clip(inside_mm / 6.0, 0, 1) * np.clip(1 - inside_mm / length_mm, 0, 1)
    ridge: FloatArray = (
        rng.uniform(0.3, 1.0) * np.exp(-away_mm / width_mm) * fade * (side * u_mm > 0)
    )
    return ridge
