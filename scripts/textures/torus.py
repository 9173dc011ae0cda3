"""A tile whose opposite sides meet: places on it, noise on it, things scattered over it."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray, IntArray


def places(texels: int) -> tuple[FloatArray, FloatArray]:
    """Column x and row y of every texel's middle, (texels, texels) each, in 0..1."""
    at = (np.arange(texels) + 0.5) / texels
    x, y = np.meshgrid(at, at)
    return x, y


def noise(seed: int, texels: int, sigma: float | tuple[float, float]) -> FloatArray:
    """Smooth noise (texels, texels) of mean 0 and deviation 1; `sigma` in texels (down, along)."""
    white = np.random.default_rng(seed).standard_normal((texels, texels))
    smooth = gaussian_filter(white, sigma, mode="wrap")
    standard: FloatArray = (smooth - smooth.mean()) / smooth.std()
    return standard


def fibres(seed: int, texels: int, length: float, width: float = 0.7) -> FloatArray:
    """Noise (texels, texels) that runs in all directions, as loose fibres do."""
    turned = [noise(seed, texels, (width, length)), noise(seed + 1, texels, (length, width))]
    for k, slant in enumerate((1, -1, 2, -2)):  # whole slants keep the tile closed
        drawn = noise(seed + 2 + k, texels, (width, length))
        row, column = np.mgrid[:texels, :texels]
        sheared = drawn[(row + slant * column) % texels, column]
        turned.append(gaussian_filter(sheared, 0.5, mode="wrap"))
    total = np.max([t / t.std() for t in turned], axis=0)
    standard: FloatArray = (total - total.mean()) / total.std()
    return standard


def warped(picture: FloatArray, right: FloatArray, down: FloatArray) -> FloatArray:
    """The picture (N, N) seen at places moved by texels `right` and `down` (N, N)."""
    row, column = np.mgrid[: len(picture), : len(picture)].astype(float)
    moved: FloatArray = map_coordinates(
        picture, [row + down, column + right], order=1, mode="grid-wrap"
    )
    return moved


def scattered(seed: int, apart: float, limit: int = 10_000) -> FloatArray:
    """Points (K, 2) of the unit torus that keep `apart`, as many as `limit` throws place."""
    throws = np.random.default_rng(seed).uniform(0.0, 1.0, (limit, 2))
    kept = np.zeros((0, 2))
    for throw in throws[: int(30 / apart**2)]:
        away = np.abs((kept - throw + 0.5) % 1.0 - 0.5)
        if (np.hypot(away[:, 0], away[:, 1]) >= apart).all():
            kept = np.concatenate([kept, throw[None]])
    return kept


def cells(points: FloatArray, texels: int, count: int = 2) -> tuple[FloatArray, IntArray]:
    """Distances (texels, texels, count) to the nearest of points (K, 2), and which these are."""
    at = np.stack(places(texels), axis=2)
    away, which = cKDTree(points, boxsize=1.0).query(at, k=list(range(1, count + 1)))
    return away, which.astype(np.int32)
