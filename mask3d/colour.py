"""The sRGB transfer function (IEC 61966-2-1), in its one place.

"Encoded" values are what image files hold, "linear" ones are proportional to
light; in both 0 is black and 1 is white.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# IEC 61966-2-1: encoded = SLOPE * linear near black, else SCALE * linear^(1/GAMMA) - OFFSET
SRGB_SLOPE = 12.92
SRGB_SCALE, SRGB_OFFSET, SRGB_GAMMA = 1.055, 0.055, 2.4
SRGB_KNEE_ENCODED, SRGB_KNEE_LINEAR = 0.04045, 0.0031308

REC709_LUMA = np.array([0.2126, 0.7152, 0.0722])  # luminance of linear RGB, ITU-R BT.709
REC709_LUMA.flags.writeable = False


def linear_from_srgb(encoded: ArrayLike) -> NDArray[Any]:
    """Light that encoded values stand for.

    Parameters
    ----------
    encoded : array of any shape
        uint8 or uint16 stand for 0..1 over their full range; floats are taken
        as they are.

    Returns
    -------
    array of the same shape
        float32 for integers; a float array keeps its type.

    Examples
    --------
    >>> [f"{x:.3f}" for x in linear_from_srgb(np.array([0, 188, 255], np.uint8))]
    ['0.000', '0.503', '1.000']
    """
    values = np.asarray(encoded)
    if values.dtype in (np.uint8, np.uint16):
        light: NDArray[np.float32] = linear_table(values.dtype.name)[values]
        return light
    if values.dtype.kind != "f":
        raise ValueError(f"encoded is {values.dtype}, expected uint8, uint16 or a float type")
    curve = ((np.maximum(values, 0.0) + SRGB_OFFSET) / SRGB_SCALE) ** SRGB_GAMMA
    return np.where(values <= SRGB_KNEE_ENCODED, values / SRGB_SLOPE, curve)


def srgb_from_linear(linear: ArrayLike) -> NDArray[Any]:
    """Encode linear light (float array of any shape) as floats of the same type.

    Nothing is clipped: values outside 0..1 stay outside.

    Examples
    --------
    >>> srgb_from_linear([0.0, 0.5, 1.0]).round(4).tolist()
    [0.0, 0.7354, 1.0]
    """
    values = np.asarray(linear)
    if values.dtype.kind != "f":
        raise ValueError(f"linear is {values.dtype}, expected a float type")
    curve = SRGB_SCALE * np.maximum(values, 0.0) ** (1 / SRGB_GAMMA) - SRGB_OFFSET
    return np.where(values <= SRGB_KNEE_LINEAR, values * SRGB_SLOPE, curve)


@cache
def linear_table(dtype_name: str) -> NDArray[np.float32]:
    """Linear light of every value of ``uint8`` or ``uint16``, read-only float32."""
    highest = np.iinfo(dtype_name).max
    table = linear_from_srgb(np.arange(highest + 1) / highest).astype(np.float32)
    table.flags.writeable = False
    return table
