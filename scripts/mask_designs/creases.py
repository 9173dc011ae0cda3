"""Creases that worn cloth shows: facets that fan out from where straps and wire pull."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter

from mask3d.arrays import FloatArray
from mask3d.recipe import CREASE_SETS

FACETS_A_SIDE = 9
GATHER_SPREAD = 0.35  # of the slopes of folds from a gather, about the way to the middle
GATHER_MM, GATHER_DEG = (45.0, 80.0), (6.0, 13.0)  # length, and opening to either side
MIN_FACET_MM = 2.0  # narrower ones fall between the vertices


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
    apexes_mm: Sequence[tuple[float, float]] = (),
    gathers_mm: Sequence[tuple[float, float]] = (),
) -> FloatArray:
    """Heights (CREASE_SETS, n) of crease patterns over a sheet.

    Parameters
    ----------
    u_mm, v_mm : (n,) place on the unfolded sheet, u from its middle
    grid_shape : rows and columns of the n vertices
    half_width_mm, weld_mm : the sheet and its stiff side bands, which stay smooth
    ridge_mm : height of the sharp creases that start at the side bands
    wave_mm : rms of the long waves
    apexes_mm : further places that creases fan out and down from, away from the middle
    gathers_mm : places (u, v) on the side bands that folds start from, instead of anywhere
    """
    rng = np.random.default_rng(seed)
    start_mm = half_width_mm - weld_mm
    inside_mm = start_mm - np.abs(u_mm)
    sets = []
    for _ in range(CREASE_SETS):
        height = _gathered_folds(rng, u_mm, v_mm, gathers_mm, ridge_mm)
        for side in (-1.0, 1.0):
            for v in rng.uniform(0.1, 0.9, 0 if gathers_mm else FACETS_A_SIDE) * v_mm.max():
                towards = (-side, rng.normal(0.0, 0.3))
                height += ridge_mm * _facet(rng, u_mm - side * start_mm, v_mm - v, towards)
        for u, v in apexes_mm:
            towards = (np.sign(u), rng.uniform(0.3, 1.2))
            height += ridge_mm * _facet(rng, u_mm - u, v_mm - v, towards)
        height *= np.clip(inside_mm / 4.0, 0, 1)
        waves = gaussian_filter(rng.standard_normal(grid_shape), (4, 9)).ravel()
        height += wave_mm * waves / waves.std() * np.clip(inside_mm / 12.0, 0, 1)
        sets.append(height)
    return np.array(sets)


def _gathered_folds(
    rng: np.random.Generator,
    u_mm: FloatArray,
    v_mm: FloatArray,
    gathers_mm: Sequence[tuple[float, float]],
    ridge_mm: float,
) -> FloatArray:
    """Heights (n,) of folds from gathers towards the middle.

    The highest counts: where two meet, cloth folds along a straight valley.
    """
    height = np.zeros_like(u_mm)
    for u, v in gathers_mm:
        slope = (v_mm.max() / 2 - v) / abs(u) + rng.normal(0.0, GATHER_SPREAD)
        length_mm, opening_deg = rng.uniform(*GATHER_MM), rng.uniform(*GATHER_DEG)
        fold = _fold(u_mm - u, v_mm - v, (-np.sign(u), slope), length_mm, opening_deg, 0.5)
        height = np.maximum(height, ridge_mm * rng.uniform(0.5, 1.0) * fold)
    return height


def _facet(
    rng: np.random.Generator, u_mm: FloatArray, v_mm: FloatArray, towards: tuple[float, float]
) -> FloatArray:
    """Heights (n,) of one fold from its apex, of a random size, up or down."""
    length_mm, opening_deg = rng.uniform(25.0, 60.0), rng.uniform(8.0, 15.0)
    strength = rng.uniform(0.3, 1.0) * rng.choice([1.0, 1.0, -0.6])
    height: FloatArray = strength * _fold(u_mm, v_mm, towards, length_mm, opening_deg, 0.35)
    return height


def _fold(
    u_mm: FloatArray,
    v_mm: FloatArray,
    towards: tuple[float, float],
    length_mm: float,
    opening_deg: float,
    highest: float,
) -> FloatArray:
    """Heights (n,), 0 .. 1, of one fold about its apex: flat triangles that meet in a ridge.

    A sheet that does not stretch bends along straight lines from a point (a
    developable cone), so that the fold widens from its apex. It is `highest` at
    that share of its length.
    """
    way = np.array(towards) / np.hypot(*towards)
    along_mm = u_mm * way[0] + v_mm * way[1]
    away_mm = np.abs(u_mm * way[1] - v_mm * way[0])
    width_mm = np.maximum(along_mm * np.tan(np.deg2rad(opening_deg)), MIN_FACET_MM)
    rise = np.minimum(
        along_mm / (highest * length_mm), (length_mm - along_mm) / ((1 - highest) * length_mm)
    )
    height: FloatArray = np.clip(rise, 0, 1) * np.clip(1 - away_mm / width_mm, 0, 1)
    return height
