"""Cloth that goes round the head: rings and hems drawn by azimuth, folds by chance.

Azimuth is 0 in front of the face and grows to the subject's left; rows run
from the upper edge down.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap
from mask3d.rig import Rig, Surface
from mask3d.sheet import Sheet
from scripts.mask_designs.taut import Knots, on_skin, smooth

SETTLE_STEPS = 8
CLINGING = ("under_chin",)  # jaw and neck fold where a jaw drops: held by its edges, it would bunch
EVENINGS = 12  # it is fastened nowhere: what a jaw or an ear does to its edge spreads along it
OVERHANG = 0.5  # width of the lower side of a fold over that of its upper side
HOLLOW_CELLS = 3.0  # reach of the light into a hollow
SHADE_PER_MM, MIN_FACTOR = 0.45, 0.42


class Fold(NamedTuple):
    """One soft ridge over a patch of cloth, in its two coordinates.

    Attributes
    ----------
    middle, reach : place along the ridge and half its length
    start, slope, bow : place across it, its change along the ridge, and of the square
    width, height_mm : half its width in the second coordinate, its height
    """

    middle: float
    reach: float
    start: float
    slope: float
    bow: float
    width: float
    height_mm: float


def fold_height(along: FloatArray, across: FloatArray, fold: Fold) -> FloatArray:
    """Height of a fold, mm: it hangs over on its lower side, and fades out at both ends."""
    way = (along - fold.middle) / fold.reach
    line = fold.start + fold.slope * way + fold.bow * way**2
    fade = np.clip(1.0 - way**2, 0.0, 1.0)
    off = (across - line) / fold.width
    off = np.where(off > 0.0, off / OVERHANG, off)
    height_mm: FloatArray = fold.height_mm * fade * np.exp(-(off**2))
    return height_mm


class Stretched(NamedTuple):
    """A patch in front that what lies below pulls smooth.

    Attributes
    ----------
    share : how much of a fold's height goes in its middle
    down : place of its middle down the cloth
    reach : how far round the head and down the cloth it fades
    """

    share: float
    down: float
    reach: tuple[float, float]


def stretched_mm(
    height_mm: FloatArray, azimuth: FloatArray, down: FloatArray, patch: Stretched
) -> FloatArray:
    """Height of folds that a patch pulls smooth."""
    off = (azimuth / patch.reach[0]) ** 2 + ((down - patch.down) / patch.reach[1]) ** 2
    return height_mm * (1.0 - patch.share * np.exp(-off))


def shaded_by(relief_mm: FloatArray) -> FloatArray:
    """Ambient factor of a grid (v, u): what lies lower than its surroundings is darker."""
    low_mm = gaussian_filter(relief_mm, HOLLOW_CELLS) - relief_mm
    factor: FloatArray = np.clip(1.0 - SHADE_PER_MM * low_mm.clip(min=0.0), MIN_FACTOR, 1.0)
    return factor


def ring(azimuth: FloatArray, heights: Knots, radii: Knots, skin: ContactMap) -> FloatArray:
    """Line (C, 3) of a height y and a distance from the map's upright axis by |azimuth|, mm."""
    away = np.abs(azimuth)
    radius_mm = smooth(away, radii)
    return np.stack(
        [
            np.sin(azimuth) * radius_mm + skin.centre_mm[0],
            smooth(away, heights),
            np.cos(azimuth) * radius_mm + skin.centre_mm[2],
        ],
        axis=1,
    )


def ring_on_skin(
    azimuth: FloatArray, heights: Knots, skin: ContactMap, standoff_mm: float
) -> FloatArray:
    """Line (C, 3) round the head at `standoff_mm` over the skin, at a height y by |azimuth|."""
    line_mm = ring(azimuth, heights, [(0.0, 80.0), (np.pi, 80.0)], skin)
    for _ in range(SETTLE_STEPS):  # along its ray a point also changes its height
        line_mm = on_skin(line_mm, skin, standoff_mm)
        line_mm[:, 1] = smooth(np.abs(azimuth), heights)
    return on_skin(line_mm, skin, standoff_mm)


def wrapped_rig(
    sheet: Sheet,
    fine: Surface,
    strap_ends: IntArray,
    pose_names: tuple[str, ...],
    poses_mm: FloatArray,
) -> Rig:
    """Rig of cloth that holds by its own girth: nothing pulls on it, its edge rests on the skin.

    `poses_mm` is (S, rows, columns, 3).
    """
    points_mm = poses_mm.reshape(len(pose_names), -1, 3)
    return Rig(
        sheet=sheet,
        surface=fine,
        softness=np.zeros(points_mm.shape[1]),
        rim=np.zeros(0, np.int32),
        strap_ends=strap_ends,
        pose_names=pose_names,
        poses_mm=points_mm,
        pulls=np.zeros((len(pose_names), 0)),
        pulled_to_mm=np.zeros((0, 3)),
        sealing=pose_names,
        clinging=CLINGING,
        evenings=EVENINGS,
    )
