"""How a photo renders black and white: veiled, or cut off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mask3d.arrays import ByteArray, FloatArray, IntArray, freeze_fields
from mask3d.colour import REC709_LUMA, linear_from_srgb
from mask3d.patches import Patch, percentile
from mask3d.skin import face_box
from mask3d.tone import MIN_LUMINANCE

AROUND = 0.5  # of the face's box, that is looked at on each side of it
SAMPLED_PX = 96  # pixels along each side, at most
DARKEST = 0.5  # per cent of the pixels, which show what black is
MAX_FLOOR = 0.15  # linear; a fog that leaves less contrast leaves no face to fit
WHITE_LUMA = 252.0  # steps of 8 bits; of a pixel that was cut off
# Of the face and its rim: plain white in the eyes, teeth and behind the rim says nothing, more of
# it says that highlights are cut off.
CLIPPED_SHARES = (0.05, 0.20)
MOST_CLIPPED = (
    0.6  # white masks in blown-out photos keep some form: no more than 37 % of one is flat
)
# A curve like the default one of Adobe's raw converter, which shows 0.03 at 0.017 and leaves
# mid-grey nearly where it is; black masks that are really worn measure 18 to 51 of 255.
CAMERA_TOE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class ToneCurve:
    """What becomes of black and of white.

    Attributes
    ----------
    floor : (3,) linear RGB of black, which haze and stray light lift
        Less of it where the photo shows little that is brighter: a grey wall is no haze.
    clipping : 0..1
        0 rolls highlights off before white, 1 cuts them off at white.
    toe : linear luminance that is shown half as bright as it is
        Cameras deepen their shadows so; 0 for none.
    """

    floor: FloatArray
    clipping: float
    toe: float = 0.0

    def __post_init__(self) -> None:
        """Check and freeze the array."""
        freeze_fields(self, {"floor": ((3,), np.float64)})


NO_TONE_CURVE = ToneCurve(np.zeros(3), 0.0)


def measure_tone_curve(rgb: ByteArray, outline_px: IntArray, face: Sequence[Patch]) -> ToneCurve:
    """Tone curve of the photo (H, W, 3) about a face, of its outline (N, 2) and its patches."""
    margin_px = AROUND * np.ptp(outline_px, axis=0)
    corners_px = np.array([outline_px.min(axis=0) - margin_px, outline_px.max(axis=0) + margin_px])
    around = sampled_pixels(rgb, corners_px)
    # Each channel by itself: one dark green thing makes no green haze.
    black = linear_from_srgb(percentile(around, DARKEST) / 255)
    middle = linear_from_srgb(percentile(around, 50.0) / 255)
    contrast = 1 - (black @ REC709_LUMA) / max(middle @ REC709_LUMA, MIN_LUMINANCE)
    white = sum(int((patch.ycc[..., 0][patch.inside] >= WHITE_LUMA).sum()) for patch in face)
    share = white / max(sum(int(patch.inside.sum()) for patch in face), 1)
    clipping = float(np.interp(share, CLIPPED_SHARES, (0.0, MOST_CLIPPED)))
    toe = CAMERA_TOE * max(float(contrast), 0.0)
    return ToneCurve(np.minimum(contrast * black, MAX_FLOOR), clipping, toe)


def sampled_pixels(rgb: ByteArray, points_px: FloatArray) -> ByteArray:
    """Pixels (N, 3) spread over the part of the photo (H, W, 3) that holds points (M, 2)."""
    x0, y0, x1, y1 = face_box(points_px, (rgb.shape[1], rgb.shape[0]))
    step = -(-max(x1 - x0, y1 - y0) // SAMPLED_PX)
    return rgb[y0:y1:step, x0:x1:step].reshape(-1, 3)
