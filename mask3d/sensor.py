"""What lens, sensor and file made of the light: measured on the photo about one face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import ByteArray, FloatArray, IntArray, freeze_fields
from mask3d.face import FaceFit
from mask3d.grain import NO_GRAIN, Grain, measure_grain
from mask3d.jpeg_history import NO_JPEG, jpeg_quality
from mask3d.patches import Patch, face_outline, patches_about, shorter_side_px
from mask3d.recipe import ALL_EFFECTS, Effects
from mask3d.sharpness import measure_blur
from mask3d.tone_curve import NO_TONE_CURVE, ToneCurve, measure_tone_curve

RIM_PX = 7  # round the face, so that its outline against what lies behind counts as an edge
# Of the face's side: what lies round it shows how the photo renders what is flat, as a mask is.
# Skin has pores and stubble, which would make a mottled fabric.
SURROUNDINGS = 0.5
FACE_PIECE_PX, SURROUNDINGS_PIECE_PX = 128, 64
NO_BLUR = np.zeros((2, 2))
MAX_BLUR = 0.06  # of the face's side; a face that is blurred more is no face to be fitted


@dataclass(frozen=True, slots=True, eq=False)
class Sensor:
    """How the photo renders a face.

    Attributes
    ----------
    blur_px2 : (2, 2) covariance of the Gaussian that blurs it; 0 is perfectly sharp
    grain : Grain
    tone : ToneCurve
    image_wh : size of the photo
    jpeg_quality : of the file that its grain went through, `NO_JPEG` for none
    """

    blur_px2: FloatArray
    grain: Grain
    tone: ToneCurve
    image_wh: tuple[int, int]
    jpeg_quality: int = NO_JPEG

    def __post_init__(self) -> None:
        """Check and freeze the array."""
        freeze_fields(self, {"blur_px2": ((2, 2), np.float64)})


def estimate_sensor(rgb: ByteArray, fit: FaceFit, effects: Effects = ALL_EFFECTS) -> Sensor:
    """Sharpness, grain and tone curve of the photo about one face.

    Where the photo shows no edge, no noise or nothing of the face, what cannot
    be measured is left out: the sensor then is perfect in that.

    Parameters
    ----------
    rgb : (H, W, 3)
        The photo. Large faces are looked at in some places only.
    fit : FaceFit
        Its camera is that of the whole photo.
    effects : Effects
        What of this is off is not measured: the sensor is perfect in that too.
    """
    outline_px, blur_px2, tone = face_outline(fit), NO_BLUR, NO_TONE_CURVE
    around = surroundings(rgb, outline_px) if effects.grain or effects.sharpness else []
    grain = measure_grain(around)
    if effects.sharpness or effects.tone:
        face = patches_about(rgb, outline_px, RIM_PX, FACE_PIECE_PX)
        if effects.sharpness:
            widest_px2 = (MAX_BLUR * shorter_side_px(outline_px)) ** 2
            blur_px2 = limited(measure_blur(face, grain), widest_px2)
        if effects.tone:
            tone = measure_tone_curve(rgb, outline_px, face)
    grain = grain if effects.grain else NO_GRAIN  # the blur was read through it
    quality = jpeg_quality(around) if grain.is_seen else NO_JPEG
    return Sensor(blur_px2, grain, tone, (rgb.shape[1], rgb.shape[0]), quality)


def surroundings(rgb: ByteArray, outline_px: IntArray) -> list[Patch]:
    """The face with an outline (N, 2) in the photo (H, W, 3) and what lies round it."""
    margin_px = round(SURROUNDINGS * shorter_side_px(outline_px))
    return patches_about(rgb, outline_px, margin_px, SURROUNDINGS_PIECE_PX)


def limited(covariance: FloatArray, largest: float) -> FloatArray:
    """The covariance (2, 2) with eigenvalues between 0 and `largest`."""
    values, vectors = np.linalg.eigh(covariance)
    within: FloatArray = (vectors * np.clip(values, 0.0, largest)) @ vectors.T
    return within
