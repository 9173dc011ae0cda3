"""That a photo was a JPEG, and what such a file leaves of noise: few waves, each in a block."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from mask3d.arrays import Float32Array, FloatArray
from mask3d.bands import calm_bands
from mask3d.patches import Patch

BLOCK_PX = 8
# Steps of the luma at quality 50, by rows: ITU-T T.81 (JPEG), table K.1.
STEPS_50 = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
NO_JPEG = 100  # the quality of what never was one
QUALITIES = np.arange(96, 39, -1)  # that are looked for; of those that are alike, the best
WAVES_ROWS, WAVES_COLUMNS = np.array([[0, 1, 1, 0, 2], [1, 0, 1, 2, 0]])  # that tell the steps
CUT_LUMA = 12.0  # so near black and white a block may have been cut off since
MOST_BLOCKS = 128  # that are looked at
MIN_BLOCKS = 20  # in which a wave is a step high at least
MIN_AGREEMENT = 0.6  # mean cosine: 1 where all heights are whole steps, 0 where any may be
LEVELS = np.array([0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 11.0, 16.0])
SIMULATED_PX = 192  # side of the noise of LEVELS whose bands are read
UNSURE = 0.1  # steps of 8 bits: what rounding and the calmest blocks leave open about a band


def jpeg_quality(patches: Sequence[Patch]) -> int:
    """Quality of the JPEG that the patches were in last, NO_JPEG where they show none.

    The heights of its waves are whole steps (Fan and de Queiroz, Identification
    of Bitmap Compression History, 2003), unless it was scaled since.
    """
    none = np.zeros((0, BLOCK_PX, BLOCK_PX), np.float32)
    blocks = np.concatenate([none, *(_blocks(patch.ycc[..., 0]) for patch in patches)])
    uncut = (blocks.min(axis=(1, 2)) > CUT_LUMA) & (blocks.max(axis=(1, 2)) < 255 - CUT_LUMA)
    blocks = blocks[uncut]
    few = blocks[:: max(len(blocks) // MOST_BLOCKS, 1)]
    heights = _spectrum(few)[:, WAVES_ROWS, WAVES_COLUMNS]
    turns = heights[:, None] / _steps_of_waves()  # (N, 1, 5) / (Q, 5)
    is_high = np.abs(turns) > 0.5
    count = is_high.sum(axis=(0, 2))
    agreement = (np.cos(2 * np.pi * turns) * is_high).sum(axis=(0, 2)) / np.maximum(count, 1)
    agreement[count < MIN_BLOCKS] = 0.0
    best = int(agreement.argmax())
    return int(QUALITIES[best]) if agreement[best] > MIN_AGREEMENT else NO_JPEG


def through_jpeg(
    noise: Float32Array, quality: int, first_px: tuple[int, int] = (0, 0)
) -> Float32Array:
    """Noise (h, w), steps of 8 bits, after a JPEG of a quality from 50 to 100.

    `first_px` is the place (x, y) of its first pixel in the photo, whose blocks it lies in.
    """
    (height, width), (left, top) = noise.shape, (p % BLOCK_PX for p in first_px)
    down, right = -(height + top) % BLOCK_PX, -(width + left) % BLOCK_PX
    padded = np.pad(noise, ((top, down), (left, right)))
    steps = _steps(quality)
    kept = np.rint(_spectrum(_blocks(padded)) / steps) * steps
    rows = (_waves().T @ kept @ _waves()).reshape(-1, padded.shape[1] // BLOCK_PX, *steps.shape)
    after = rows.transpose(0, 2, 1, 3).reshape(padded.shape)
    return np.asarray(after[top : top + height, left : left + width], np.float32)


def before_jpeg(fine: float, coarse: float, quality: int) -> float:
    """Standard deviation of the white noise that a JPEG left this of.

    The bands are as `calm_bands` reads them, without rounding. What shows more
    in the coarse one than a JPEG leaves is no noise.
    """
    bands = bands_after_jpeg(quality)
    return min(_level_at(coarse, bands[1]), _level_at(fine + UNSURE, bands[0]))


@cache
def bands_after_jpeg(quality: int) -> FloatArray:
    """What `calm_bands` reads (2, L) for white noise of LEVELS after a JPEG."""
    shape = (SIMULATED_PX, SIMULATED_PX)
    white = np.random.default_rng(0).standard_normal(shape, np.float32)
    bands = np.zeros((2, len(LEVELS)))
    ycc = np.zeros((*shape, 3), np.float32)
    for k, level in enumerate(LEVELS):
        ycc[..., 0] = 128.0 + through_jpeg(np.float32(level) * white, quality)
        bands[:, k] = calm_bands([Patch(ycc, np.ones(shape, bool))])[:, 0]
    return np.maximum.accumulate(bands, axis=1)


def _level_at(reading: float, band: FloatArray) -> float:
    """The highest of LEVELS that a band reads no more than this for."""
    risen = np.arange(len(band)) * 1e-9  # where nothing is left, the highest level counts
    return float(np.interp(reading, band + risen, LEVELS))


def _steps(quality: int) -> Float32Array:
    """Quantisation steps (8, 8) of the luma, as the reference software scales them."""
    scaled = (STEPS_50 * (200 - 2 * quality) + 50) // 100
    return np.asarray(np.clip(scaled, 1, 255), np.float32)


@cache
def _steps_of_waves() -> Float32Array:
    """Steps (Q, 5) of the waves that are looked at, of QUALITIES."""
    return np.stack([_steps(q)[WAVES_ROWS, WAVES_COLUMNS] for q in QUALITIES.tolist()])


def _blocks(image: Float32Array) -> Float32Array:
    """The whole blocks (N, 8, 8) of an image (h, w), by rows."""
    rows, columns = (side // BLOCK_PX for side in image.shape)
    whole = image[: rows * BLOCK_PX, : columns * BLOCK_PX]
    split = whole.reshape(rows, BLOCK_PX, columns, BLOCK_PX).transpose(0, 2, 1, 3)
    return np.asarray(split.reshape(-1, BLOCK_PX, BLOCK_PX), np.float32)


def _spectrum(blocks: Float32Array) -> Float32Array:
    """Heights (N, 8, 8) of the waves in blocks (N, 8, 8)."""
    return np.asarray(_waves() @ blocks @ _waves().T, np.float32)


@cache
def _waves() -> Float32Array:
    """The discrete cosine transform (8, 8): a wave a row."""
    k, x = np.mgrid[:BLOCK_PX, :BLOCK_PX]
    waves = np.sqrt(2 / BLOCK_PX) * np.cos(np.pi * (2 * x + 1) * k / (2 * BLOCK_PX))
    waves[0] /= np.sqrt(2)
    return np.asarray(waves, np.float32)
