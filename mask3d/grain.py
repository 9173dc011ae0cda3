"""The grain of a photo: noise that a camera made, and that scaling or JPEG made softer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mask3d.arrays import Float32Array, FloatArray, freeze_fields
from mask3d.bands import calm_bands, unrounded
from mask3d.gaussian import autocorrelation, gaussian_taps
from mask3d.jpeg_history import NO_JPEG, before_jpeg, through_jpeg
from mask3d.patches import Patch

LEAST_DEVIATION = 1e-6  # steps of 8 bits; keeps ratios finite
# Wider grain shows little in these bands and would be made of blotches. So does the texture of
# skin and walls: what the fine band lacks is no grain, unless a JPEG took it.
WIDEST_PX2 = 1.5
LEAST_SEEN = 0.6  # steps of 8 bits: rounding hides less, and a JPEG may have left nothing
# Where a JPEG left little, a small change of the noise is a large one of what is left: black cloth
# read 1.4 times as grainy as its photo and more, without this.
SPARSE = 0.3  # steps of 8 bits
WIDTHS_PX2 = np.linspace(0.0, WIDEST_PX2, 400)  # that `Grain.variance_px2` is looked up among


def band_gains(variance_px2: FloatArray) -> FloatArray:
    """Standard deviation (N, 2) of both bands for grain of level 1 and variances (N,)."""
    r0, r1, r2, r3 = autocorrelation(variance_px2, 4).T
    gains: FloatArray = np.stack([r0 - r1, r0 + r1 / 2 - r2 - r3 / 2], axis=1) / r0[:, None]
    return gains


GAINS = band_gains(WIDTHS_PX2)


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """Noise in encoded luma, Cr and Cb: white noise that went through a Gaussian or a JPEG.

    Attributes
    ----------
    bands : (2, 3) standard deviation in the fine and the coarse band, steps of 8 bits
    """

    bands: FloatArray

    def __post_init__(self) -> None:
        """Check and freeze the array."""
        freeze_fields(self, {"bands": ((2, 3), np.float64)})

    @property
    def variance_px2(self) -> FloatArray:
        """The Gaussian (3,) that explains the bands; 0 is the grain of single pixels."""
        ratio = self.bands[0] / np.maximum(self.bands[1], LEAST_DEVIATION)
        variance_px2: FloatArray = np.interp(-ratio, -GAINS[:, 0] / GAINS[:, 1], WIDTHS_PX2)
        return variance_px2

    @property
    def level(self) -> FloatArray:
        """Standard deviation (3,), steps of 8 bits, of what went through that Gaussian."""
        level: FloatArray = (self.bands / band_gains(self.variance_px2).T).min(axis=0)
        return level  # they differ where the width is cut off

    @property
    def is_seen(self) -> bool:
        """Whether it is more than rounding hides."""
        return bool((self.bands > LEAST_SEEN).any())

    def beyond(self, own: Grain) -> Grain:
        """What `own` lacks to become this grain."""
        return Grain(np.sqrt(np.maximum(self.bands**2 - own.bands**2, 0.0)))


NO_GRAIN = Grain(np.zeros((2, 3)))


def measure_grain(patches: Sequence[Patch]) -> Grain:
    """Grain of the calmest blocks of the patches; none where no block lies inside."""
    return Grain(unrounded(calm_bands(patches)))


def make_grain(
    grain: Grain,
    shape: tuple[int, int],
    rng: np.random.Generator,
    quality: int = NO_JPEG,
    first_px: tuple[int, int] = (0, 0),
) -> Float32Array:
    """Noise (h, w, 3) in luma, Cr and Cb, steps of 8 bits, as a JPEG of a quality leaves it.

    `first_px` is the place (x, y) of its first pixel in the photo.
    """
    noise = np.zeros((*shape, 3), np.float32)
    level, variance_px2 = grain.level, grain.variance_px2
    for channel in np.flatnonzero((grain.bands > LEAST_SEEN).any(axis=0)):
        white = rng.standard_normal(shape, np.float32)
        fine, coarse = grain.bands[:, channel].tolist()
        if quality == NO_JPEG:
            taps = gaussian_taps(variance_px2[channel])
            smooth = cv2.sepFilter2D(white, -1, taps, taps, borderType=cv2.BORDER_REFLECT_101)
            noise[..., channel] = smooth * (level[channel] / (taps @ taps))  # of each pass
        else:
            strong = np.float32(before_jpeg(fine, coarse - SPARSE, quality)) * white
            noise[..., channel] = through_jpeg(strong, quality, first_px)
    return noise
