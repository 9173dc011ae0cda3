"""What has the colour of a face's own skin, and what is hair, cloth or background."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA

# Distance of a colour from the face's own, in standard deviations: skin up to the first,
# something else from the second on.
SKIN_SIGMAS, OTHER_SIGMAS = 2.5, 4.5
MIN_SIGMA = 0.12  # of the logarithm of a ratio of channels: make-up, blood, JPEG
# Share of the light that is thrown back, over what the rest of the face does: hair up to the
# first, skin from the second on.
HAIR_SHARE, SKIN_SHARE = 0.2, 0.4
DARKEST = np.float32(0.004)  # linear, a step of 8 bits or so; keeps ratios of black apart
MIN_POINTS = 20  # of bare skin; with fewer, its colour is not known
MOST_POINTS = 500  # more do not make it better known
MAD_TO_SIGMA = 1.4826


def skin_share(linear: FloatArray, light: FloatArray, is_bare: NDArray[np.bool_]) -> FloatArray:
    """How far (N,) colours are skin: 1 as the face's own, 0 something else.

    Parameters
    ----------
    linear : (N, 3) linear RGB
    light : (N, 3) irradiance that falls there
    is_bare : (N,) those that are the face's own skin; with too few, all are taken for skin
    """
    linear = linear + DARKEST
    bare = np.flatnonzero(is_bare)
    if len(bare) < MIN_POINTS:
        return np.ones(len(linear))
    bare = bare[:: -(-len(bare) // MOST_POINTS)]
    ratios = np.log(linear[:, [0, 2]] / linear[:, 1:2])
    middle = np.median(ratios[bare], axis=0)
    sigma = MAD_TO_SIGMA * np.median(np.abs(ratios[bare] - middle), axis=0)
    away = (ratios - middle) / np.maximum(sigma, MIN_SIGMA)
    thrown_back = (linear @ REC709_LUMA) / np.maximum(light @ REC709_LUMA, 1e-6)
    share = thrown_back / np.median(thrown_back[bare])
    by_colour = np.interp(np.hypot(*away.T), (SKIN_SIGMAS, OTHER_SIGMAS), (1.0, 0.0))
    by_light = np.interp(share, (HAIR_SHARE, SKIN_SHARE), (0.0, 1.0))
    found: FloatArray = by_colour * by_light
    return found
