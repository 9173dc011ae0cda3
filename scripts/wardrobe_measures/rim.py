"""How far the rim of a mask stands off the skin, by place."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from scripts.wardrobe_measures.outer_side import OuterSide, rim_edges
from scripts.wardrobe_measures.true_skin import TrueSkin, height_mm

NOSE_HALF_MM = 20.0  # the reach of a nose wire's bend
ZONES = ("nose", "cheeks", "sides", "chin")
NOSE, CHEEKS, SIDES, CHIN = range(len(ZONES))
NOSE_TIP, MOUTH = 30, (48, 54)  # iBUG landmarks


class RimGaps(NamedTuple):
    """Gaps along the rim.

    Attributes
    ----------
    gap_mm : (E,) from the inner side to the skin, at the middle of each edge of the rim
    length_mm : (E,) of the edge
    zone : (E,) index into `ZONES`
    """

    gap_mm: FloatArray
    length_mm: FloatArray
    zone: IntArray


def rim_gaps(side: OuterSide, skin: TrueSkin, landmarks_mm: FloatArray) -> RimGaps:
    """Gaps of a mask on a head with these landmarks (68, 3)."""
    i, j = rim_edges(side.faces).T
    along_mm = side.inner_mm[j] - side.inner_mm[i]
    middle_mm = (side.inner_mm[i] + side.inner_mm[j]) / 2
    gap_mm = np.maximum(height_mm(skin, middle_mm), 0.0)
    zone = rim_zones(middle_mm, along_mm, landmarks_mm)
    return RimGaps(gap_mm, np.linalg.norm(along_mm, axis=1), zone)


def rim_zones(middle_mm: FloatArray, along_mm: FloatArray, landmarks_mm: FloatArray) -> IntArray:
    """Zone (E,) of rim edges by their place and direction, (E, 3) each.

    The nose is what lies above its tip near the middle, a side what runs up and
    down, the rest the cheeks above the mouth and the chin below it.
    """
    aside_mm = np.abs(middle_mm[:, 0] - landmarks_mm[NOSE_TIP, 0])
    nose = (aside_mm < NOSE_HALF_MM) & (middle_mm[:, 1] > landmarks_mm[NOSE_TIP, 1])
    upright = np.abs(along_mm[:, 1]) > np.hypot(along_mm[:, 0], along_mm[:, 2])
    above = middle_mm[:, 1] > landmarks_mm[list(MOUTH), 1].mean()
    return np.where(nose, NOSE, np.where(upright, SIDES, np.where(above, CHEEKS, CHIN)))


def median_gap_mm(gaps: RimGaps, zone: int) -> float:
    """Gap that half of the rim's length in a zone stays below; NaN where there is no rim."""
    here = gaps.zone == zone
    if not here.any():
        return float("nan")
    order = np.argsort(gaps.gap_mm[here])
    way_mm = np.cumsum(gaps.length_mm[here][order])
    return float(gaps.gap_mm[here][order][np.searchsorted(way_mm, way_mm[-1] / 2)])


def pooled(gaps: list[RimGaps]) -> RimGaps:
    """The gaps of many heads as one."""
    return RimGaps(*(np.concatenate(columns) for columns in zip(*gaps, strict=True)))
