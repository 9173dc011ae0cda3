"""Texture lookups of `shade`: numba code that is copied into it."""

from __future__ import annotations

from math import floor, log2
from typing import NamedTuple

from mask3d.arrays import Float32Array, IntArray
from mask3d.jit import inlined

Quad = tuple[float, float, float, float]


class Picture(NamedTuple):
    """The arrays of a `Pyramid`."""

    texels: Float32Array
    levels: IntArray


@inlined
def level_of_detail(
    picture: Picture, du_dx: float, dv_dx: float, du_dy: float, dv_dy: float
) -> float:  # pragma: no cover
    """Level, between two, whose texels are as large as a pixel where it is longest."""
    height, width = picture.levels[0, 1], picture.levels[0, 2]
    texels_per_px_squared = max(
        (du_dx * width) ** 2 + (dv_dx * height) ** 2,
        (du_dy * width) ** 2 + (dv_dy * height) ** 2,
    )
    lod = 0.5 * log2(max(texels_per_px_squared, 1.0))
    return min(lod, len(picture.levels) - 1.0)


@inlined
def repeated(coordinate: float) -> float:  # pragma: no cover
    """The coordinate in 0..1 that shows the same: a texture repeats beyond its borders."""
    if 0.0 <= coordinate <= 1.0:  # not floor alone: the border at 1 is not that at 0
        return coordinate
    return coordinate - floor(coordinate)


@inlined
def colour_at(picture: Picture, u: float, v: float, lod: float) -> Quad:  # pragma: no cover
    """All four channels, between the two levels next to `lod`."""
    level = int(lod)
    blend = lod - level
    fine = _colour(picture.texels, picture.levels, level, u, v)
    if blend == 0:
        return fine
    coarse = _colour(picture.texels, picture.levels, level + 1, u, v)
    return (
        fine[0] + blend * (coarse[0] - fine[0]),
        fine[1] + blend * (coarse[1] - fine[1]),
        fine[2] + blend * (coarse[2] - fine[2]),
        fine[3] + blend * (coarse[3] - fine[3]),
    )


@inlined
def slopes_at(
    picture: Picture, u: float, v: float, lod: float
) -> tuple[float, float]:  # pragma: no cover
    """Both channels, between the two levels next to `lod`."""
    level = int(lod)
    blend = lod - level
    fine = _slopes(picture.texels, picture.levels, level, u, v)
    if blend == 0:
        return fine
    coarse = _slopes(picture.texels, picture.levels, level + 1, u, v)
    return fine[0] + blend * (coarse[0] - fine[0]), fine[1] + blend * (coarse[1] - fine[1])


@inlined
def _colour(
    texels: Float32Array, levels: IntArray, level: int, u: float, v: float
) -> Quad:  # pragma: no cover
    p00, p10, p01, p11, w00, w10, w01, w11 = _neighbours(levels, level, u, v)
    return (
        w00 * texels[p00, 0] + w10 * texels[p10, 0] + w01 * texels[p01, 0] + w11 * texels[p11, 0],
        w00 * texels[p00, 1] + w10 * texels[p10, 1] + w01 * texels[p01, 1] + w11 * texels[p11, 1],
        w00 * texels[p00, 2] + w10 * texels[p10, 2] + w01 * texels[p01, 2] + w11 * texels[p11, 2],
        w00 * texels[p00, 3] + w10 * texels[p10, 3] + w01 * texels[p01, 3] + w11 * texels[p11, 3],
    )


@inlined
def _slopes(
    texels: Float32Array, levels: IntArray, level: int, u: float, v: float
) -> tuple[float, float]:  # pragma: no cover
    p00, p10, p01, p11, w00, w10, w01, w11 = _neighbours(levels, level, u, v)
    return (
        w00 * texels[p00, 0] + w10 * texels[p10, 0] + w01 * texels[p01, 0] + w11 * texels[p11, 0],
        w00 * texels[p00, 1] + w10 * texels[p10, 1] + w01 * texels[p01, 1] + w11 * texels[p11, 1],
    )


@inlined
def _neighbours(
    levels: IntArray, level: int, u: float, v: float
) -> tuple[int, int, int, int, float, float, float, float]:  # pragma: no cover
    """Four texels around (u, v) and their weights; the border texels go on outside."""
    first, height, width = levels[level, 0], levels[level, 1], levels[level, 2]
    x = min(max(u * width - 0.5, 0.0), width - 1.0)
    y = min(max(v * height - 0.5, 0.0), height - 1.0)
    x0, y0 = int(x), int(y)
    fx, fy = x - x0, y - y0
    right, down = min(x0 + 1, width - 1) - x0, (min(y0 + 1, height - 1) - y0) * width
    p = first + y0 * width + x0
    w00, w10, w01, w11 = (1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy
    return p, p + right, p + down, p + down + right, w00, w10, w01, w11
