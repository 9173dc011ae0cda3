"""Give a rendered layer the blur, the tone curve and the grain of a photo."""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np

from mask3d.arrays import Float32Array, FloatArray
from mask3d.colour import REC709_LUMA, linear_from_srgb, srgb_from_linear
from mask3d.gaussian import gaussian_taps, half_width
from mask3d.grain import make_grain, measure_grain
from mask3d.jit import inlined, kernel
from mask3d.mesh import Layer
from mask3d.patches import Patch, ycc_of
from mask3d.renderer.base import SHOULDER_END, SHOULDER_START
from mask3d.sensor import Sensor, limited
from mask3d.tone_curve import ToneCurve

# What `measure_blur` reads at the rims of rendered masks: four samples a pixel are nearly as good
# as the whole area, which is what it reads 0 for.
RENDERED_PX2 = 0.1**2
OPAQUE = 0.98
SLANT_PX2 = (5 / 3) ** 2  # of 11 taps; OpenCV turns to slow Fourier transforms for more
LEAST_COVER = np.float32(1e-6)
# Encoded values: bright things have less grain, and what is cut off has none. In 27 grainy photos
# calm places from 205 to 235 show 0.7 times the grain of darker ones, up to 250 0.3 times.
GRAIN_FADES, GRAIN_ENDS = 205 / 255, 250 / 255
TABLE_STEPS = 2048
STEPS = np.linspace(0.0, 1.0, TABLE_STEPS + 1)
ENCODED_OF_ROOT = srgb_from_linear(STEPS**2).astype(
    np.float32
)  # of the square root of light: no steep end
LINEAR_OF_ENCODED = linear_from_srgb(STEPS).astype(np.float32)
RGB_FROM_YCC = np.array([[1.0, 1.403, 0.0], [1.0, -0.714, -0.344], [1.0, 0.0, 1.773]])


def develop(layer: Layer, sensor: Sensor, rng: np.random.Generator) -> Layer:
    """`layer` as the sensor would have recorded it.

    Parameters
    ----------
    layer : Layer
        As rendered: its own edges are as wide as four samples a pixel draw them.
    sensor : Sensor
    rng : np.random.Generator
        Of the grain. The same state gives the same grain.

    Returns
    -------
    Layer
        Larger by the blur, so it may reach over the photo's border. Light
        beyond alpha stays; what no light and no alpha reaches stays empty.
    """
    if layer.rgba.size == 0:
        return layer
    toned = apply_tone_curve(layer.rgba, sensor.tone)
    blurred, origin_px = blur(toned, layer.origin_px, sensor)
    if sensor.grain.is_seen:
        _add_grain(blurred, origin_px, sensor, rng)
    blurred.flags.writeable = False  # spares Layer its defensive copy
    return Layer(blurred, origin_px)


def _add_grain(
    rgba: Float32Array, origin_px: tuple[int, int], sensor: Sensor, rng: np.random.Generator
) -> None:
    """Add the sensor's grain to a layer (h, w, 4), in place."""
    encoded = encode(rgba, ENCODED_OF_ROOT)
    own = measure_grain([Patch(ycc_of(encoded * 255), rgba[..., 3] >= OPAQUE)])
    grain = sensor.grain.beyond(own)  # a weave is fine detail too
    shape = (encoded.shape[0], encoded.shape[1])
    noise = make_grain(grain, shape, rng, sensor.jpeg_quality, origin_px)
    noise = np.asarray(cv2.transform(noise, RGB_FROM_YCC / 255), np.float32)
    _add_noise(rgba, encoded, noise, LINEAR_OF_ENCODED, GRAIN_FADES, GRAIN_ENDS)


def apply_tone_curve(rgba: Float32Array, tone: ToneCurve) -> Float32Array:
    """The layer (h, w, 4) with highlights cut off, shadows deepened, black lifted by the haze."""
    shoulder = (SHOULDER_START, SHOULDER_END)
    toned: Float32Array = _toned(rgba, tone.floor, tone.clipping, tone.toe, REC709_LUMA, *shoulder)
    return toned


@kernel
def _toned(
    rgba: Float32Array,
    floor: FloatArray,
    clipping: float,
    toe: float,
    luma: FloatArray,
    shoulder_start: float,
    shoulder_end: float,
) -> Float32Array:  # pragma: no cover
    """See `apply_tone_curve`.

    Highlights become as much lighter as the renderer's are without its shoulder, up to white. The
    luminance Y of the straight colour becomes (1 + toe) Y / (Y + toe) of it, and so the colour.
    """
    toned, light = np.zeros_like(rgba), np.zeros(3)
    height = shoulder_end - shoulder_start
    white = shoulder_end - height * np.exp((shoulder_start - 1) / height)
    for y in range(rgba.shape[0]):
        for x in range(rgba.shape[1]):
            cover = rgba[y, x, 3]
            for c in range(3):
                light[c] = rgba[y, x, c]
                colour = light[c] / max(cover, LEAST_COVER)
                if clipping > 0 and shoulder_start < colour < 1:
                    rolled_off = min(colour, white)
                    falling = np.log((shoulder_end - rolled_off) / height)
                    gained = shoulder_start - height * falling - rolled_off
                    light[c] += cover * clipping * min(gained, 1 - colour)
            luminance = luma[0] * light[0] + luma[1] * light[1] + luma[2] * light[2]
            share = 1.0
            if toe > 0:
                share = (1 + toe) * luminance / max(luminance + toe * cover, LEAST_COVER)
            for c in range(3):
                toned[y, x, c] = (1 - floor[c]) * share * light[c] + floor[c] * cover
            toned[y, x, 3] = cover
    return toned


