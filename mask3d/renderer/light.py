"""Light on a surface and from it: numba code that is copied into `shade`."""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.jit import inlined
from mask3d.renderer.gloss import Gloss

Triple = tuple[float, float, float]


class Light(NamedTuple):
    """Numbers of `Lighting` and of the tone curve.

    Attributes
    ----------
    sh, gain : (9, 3), (3,)
    least, power : MIN_ENCODED, ENCODING_GAMMA
    shoulder_start, shoulder_end : linear light
    """

    sh: FloatArray
    gain: FloatArray
    least: float
    power: np.float32
    shoulder_start: float
    shoulder_end: float


@inlined
def decoded(
    x: float, y: float, z: float, sh: FloatArray, light: Light
) -> Triple:  # pragma: no cover
    """Light at the direction (x, y, z) of coefficients of encoded light (9, 3).

    `Lighting.irradiance` with those of the light, what is mirrored with those
    of a `Gloss`. The power in single precision takes half the time.
    """
    return (
        light.gain[0] * np.float32(_encoded(x, y, z, sh, 0, light.least)) ** light.power,
        light.gain[1] * np.float32(_encoded(x, y, z, sh, 1, light.least)) ** light.power,
        light.gain[2] * np.float32(_encoded(x, y, z, sh, 2, light.least)) ** light.power,
    )


@inlined
def _encoded(
    x: float, y: float, z: float, sh: FloatArray, k: int, least: float
) -> float:  # pragma: no cover
    value = (
        sh[0, k]
        + sh[1, k] * y
        + sh[2, k] * z
        + sh[3, k] * x
        + sh[4, k] * x * y
        + sh[5, k] * y * z
        + sh[6, k] * (3 * z * z - 1)
        + sh[7, k] * x * z
        + sh[8, k] * (x * x - y * y)
    )
    return float(max(value, least))


@inlined
def fresnel(cosine: float, gloss: Gloss) -> float:  # pragma: no cover
    """Share of the light that is mirrored; see `gloss`."""
    flat = 1 - cosine
    squared = flat * flat
    return gloss.reflectance + (gloss.grazing - gloss.reflectance) * squared * squared * flat


@inlined
def toned(value: float, light: Light) -> float:  # pragma: no cover
    """Shoulder of the tone curve: what is brighter than its start nears its end."""
    if value < light.shoulder_start:
        return value
    room = light.shoulder_end - light.shoulder_start
    return light.shoulder_start + room * (1 - exp((light.shoulder_start - value) / room))
