"""Random albedos of skin, lips and hair, from what instruments read on people."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from mask3d.arrays import FloatArray

# CIELAB (D65) of faces, from light to dark: the middles of the groups of the individual typology
# angle (Chardon et al., Skin colour typology and suntanning pathways, 1991), redness and
# yellowness as read on faces (Xiao et al., Characterising the variations in ethnic skin colours,
# 2017): most yellow in the middle, paler at both ends.
TONES_LAB = np.array(
    [
        [67.0, 10.5, 14.5],
        [62.0, 12.0, 17.0],
        [55.0, 13.0, 19.0],
        [46.0, 13.0, 18.0],
        [36.0, 10.5, 12.5],
    ]
)
TONES = len(TONES_LAB)
LAB_SIGMA = np.array([2.5, 1.6, 2.2])  # of people within a group, each for itself
LIPS_LAB = np.array([-0.16, 7.0, 0.0])  # share of lightness, redness beyond the skin's
HAIR_LAB = np.array([[16.0, 2.0, 3.0], [26.0, 5.0, 9.0], [45.0, 6.0, 18.0]])  # black to fair
GREY_HAIR_SHARE = 0.1


class Complexion(NamedTuple):
    """Linear RGB albedos (3,)."""

    skin: FloatArray
    lips: FloatArray
    hair: FloatArray


def random_complexion(tone: int, rng: np.random.Generator) -> Complexion:
    """Skin of one of `TONES`, 0 the lightest."""
    skin_lab = TONES_LAB[tone] + rng.normal(0.0, LAB_SIGMA)
    lips_lab = skin_lab * [1.0 + LIPS_LAB[0], 1.0, 1.0] + [0.0, *LIPS_LAB[1:]]
    shades = len(HAIR_LAB) if tone < 2 else 1  # of hair on darker skin: the darkest
    hair_lab = HAIR_LAB[rng.integers(shades)] + rng.normal(0.0, (3.0, 1.0, 1.5))
    if rng.random() < GREY_HAIR_SHARE:
        hair_lab = np.array([rng.uniform(45.0, 80.0), 0.5, 3.0])
    return Complexion(*(_linear_from_lab(lab) for lab in (skin_lab, lips_lab, hair_lab)))


def _linear_from_lab(lab: FloatArray) -> FloatArray:
    """Linear sRGB (3,) of a CIELAB colour under D65."""
    rgb = cv2.cvtColor(lab[None, None].astype(np.float32), cv2.COLOR_Lab2LRGB)[0, 0]
    linear: FloatArray = np.maximum(rgb.astype(np.float64), 0.004)
    return linear
