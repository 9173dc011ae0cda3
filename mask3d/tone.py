"""What the whole photo says about tone: its white, and whether it has colours at all."""

from __future__ import annotations

from enum import Enum, auto

import cv2
import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.colour import REC709_LUMA, linear_from_srgb

THUMBNAIL_PX = 96  # longest side that the statistics are taken from
GREY_CHANNEL_SPREAD = 4 / 255  # encoded; what rounding and JPEG leave between equal channels
GREY_SHARE = 0.99  # of the pixels
# A toned photo has one colour for every lightness. 321 photos with faces: the toned ones stay
# below 5.1, coloured ones begin at 5.6, with a pale face before plain white.
TONED_CHROMA_RESIDUAL = 5.2  # CIE Lab
TONED_PERCENTILE = 95.0  # of the pixels
LIGHTNESS_BINS = 16
FEW, MIN_FEW, CLEARLY = 8, 400, 1.5  # each eighth pixel tells most photos, by so much
MIN_LUMINANCE = 1e-4  # linear, below the darkest step of 8 bits
TINT_SHARE = 0.05  # of the pixels, those nearest in luminance, give the tint of a tone


class Tone(Enum):
    """What kind of colours a photo has."""

    COLOUR = auto()
    TONED = auto()  # sepia, cyanotype, one strong coloured light
    GREY = auto()


def tone_of(scene: FloatArray, around_face: FloatArray) -> Tone:
    """Tone of a photo from its pixels (N, 3) and those around the face, encoded 0..1.

    The face counts as much as the scene: a face before snow is no grey photo.
    """
    around = around_face.reshape(-1, 3)
    if is_grey(scene) and is_grey(around):
        return Tone.GREY
    repeats = -(-len(scene) // len(around))
    both = np.vstack([scene, np.tile(around, (repeats, 1))[: len(scene)]])
    return Tone.TONED if is_toned(both) else Tone.COLOUR


def thumbnail(rgb: ByteArray) -> FloatArray:
    """Averaged pixels (N, 3), encoded 0..1, of a photo (H, W, 3)."""
    stride = max(min(rgb.shape[:2]) // (4 * THUMBNAIL_PX), 1)
    rows = rgb[::stride, ::stride]
    scale = min(THUMBNAIL_PX / max(rows.shape[:2]), 1.0)
    width, height = (max(round(side * scale), 1) for side in rows.shape[1::-1])
    small = cv2.resize(np.ascontiguousarray(rows), (width, height), interpolation=cv2.INTER_AREA)
    return small.reshape(-1, 3).astype(np.float64) / 255


def is_grey(encoded: FloatArray) -> bool:
    """Whether pixels (N, 3) have equal channels, as a black-and-white photo has."""
    red, green, blue = encoded.T  # three rows are compared faster than many short columns
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return float((spread <= GREY_CHANNEL_SPREAD).mean()) >= GREY_SHARE


def is_toned(encoded: FloatArray) -> bool:
    """Whether pixels (N, 3) follow one curve of colour over lightness, as sepia does."""
    few = encoded[::FEW]
    if len(few) > MIN_FEW and _beside_one_curve(few) > CLEARLY * TONED_CHROMA_RESIDUAL:
        return False
    return _beside_one_curve(encoded) < TONED_CHROMA_RESIDUAL


def _beside_one_curve(encoded: FloatArray) -> float:
    """How far the colours of pixels (N, 3) lie from the mean of their lightness, CIE Lab."""
    lab = cv2.cvtColor(encoded[None].astype(np.float32), cv2.COLOR_RGB2Lab)[0]
    lightness, *chroma = np.ascontiguousarray(lab.T)
    bins = np.minimum(lightness / 100 * LIGHTNESS_BINS, LIGHTNESS_BINS - 1).astype(int)
    count = np.maximum(np.bincount(bins, minlength=LIGHTNESS_BINS), 1)
    residual = [c - (np.bincount(bins, c, LIGHTNESS_BINS) / count)[bins] for c in chroma]
    return float(np.percentile(np.hypot(*residual), TONED_PERCENTILE))


def tint_at(encoded: FloatArray, luminance: float) -> FloatArray:
    """Colour (3,) of luminance 1 that pixels (N, 3) near the given luminance have."""
    linear = linear_from_srgb(encoded) + MIN_LUMINANCE
    distance = np.abs(np.log((linear @ REC709_LUMA) / (luminance + MIN_LUMINANCE)))
    nearest = np.argsort(distance, kind="stable")[: max(int(TINT_SHARE * len(linear)), 1)]
    colour = linear[nearest].mean(axis=0)
    tint: FloatArray = colour / (colour @ REC709_LUMA)
    return tint


def mean_colour(linear: FloatArray) -> FloatArray:
    """Mean colour (3,) of linear pixels (N, 3), of luminance 1."""
    mean = linear.mean(axis=0) + MIN_LUMINANCE
    colour: FloatArray = mean / (mean @ REC709_LUMA)
    return colour


def luminance_percentile(linear: FloatArray, percent: float) -> float:
    """Luminance that `percent` of the linear pixels (N, 3) stay below."""
    return float(np.percentile(linear @ REC709_LUMA, percent))