def blur(
    rgba: Float32Array, origin_px: tuple[int, int], sensor: Sensor
) -> tuple[Float32Array, tuple[int, int]]:
    """The rectangle (h, w, 4), grown by the blur that it lacks, and its new origin.

    A Gaussian of any covariance is one along x, one along y and one along a
    diagonal; a blur that is narrower across than that allows is made wider there.
    """
    lacking_px2 = limited(sensor.blur_px2 - RENDERED_PX2 * np.eye(2), np.inf)
    slant_px2 = abs(float(lacking_px2[0, 1]))
    x_px2, y_px2 = np.maximum(np.diag(lacking_px2) - slant_px2, 0.0).tolist()
    slant_px = half_width(slant_px2)
    grown, origin_px = _grown(
        rgba,
        origin_px,
        (half_width(x_px2) + slant_px, half_width(y_px2) + slant_px),
        sensor.image_wh,
    )
    taps = gaussian_taps(x_px2), gaussian_taps(y_px2)
    blurred = cv2.sepFilter2D(grown, -1, *taps, borderType=cv2.BORDER_REPLICATE)
    passes = ceil(slant_px2 / SLANT_PX2)
    diagonal = np.diag(gaussian_taps(slant_px2 / max(passes, 1)))
    diagonal = diagonal if lacking_px2[0, 1] > 0 else diagonal[::-1]
    for _ in range(passes):
        blurred = cv2.filter2D(blurred, -1, diagonal, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.float32), origin_px


def _grown(
    rgba: Float32Array,
    origin_px: tuple[int, int],
    by_px: tuple[int, int],
    image_wh: tuple[int, int],
) -> tuple[Float32Array, tuple[int, int]]:
    """The rectangle with empty margins, but beyond the photo's border what lies at it goes on."""
    (x0, y0), (right, down) = origin_px, by_px
    height, width = rgba.shape[:2]
    grown = cv2.copyMakeBorder(rgba, down, down, right, right, cv2.BORDER_REPLICATE)
    if x0 > 0:
        grown[:, :right] = 0
    if y0 > 0:
        grown[:down] = 0
    if x0 + width < image_wh[0]:
        grown[:, right + width :] = 0
    if y0 + height < image_wh[1]:
        grown[down + height :] = 0
    return np.asarray(grown, np.float32), (x0 - right, y0 - down)


@kernel
def encode(rgba: Float32Array, encoded_of_root: Float32Array) -> Float32Array:
    """Encoded straight colour (h, w, 3) of a layer, at most 1; 0 where it covers nothing."""
    encoded = np.zeros((rgba.shape[0], rgba.shape[1], 3), np.float32)
    for y in range(rgba.shape[0]):
        for x in range(rgba.shape[1]):
            if rgba[y, x, 3] > 0:
                for c in range(3):
                    root = np.sqrt(max(rgba[y, x, c], np.float32(0)) / rgba[y, x, 3])
                    encoded[y, x, c] = _looked_up(encoded_of_root, root)
    return encoded


@kernel
def _add_noise(
    rgba: Float32Array,
    encoded: Float32Array,
    noise: Float32Array,
    linear_of_encoded: Float32Array,
    fades: float,
    ends: float,
) -> None:
    """Add encoded RGB noise (h, w, 3) to what a layer (h, w, 4) covers, in place.

    What is brighter than white stays as it is.
    """
    for y in range(rgba.shape[0]):
        for x in range(rgba.shape[1]):
            strength = (ends - max(encoded[y, x, 0], encoded[y, x, 1], encoded[y, x, 2])) / (
                ends - fades
            )
            if strength <= 0 or rgba[y, x, 3] <= 0:
                continue
            for c in range(3):
                clean = encoded[y, x, c]
                grainy = clean + min(strength, 1.0) * noise[y, x, c]
                added = _looked_up(linear_of_encoded, grainy) - _looked_up(linear_of_encoded, clean)
                rgba[y, x, c] += rgba[y, x, 3] * added


@inlined
def _looked_up(table: Float32Array, place: float) -> float:  # pragma: no cover
    """Value between the entries of a table over 0..1, which ends there."""
    step = min(max(place, 0.0), 1.0) * (len(table) - 1)
    low = min(int(step), len(table) - 2)
    return float(table[low] + (step - low) * (table[low + 1] - table[low]))
