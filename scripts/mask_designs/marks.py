"""What is worked into a mask and shows up close: stitches, welds, wires, turned edges.

Each is drawn by how far a place lies from a line and how far along it, in mm.
It leaves a shade, and a relief that bends the light.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from mask3d.arrays import ByteArray, FloatArray
from mask3d.fabric.materials import RELIEF_STEP_MM

NEUTRAL = 128  # of a layout's shade and relief
LINE_STEP_MM = 0.1  # of the points that stand for a line
# a seam of three stitches a centimetre, sewn with thread of 0.5 mm
STITCH_MM, STITCH_PITCH_MM = 2.3, 3.0
THREAD_MM, HOLE_MM, PULLED_MM = 0.3, 0.3, 0.9  # reach of the thread, a needle's hole, the groove
SOFT_MM = 0.2  # half the way from a weld's floor to the cloth: a texel is 0.25 mm


class Marks(NamedTuple):
    """What marks do to each place (H, W) of a layout.

    Attributes
    ----------
    shade : factor of the colour
    relief_mm : height over the cloth
    """

    shade: FloatArray
    relief_mm: FloatArray


class Along(NamedTuple):
    """Where places lie by a line.

    Attributes
    ----------
    away_mm : distance from it
    way_mm : length of the line up to the nearest point
    """

    away_mm: FloatArray
    way_mm: FloatArray


def by_line(points_mm: FloatArray, line_mm: FloatArray) -> Along:
    """Where points (..., D) lie by a line (P, D)."""
    steps = np.linalg.norm(np.diff(line_mm, axis=0), axis=1)
    way_mm = np.concatenate([[0.0], np.cumsum(steps)])
    at_mm = np.arange(0.0, way_mm[-1] + LINE_STEP_MM, LINE_STEP_MM)
    fine_mm = np.stack([np.interp(at_mm, way_mm, side) for side in line_mm.T], axis=1)
    away_mm, nearest = cKDTree(fine_mm).query(points_mm)
    return Along(np.asarray(away_mm), at_mm[nearest])


def joined(first: Marks, *others: Marks) -> Marks:
    """All marks together."""
    shade, relief_mm = first.shade.copy(), first.relief_mm.copy()
    for marks in others:
        shade *= marks.shade
        relief_mm += marks.relief_mm
    return Marks(shade, relief_mm)


def stitches(away_mm: FloatArray, way_mm: FloatArray) -> Marks:
    """A line of stitches: the thread lies proud in the groove that it pulls, its holes sink."""
    off_mm = np.abs(way_mm % STITCH_PITCH_MM - STITCH_PITCH_MM / 2)
    beyond_mm = np.maximum(off_mm - (STITCH_MM / 2 - THREAD_MM), 0.0)
    thread = _bump(np.hypot(away_mm, beyond_mm), THREAD_MM)
    hole = _bump(np.hypot(away_mm, STITCH_PITCH_MM / 2 - off_mm), HOLE_MM)
    groove = _bump(away_mm, PULLED_MM)
    return Marks(
        1.0 + 0.08 * thread - 0.30 * hole - 0.07 * groove,
        0.16 * thread - 0.10 * hole - 0.12 * groove,
    )


def weld_dots(
    away_mm: FloatArray,
    way_mm: FloatArray,
    *,
    pitch_mm: float = 2.4,
    radius_mm: float = 0.55,
    length_mm: float = 0.0,
) -> Marks:
    """A row of welding points pressed into the cloth, drawn out over `length_mm` to dashes."""
    off_mm = np.maximum(np.abs(way_mm % pitch_mm - pitch_mm / 2) - length_mm / 2, 0.0)
    pressed = _inside(radius_mm - np.hypot(away_mm, off_mm))
    return Marks(1.0 - 0.13 * pressed, -0.09 * pressed)


def weld_line(away_mm: FloatArray, width_mm: float) -> Marks:
    """A weld or a groove of the mould, pressed along a line."""
    pressed = _inside(width_mm / 2 - np.abs(away_mm))
    return Marks(1.0 - 0.12 * pressed, -0.10 * pressed)


def ridge_line(away_mm: FloatArray, width_mm: float, height_mm: float) -> Marks:
    """A line that stands proud: a wire under the cloth, a pressed crease, a parting line."""
    proud = _bump(away_mm, width_mm / 2)
    foot = _bump(np.abs(away_mm) - 1.1 * width_mm, 0.35 * width_mm)
    return Marks(1.0 + 0.03 * proud - 0.05 * foot, height_mm * proud)


def turned_edge(inside_mm: FloatArray, height_mm: float) -> Marks:
    """A second layer of cloth that lies where `inside_mm` is positive, and its shadow."""
    shadow = _bump(inside_mm + SOFT_MM, 0.45)
    return Marks(1.0 - 0.14 * shadow, height_mm * _inside(inside_mm))


def kept(marks: Marks, where: FloatArray) -> Marks:
    """Marks only as far as `where` (H, W) is 1."""
    return Marks(1.0 + where * (marks.shade - 1.0), where * marks.relief_mm)


def layout(main: FloatArray, shown: FloatArray, marks: Marks) -> ByteArray:
    """Layout (H, W, 4), see `mask3d.fabric.materials`, of shares from 0 to 1 and marks."""
    relief = NEUTRAL + marks.relief_mm / RELIEF_STEP_MM
    channels = np.stack([255.0 * main, NEUTRAL * marks.shade, 255.0 * shown, relief], axis=2)
    return np.round(np.clip(channels, 0, 255)).astype(np.uint8)


def _bump(away_mm: FloatArray, width_mm: float) -> FloatArray:
    """1 on a line, falling to 0 within about `width_mm`."""
    hill: FloatArray = np.exp(-((away_mm / width_mm) ** 2))
    return hill


def _inside(depth_mm: FloatArray) -> FloatArray:
    """Smooth step from 0 to 1 where `depth_mm` turns positive."""
    share = np.clip(depth_mm / (2 * SOFT_MM) + 0.5, 0.0, 1.0)
    return share * share * (3 - 2 * share)
