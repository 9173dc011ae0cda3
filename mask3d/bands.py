"""The two finest bands of detail in calm places of a photo, where they are its grain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray
from mask3d.jit import kernel
from mask3d.patches import Patch, percentile

BLOCK_PX = 16  # the kernel counts on it
MIN_INSIDE = 0.6  # share of a block
CALM_PERCENTILE = 5.0  # of the blocks: what is flat, and shows nothing but grain
# What the percentile of independent noise reads: the root of that of a mean of 64, and of 16,
# squares of normal deviates.
CALM_READING = np.array([[0.853], [0.705]])
LEAST_LUMA, MOST_LUMA = 16.0, 245.0  # of a block; black and white have lost their grain
ROUNDING_VARIANCE = 1 / 12  # of whole steps, which every photo has and every writer adds


def calm_bands(patches: Sequence[Patch]) -> FloatArray:
    """Standard deviation (2, 3) of the noise in the fine and the coarse band; 0 without blocks.

    They are the diagonal details of the first two steps of an orthonormal Haar
    wavelet: white noise has its own standard deviation in both.
    """
    energies = [
        _energies(p.ycc, p.inside, MIN_INSIDE * BLOCK_PX**2, LEAST_LUMA, MOST_LUMA) for p in patches
    ]
    blocks = np.concatenate([np.zeros((2, 0, 3)), *energies], axis=1)
    if blocks.shape[1] == 0:
        return np.zeros((2, 3))
    variance: FloatArray = percentile(blocks.swapaxes(0, 1), CALM_PERCENTILE) / CALM_READING**2
    return np.sqrt(variance)


def unrounded(deviation: FloatArray) -> FloatArray:
    """Standard deviations in the bands without what rounding to whole steps adds to them."""
    smaller: FloatArray = np.sqrt(np.maximum(deviation**2 - ROUNDING_VARIANCE, 0.0))
    return smaller


@kernel
def _energies(
    ycc: Float32Array,
    inside: NDArray[np.bool_],
    least_inside: float,
    least_luma: float,
    most_luma: float,
) -> FloatArray:  # pragma: no cover
    """Mean square (2, N, 3) of the details of the N blocks that count."""
    rows, columns = inside.shape[0] // 16, inside.shape[1] // 16
    energies = np.zeros((2, rows * columns, 3))
    half = np.zeros((8, 8), np.float32)
    count = 0
    for row in range(rows):
        for column in range(columns):
            y0, x0 = 16 * row, 16 * column
            covered, luma = 0, 0.0
            for y in range(y0, y0 + 16):
                for x in range(x0, x0 + 16):
                    covered += inside[y, x]
                    luma += ycc[y, x, 0]
            if covered < least_inside or not 256 * least_luma < luma < 256 * most_luma:
                continue
            for c in range(3):
                fine, coarse = 0.0, 0.0
                for i in range(8):
                    for j in range(8):
                        y, x = y0 + 2 * i, x0 + 2 * j
                        a, b = ycc[y, x, c], ycc[y, x + 1, c]
                        d, e = ycc[y + 1, x, c], ycc[y + 1, x + 1, c]
                        half[i, j] = (a + b + d + e) / 2
                        fine += ((a - b - d + e) / 2) ** 2
                for i in range(0, 8, 2):
                    for j in range(0, 8, 2):
                        total = half[i, j] - half[i, j + 1] - half[i + 1, j] + half[i + 1, j + 1]
                        coarse += (total / 2) ** 2
                energies[0, count, c], energies[1, count, c] = fine / 64, coarse / 16
            count += 1
    return energies[:, :count].copy()
