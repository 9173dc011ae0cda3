"""Lay a shadow and a rendered layer over a photo, in linear light."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray
from mask3d.colour import REC709_LUMA, linear_from_srgb, linear_table
from mask3d.jit import kernel
from mask3d.mesh import Layer
from mask3d.photo import Photo
from mask3d.shadow import Shadow

STEPS_PER_VALUE = 16  # of linear light; the transfer function is nowhere steeper than 12.92


def composite_over(layer: Layer, photo: Photo) -> Photo:
    """`photo` with `layer` on it: premultiplied "over" in linear light.

    The photo is taken to be sRGB, whatever its ICC profile says: other RGB
    profiles differ in primaries more than in their curve, and the layer's light
    was estimated from the same numbers. What the layer leaves free (alpha 0, or
    outside of it) stays bit-identical. A grey photo receives the luminance of
    the layer. Alpha of the photo is straight, and grows by the layer's; light
    of the layer beyond its own alpha is added, and clipped at white.

    Parameters
    ----------
    layer : Layer
        May reach over the photo's border.
    photo : Photo

    Returns
    -------
    Photo
        A new one, of the same kind.
    """
    dtype = photo.pixels.dtype
    pixels = photo.pixels.copy()
    alpha = np.zeros((0, 0), dtype) if photo.alpha is None else photo.alpha.copy()
    rgba = _grey(layer.rgba) if photo.is_grey else layer.rgba
    _blend(rgba, *layer.origin_px, pixels, alpha, linear_table(dtype.name), *_encoder(dtype.name))
    pixels.flags.writeable = alpha.flags.writeable = False  # spares Photo its defensive copies
    return replace(photo, pixels=pixels, alpha=None if photo.alpha is None else alpha)


def darkened(photo: Photo, shadow: Shadow) -> Photo:
    """`photo` with its linear light times the factors of `shadow`.

    What the shadow leaves as it is (a factor of 1, or outside of it) stays
    bit-identical, and so does alpha. The channels of a grey photo change by the
    luminance of the factors.

    Parameters
    ----------
    photo : Photo
    shadow : Shadow
        May reach over the photo's border.

    Returns
    -------
    Photo
        A new one, of the same kind.
    """
    dtype = photo.pixels.dtype
    pixels = photo.pixels.copy()
    factor = shadow.factor
    if photo.is_grey:
        grey = 1 + (factor - 1) @ REC709_LUMA.astype(np.float32)
        factor = np.repeat(grey[..., None], 3, axis=2)
        factor.flags.writeable = False  # the same type for the compiler as a shadow's own
    _darken(factor, *shadow.origin_px, pixels, linear_table(dtype.name), *_encoder(dtype.name))
    pixels.flags.writeable = False
    return replace(photo, pixels=pixels)


def _grey(rgba: Float32Array) -> Float32Array:
    grey = rgba.copy()
    grey[..., :3] = (rgba[..., :3] @ REC709_LUMA)[..., None]
    grey.flags.writeable = False  # the same type for the compiler as a layer's own
    return grey


@cache
def _encoder(dtype_name: str) -> tuple[FloatArray, NDArray[np.int64]]:
    """Exact rounding without a power: thresholds, and where to start among them.

    ``thresholds[k]`` is the linear light from which on an encoded value rounds to
    more than k; ``guesses[i]`` is the value at step i of light.
    """
    highest = np.iinfo(dtype_name).max
    thresholds = linear_from_srgb((np.arange(highest) + 0.5) / highest)
    steps = np.linspace(0.0, 1.0, STEPS_PER_VALUE * (highest + 1) + 1)
    return thresholds, np.searchsorted(thresholds, steps, side="right")


@kernel
def _encode(linear: float, thresholds: FloatArray, guesses: NDArray[np.int64]) -> int:
    value = int(guesses[int(min(max(linear, 0.0), 1.0) * (len(guesses) - 1))])
    while value < len(thresholds) and linear >= thresholds[value]:
        value += 1
    return value


@kernel
def _blend(
    rgba: Float32Array,
    x0: int,
    y0: int,
    pixels: NDArray[Any],
    alpha: NDArray[Any],
    linear_of: Float32Array,
    thresholds: FloatArray,
    guesses: NDArray[np.int64],
) -> None:
    """Composite over `pixels` (H, W, 3) and `alpha` (H, W; empty for none), in place."""
    highest = len(thresholds)
    for y in range(max(y0, 0), min(y0 + rgba.shape[0], pixels.shape[0])):
        for x in range(max(x0, 0), min(x0 + rgba.shape[1], pixels.shape[1])):
            cover = min(float(rgba[y - y0, x - x0, 3]), 1.0)
            if cover <= 0.0:
                continue
            below = 1.0 - cover
            if alpha.size:
                below *= alpha[y, x] / highest
                alpha[y, x] = int((cover + below) * highest + 0.5)
            for c in range(3):
                light = rgba[y - y0, x - x0, c] + below * linear_of[pixels[y, x, c]]
                if alpha.size:
                    light /= cover + below
                pixels[y, x, c] = _encode(light, thresholds, guesses)


@kernel
def _darken(
    factor: Float32Array,
    x0: int,
    y0: int,
    pixels: NDArray[Any],
    linear_of: Float32Array,
    thresholds: FloatArray,
    guesses: NDArray[np.int64],
) -> None:
    """Multiply the light of `pixels` (H, W, 3), in place."""
    for y in range(max(y0, 0), min(y0 + factor.shape[0], pixels.shape[0])):
        for x in range(max(x0, 0), min(x0 + factor.shape[1], pixels.shape[1])):
            for c in range(3):
                share = factor[y - y0, x - x0, c]
                if share != 1.0:
                    light = share * linear_of[pixels[y, x, c]]
                    pixels[y, x, c] = _encode(light, thresholds, guesses)
