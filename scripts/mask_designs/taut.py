"""Cloth pulled taut over the mean head between edges that a design draws.

A shape is a grid of points; each keeps its direction from the middle of the
head and moves along it alone, so that a taut sheet never folds over. The
lengths of that shape are the lengths that the cloth is cut to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, radial_distance, skin_points

BEND_STEP = 4  # points that a bending link skips over, plus one: it irons out the face beneath
UNTANGLE_STEPS = 300

Knots = Sequence[tuple[float, float]]


class Links(NamedTuple):
    """Links of a grid, in the order in which a solve takes them.

    Attributes
    ----------
    pairs : (C, 2)
    bounds_mm : (C, 2)
    compliance : (C,)
    """

    pairs: IntArray
    bounds_mm: FloatArray
    compliance: FloatArray


class Weave(NamedTuple):
    """How a cloth gives way.

    Attributes
    ----------
    shrink, stretch : least and greatest length of a thread over that of the pattern
    shear, bend : compliance of the diagonals, of the links that skip a point
    """

    shrink: float = 0.97
    stretch: float = 1.01
    shear: float = 0.4
    bend: float = 2.0


def smooth(at: FloatArray, knots: Knots) -> FloatArray:
    """Curve through knots (place, value) without overshoot."""
    place, value = np.array(knots, float).T
    curve: FloatArray = PchipInterpolator(place, value)(at)
    return curve


def between(
    top_mm: FloatArray, bottom_mm: FloatArray, first_mm: FloatArray, last_mm: FloatArray
) -> FloatArray:
    """Coons patch (R, C, 3) of rows (C, 3) above and below, columns (R, 3) first and last."""
    s = np.linspace(0.0, 1.0, len(top_mm))[None, :, None]
    t = np.linspace(0.0, 1.0, len(first_mm))[:, None, None]
    across = (1 - s) * first_mm[:, None] + s * last_mm[:, None]
    down = (1 - t) * top_mm + t * bottom_mm
    corners = (1 - t) * ((1 - s) * top_mm[0] + s * top_mm[-1])
    corners = corners + t * ((1 - s) * bottom_mm[0] + s * bottom_mm[-1])
    patch_mm: FloatArray = across + down - corners
    return patch_mm


def untangled(grid_mm: FloatArray, skin: ContactMap) -> FloatArray:
    """Grid (R, C, 3) whose inside is spread by direction so that no cell folds over.

    Winslow's smoothing ("Numerical solution of the quasilinear Poisson equation
    in a nonuniform triangle mesh", 1966) of azimuth and elevation; edges stay.
    """
    x, y, z = np.moveaxis(grid_mm - skin.centre_mm, 2, 0)
    place = np.stack([np.arctan2(x, z), np.arctan2(y, np.hypot(x, z))], axis=2)
    for _ in range(UNTANGLE_STEPS):
        along = (place[1:-1, 2:] - place[1:-1, :-2]) / 2
        down = (place[2:, 1:-1] - place[:-2, 1:-1]) / 2
        a, g = (down**2).sum(axis=2)[..., None], (along**2).sum(axis=2)[..., None]
        b = (along * down).sum(axis=2)[..., None]
        mixed = place[2:, 2:] - place[2:, :-2] - place[:-2, 2:] + place[:-2, :-2]
        beside = place[1:-1, 2:] + place[1:-1, :-2]
        above = place[2:, 1:-1] + place[:-2, 1:-1]
        place[1:-1, 1:-1] = (a * beside + g * above - b / 2 * mixed) / (2 * (a + g))
    flat = np.cos(place[..., 1])
    ray = np.stack(
        [flat * np.sin(place[..., 0]), np.sin(place[..., 1]), flat * np.cos(place[..., 0])], axis=2
    )
    radius_mm = np.linalg.norm(grid_mm - skin.centre_mm, axis=2, keepdims=True)
    spread_mm: FloatArray = skin.centre_mm + radius_mm * ray
    return spread_mm


def on_skin(points_mm: FloatArray, skin: ContactMap, standoff_mm: float) -> FloatArray:
    """Points (..., 3) moved along their rays to `standoff_mm` over the skin."""
    ray = (points_mm - skin.centre_mm).reshape(-1, 3)
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    return (skin_points(skin, ray) + standoff_mm * ray).reshape(points_mm.shape)


def pulled_taut(
    grid_mm: FloatArray,
    skin: ContactMap,
    standoff_mm: float,
    *,
    along: float = 0.75,
    steps: int = 400,
    closed: bool = False,
) -> FloatArray:
    """Grid (R, C, 3) whose inside is pulled taut over the skin; its edges stay.

    Parameters
    ----------
    along : share of the tension that runs along the rows
    closed : the last column joins the first
    """
    taut_mm = grid_mm.copy()
    columns = np.arange(grid_mm.shape[1]) if closed else np.arange(1, grid_mm.shape[1] - 1)
    ray = grid_mm[1:-1, columns] - skin.centre_mm
    ray /= np.linalg.norm(ray, axis=2, keepdims=True)
    clear_mm = skin.centre_mm + ray
    least = 1.0 - radial_distance(skin, clear_mm.reshape(-1, 3)).reshape(ray.shape[:2])
    least += standoff_mm
    for _ in range(steps):
        beside = taut_mm[1:-1, columns - 1] + taut_mm[1:-1, (columns + 1) % grid_mm.shape[1]]
        above = taut_mm[:-2, columns] + taut_mm[2:, columns]
        mean_mm = (along * beside + (1 - along) * above) / 2 - skin.centre_mm
        radius_mm = np.maximum((mean_mm * ray).sum(axis=2), least)
        taut_mm[1:-1, columns] = skin.centre_mm + radius_mm[..., None] * ray
    return taut_mm


def grid_links(grid_mm: FloatArray, weave: Weave, *, closed: bool = False) -> Links:
    """Threads, diagonals and bending of a grid (R, C, 3)."""
    steps = (
        (0, 1, 0.02),
        (1, 0, 0.0),
        (1, 1, weave.shear),
        (1, -1, weave.shear),
        (0, BEND_STEP, weave.bend),
        (BEND_STEP, 0, weave.bend),
    )
    parts = [(*_steps(grid_mm.shape[:2], down, along, closed), give) for down, along, give in steps]
    pairs = np.concatenate([np.stack([a, b], axis=1) for a, b, _ in parts])
    compliance = np.concatenate([np.full(len(a), give) for a, _, give in parts])
    order = np.random.default_rng(0).permutation(len(pairs))  # in order, a solve drifts sideways
    pairs = pairs[order].astype(np.int32)
    ends_mm = grid_mm.reshape(-1, 3)[pairs]
    length_mm = np.linalg.norm(ends_mm[:, 0] - ends_mm[:, 1], axis=1)
    bounds_mm = np.stack([weave.shrink * length_mm, weave.stretch * length_mm], axis=1)
    return Links(pairs, bounds_mm, compliance[order])


def _steps(
    shape: tuple[int, ...], down: int, along: int, closed: bool
) -> tuple[IntArray, IntArray]:
    """Points of a grid, and those that lie `down` rows and `along` columns on."""
    at = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape[0], shape[1])
    start, end = at[: shape[0] - down], at[down:]
    end = np.roll(end, -along, axis=1)
    if closed:
        return start.ravel(), end.ravel()
    kept = slice(max(0, -along), shape[1] - max(0, along))
    return start[:, kept].ravel(), end[:, kept].ravel()
