"""Colours as light that cloth throws back."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np
from PIL import ImageColor

from mask3d.arrays import ByteArray, Float32Array, FloatArray
from mask3d.colour import REC709_LUMA, linear_from_srgb, srgb_from_linear
from mask3d.errors import BadMaskError

# Share of the light that cloth throws back besides its gloss, linear: luminance of the deepest
# black dye, and the strongest channel of what is bleached white; a CSS colour beyond is no cloth's.
DARKEST, BRIGHTEST = 0.014, 0.85
LEVELS = 4096  # of the table that encodes albedo: a step is a third of an 8-bit one at DARKEST


def linear_colour(name: str) -> FloatArray:
    """Linear albedo (3,) of cloth in a CSS colour name or hex.

    Raises
    ------
    BadMaskError
        No such colour.

    Examples
    --------
    >>> linear_colour("white").round(2).tolist(), linear_colour("#000").round(2).tolist()
    ([0.85, 0.85, 0.85], [0.01, 0.01, 0.01])
    """
    try:
        red, green, blue = ImageColor.getrgb(name)[:3]
    except ValueError as error:
        hint = nearest(name, ImageColor.colormap)
        raise BadMaskError(f"{name!r} is no colour", f"{hint}use a CSS name or #rrggbb") from error
    light = linear_from_srgb(np.array([red, green, blue]) / 255.0)
    light += max(0.0, DARKEST - float(light @ REC709_LUMA))  # what no dye takes
    albedo: FloatArray = light * min(1.0, BRIGHTEST / light.max())
    return albedo


def nearest(name: str, known: Iterable[str]) -> str:
    """``"did you mean 'denim'? "``, or nothing if no known name comes near."""
    found = get_close_matches(name.lower(), known, n=1)
    return f"did you mean {found[0]!r}? " if found else ""


def encoded(albedo: Float32Array) -> ByteArray:
    """8-bit sRGB of linear albedo of any shape; what is outside 0..1 is clipped."""
    steps = np.clip(albedo * np.float32(LEVELS - 1) + np.float32(0.5), 0, LEVELS - 1)
    table: ByteArray = _TABLE[steps.astype(np.uint16)]
    return table


_TABLE = np.round(255.0 * srgb_from_linear(np.linspace(0.0, 1.0, LEVELS))).astype(np.uint8)
