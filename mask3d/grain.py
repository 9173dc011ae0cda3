"""The grain of a photo: noise that a camera made, and that scaling or JPEG made softer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mask3d.arrays import Float32Array, FloatArray, freeze_fields
from mask3d.gaussian import autocorrelation, gaussian_taps
from mask3d.patches import Patch, block_means

BLOCK_PX = 16
MIN_INSIDE = 0.6  # share of a block
CALM_PERCENTILE = 5.0  # of the blocks: what is flat, and shows nothing but grain
# What the percentile of independent noise reads: the root of that of a mean of 64, and of 16,
# squares of normal deviates.
CALM_READING = np.array([[0.853], [0.705]])
LEAST_LUMA, MOST_LUMA = 16.0, 245.0  # of a block; black and white have lost their grain
ROUNDING_VARIANCE = 1 / 12  # of whole steps, which every photo has and every writer adds
LEAST_DEVIATION = 1e-6  # steps of 8 bits; keeps ratios finite
# Wider grain shows little in these bands and would be made of blotches; JPEG at quality 75 reads
# wider than this, because it keeps few waves rather than long ones. So does the texture of skin
# and walls: what the fine band lacks is no grain.
WIDEST_PX2 = 1.5
WIDTHS_PX2 = np.linspace(0.0, WIDEST_PX2, 400)  # that `Grain.variance_px2` is looked up among


def band_gains(variance_px2: FloatArray) -> FloatArray:
    """Standard deviation (N, 2) of both bands for grain of level 1 and variances (N,)."""
    r0, r1, r2, r3 = autocorrelation(variance_px2, 4).T
    gains: FloatArray = np.stack([r0 - r1, r0 + r1 / 2 - r2 - r3 / 2], axis=1) / r0[:, None]
    return gains


GAINS = band_gains(WIDTHS_PX2)


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """Noise in encoded luma, Cr and Cb: white noise that went through a Gaussian.

    Attributes
    ----------
    level : (3,) standard deviation, steps of 8 bits
    variance_px2 : (3,) of the Gaussian; 0 is the grain of single pixels
    """

    level: FloatArray
    variance_px2: FloatArray

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        freeze_fields(self, {"level": ((3,), np.float64), "variance_px2": ((3,), np.float64)})

    def beyond(self, own: Grain) -> Grain:
        """What `own` lacks to become this grain."""
        bands, own_bands = self.bands(), own.bands()
        return grain_from(*np.sqrt(np.maximum(bands**2 - own_bands**2, 0.0)))

    def bands(self) -> FloatArray:
        """Standard deviation (2, 3) in the fine and the coarse band."""
        return self.level * band_gains(self.variance_px2).T


NO_GRAIN = Grain(np.zeros(3), np.zeros(3))


def measure_grain(patches: Sequence[Patch]) -> Grain:
    """Grain of the calmest blocks of the patches; none where no block lies inside."""
    return grain_from(*unrounded(calm_bands(patches)))


def calm_bands(patches: Sequence[Patch]) -> FloatArray:
    """Standard deviation (2, 3) of the noise in the fine and the coarse band; 0 without blocks."""
    energies = [band_energies(patch) for patch in patches]
    blocks = np.concatenate([np.zeros((2, 0, 3)), *energies], axis=1)
    if blocks.shape[1] == 0:
        return np.zeros((2, 3))
    variance: FloatArray = np.percentile(blocks, CALM_PERCENTILE, axis=1) / CALM_READING**2
    return np.sqrt(variance)


def band_energies(patch: Patch) -> FloatArray:
    """Energy (2, N, 3) of each block inside, in the two finest diagonal bands of a Haar wavelet."""
    if min(patch.inside.shape) < BLOCK_PX:
        return np.zeros((2, 0, 3))
    half, fine = _haar(patch.ycc)
    _, coarse = _haar(half)
    luma = block_means(patch.ycc[..., 0], BLOCK_PX)
    chosen = block_means(patch.inside.astype(np.float32), BLOCK_PX) >= MIN_INSIDE
    chosen &= (luma > LEAST_LUMA) & (luma < MOST_LUMA)
    fine_means = block_means(fine * fine, BLOCK_PX // 2)
    coarse_means = block_means(coarse * coarse, BLOCK_PX // 4)
    energies: FloatArray = np.stack([fine_means[chosen], coarse_means[chosen]]).astype(np.float64)
    return energies


def _haar(image: Float32Array) -> tuple[Float32Array, Float32Array]:
    """The smooth half and the diagonal detail, both (h/2, w/2, ...), of an orthonormal step."""
    height, width = (side // 2 * 2 for side in image.shape[:2])
    top, bottom = image[0:height:2, :width], image[1:height:2, :width]
    total, slope = top + bottom, top - bottom
    smooth, detail = total[:, 0::2] + total[:, 1::2], slope[:, 0::2] - slope[:, 1::2]
    return smooth * np.float32(0.5), detail * np.float32(0.5)


def unrounded(deviation: FloatArray) -> FloatArray:
    """Standard deviations in the bands without what rounding to whole steps adds to them."""
    smaller: FloatArray = np.sqrt(np.maximum(deviation**2 - ROUNDING_VARIANCE, 0.0))
    return smaller


def grain_from(fine: FloatArray, coarse: FloatArray) -> Grain:
    """The grain whose two bands have these standard deviations (3,)."""
    ratio = fine / np.maximum(coarse, LEAST_DEVIATION)
    widths = np.interp(-ratio, -GAINS[:, 0] / GAINS[:, 1], WIDTHS_PX2)
    levels = np.array([fine, coarse]) / band_gains(widths).T
    return Grain(levels.min(axis=0), widths)  # they differ where the width is cut off


def make_grain(grain: Grain, shape: tuple[int, int], rng: np.random.Generator) -> Float32Array:
    """Noise (h, w, 3) in luma, Cr and Cb, steps of 8 bits."""
    noise = np.zeros((*shape, 3), np.float32)
    for channel in np.flatnonzero(grain.level):
        white = rng.standard_normal(shape, np.float32)
        taps = gaussian_taps(grain.variance_px2[channel])
        smooth = cv2.sepFilter2D(white, -1, taps, taps, borderType=cv2.BORDER_REFLECT_101)
        noise[..., channel] = smooth * (grain.level[channel] / (taps @ taps))  # of each pass
    return noise
