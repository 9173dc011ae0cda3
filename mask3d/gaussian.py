"""Discrete Gaussians: filters whose variance is exact however narrow they are.

The filter of variance t is ``exp(-t) I_n(t)`` (Lindeberg, Scale-Space for
Discrete Signals, 1990). One after the other their variances add, and white
noise that went through one has the filter of twice its variance for an
autocorrelation.
"""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np
from scipy.special import ive

from mask3d.arrays import Float32Array, FloatArray

REACH = 3.0  # in standard deviations; what lies beyond is 0.3 % of the light


def half_width(variance_px2: float) -> int:
    """Taps of the filter on each side of its middle."""
    return ceil(REACH * sqrt(variance_px2)) if variance_px2 > 0 else 0


def gaussian_taps(variance_px2: float) -> Float32Array:
    """The filter (2 * `half_width` + 1,); its sum is 1."""
    reach = half_width(variance_px2)
    taps = ive(np.abs(np.arange(-reach, reach + 1)), variance_px2)
    normalised: Float32Array = (taps / taps.sum()).astype(np.float32)
    return normalised


def autocorrelation(variance_px2: FloatArray | float, lags: int) -> FloatArray:
    """Covariance (..., lags) of pixels that were white noise of variance 1 before the filter."""
    twice = 2.0 * np.asarray(variance_px2, np.float64)[..., None]
    correlation: FloatArray = ive(np.arange(lags), twice)
    return correlation
