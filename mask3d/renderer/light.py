"""Light on a surface and from it: numba code that is copied into `shade`."""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np

from mask3d.arrays import Float32Array, FloatArray
from mask3d.jit import inlined
from mask3d.lighting import ENCODING_GAMMA, MIN_ENCODED, Lighting
from mask3d.renderer.base import SHOULDER_END, SHOULDER_START
from mask3d.renderer.gloss import Gloss
from mask3d.renderer.relief import LEAST_LENGTH

Triple = tuple[float, float, float]
CURVE_STEPS = 1024  # straight between them, the curve is off by less than 1e-5 of the light
LARGEST_HARMONIC = np.array([1, 1, 1, 1, 0.5, 0.5, 2, 0.5, 1])  # see `sh_basis`


class Light(NamedTuple):
    """Numbers of `Lighting` and of the tone curve.

    Attributes
    ----------
    sh, gain, key_towards, key : (9, 3), (3,), (3,), (3,)
    curve : light of encoded light, from `least` on, `steps` for a unit
    shoulder_start, shoulder_end : linear light
    """

    sh: FloatArray
    gain: FloatArray
    key_towards: FloatArray
    key: FloatArray
    curve: Float32Array
    least: float
    steps: float
    shoulder_start: float
    shoulder_end: float


def light_of(lighting: Lighting) -> Light:
    """What the kernels need of `lighting`."""
    most = max(1.0, float((LARGEST_HARMONIC @ np.abs(lighting.sh)).max()))
    step = (most - MIN_ENCODED) / CURVE_STEPS
    encoded = MIN_ENCODED + step * np.arange(CURVE_STEPS + 2)  # one more for what rounding adds
    return Light(
        sh=lighting.sh,
        gain=lighting.gain,
        key_towards=lighting.key_towards,
        key=lighting.key,
        curve=(encoded**ENCODING_GAMMA).astype(np.float32),
        least=MIN_ENCODED,
        steps=1 / step,
        shoulder_start=SHOULDER_START,
        shoulder_end=SHOULDER_END,
    )


@inlined
def irradiance(x: float, y: float, z: float, light: Light) -> Triple:  # pragma: no cover
    """`Lighting.irradiance` of one normal."""
    towards = light.key_towards
    facing = max(x * towards[0] + y * towards[1] + z * towards[2], 0.0)
    return (
        light.gain[0] * (_decoded(_encoded(x, y, z, light.sh, 0), light) + facing * light.key[0]),
        light.gain[1] * (_decoded(_encoded(x, y, z, light.sh, 1), light) + facing * light.key[1]),
        light.gain[2] * (_decoded(_encoded(x, y, z, light.sh, 2), light) + facing * light.key[2]),
    )


@inlined
def _encoded(x: float, y: float, z: float, sh: FloatArray, k: int) -> float:  # pragma: no cover
    return float(
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


@inlined
def _decoded(encoded: float, light: Light) -> float:  # pragma: no cover
    """A look into the curve: a power takes several times as long."""
    place = (max(encoded, light.least) - light.least) * light.steps
    step = min(int(place), len(light.curve) - 2)
    low = light.curve[step]
    return float(low + (place - step) * (light.curve[step + 1] - low))


@inlined
def highlight(
    nx: float, ny: float, nz: float, ix: float, iy: float, iz: float, cosine: float, gloss: Gloss
) -> float:  # pragma: no cover
    """Share of the key light that the normal n sends back along the view ray i; see `gloss`."""
    dx, dy, dz = gloss.towards[0], gloss.towards[1], gloss.towards[2]
    lit = nx * dx + ny * dy + nz * dz
    if lit <= 0:
        return 0.0
    half_squared = 2 - 2 * (ix * dx + iy * dy + iz * dz)  # of the sum of both directions
    along_squared = (lit + cosine) * (lit + cosine) / max(half_squared, LEAST_LENGTH)
    squared = gloss.width * gloss.width
    profile = along_squared * (squared - 1) + 1
    hidden = 2 * lit * cosine + gloss.width * (lit + cosine - 2 * lit * cosine)
    return float(0.5 * lit * squared / (profile * profile * hidden))


@inlined
def room(x: float, y: float, z: float, gloss: Gloss, k: int) -> float:  # pragma: no cover
    """Light of channel `k` that the room sends from the direction (x, y, z)."""
    of = gloss.room
    return float(max(of[0, k] + of[1, k] * x + of[2, k] * y + of[3, k] * z, 0.0))


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
    height = light.shoulder_end - light.shoulder_start
    return light.shoulder_start + height * (1 - exp((light.shoulder_start - value) / height))
