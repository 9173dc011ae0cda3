"""Spectacles and sunglasses on a face."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import Float32Array, FloatArray
from scripts.train_occluders.shapes import SIDE_PX, Generator, Thing, plain, random_colour
from scripts.train_occluders.wearer import EYES, Lent, Wearer

FAR_TURN_DEG = 45.0  # beyond, the far temple is hidden
CORNERS = 40  # of the outline of a lens


def draw_glasses(wearer: Wearer, _lent: Lent, draw: Generator) -> Thing:
    """Two rims, a bridge and what is seen of the temples; the lenses clear or dark.

    A clear lens covers nothing: a mask below it is seen through it.
    """
    size = wearer.size
    frame = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    lenses = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    thick = max(round(float(size * draw.choice([0.008, 0.015, 0.03, 0.045]))), 1)
    rimless, dark = draw.random() < 0.12, draw.random() < 0.35
    outlines = _outlines(wearer, draw)
    for outline in outlines:
        points = np.round(outline * 16).astype(np.int32)
        cv2.fillPoly(lenses, [points], 1.0, cv2.LINE_AA, 4)
        if not rimless:
            cv2.polylines(frame, [points], True, 1.0, thick, cv2.LINE_AA, 4)
    _add_bars(frame, wearer, outlines, thick, draw)
    rgb = _frame_colours(draw)
    cover = frame
    if dark:
        tint = draw.uniform(0.0, 0.35, 3) * draw.uniform(0.2, 1.0)
        rgb = np.where(frame[..., None] > 0.3, rgb, _gradient(tint, draw)).astype(np.float32)
        cover = np.maximum(frame, lenses * np.float32(draw.uniform(0.8, 1.0)))
    return Thing(rgb, cover)


def _outlines(wearer: Wearer, draw: Generator) -> list[FloatArray]:
    """Outline (40, 2) of each lens: a superellipse as wide as the turned face leaves it."""
    size, down = wearer.size, wearer.down
    across = np.array([down[1], -down[0]])
    across = across if across[0] > 0 else -across
    width = draw.uniform(1.7, 2.4)
    height, drop = size * draw.uniform(0.09, 0.19), size * draw.uniform(-0.01, 0.05)
    power = draw.uniform(2.0, 4.5)
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    x = np.sign(cos) * np.abs(cos) ** (2 / power)
    y = np.sign(sin) * np.abs(sin) ** (2 / power)
    narrow = 1 - draw.uniform(0, 0.3) * (y > 0)
    outlines = []
    for eye in EYES:
        points = wearer.points[eye]
        half = max(width / 2 * float(np.ptp(points @ across)), 0.03 * size)
        centre = points.mean(axis=0) + down * drop
        outlines.append(
            centre + (half * x * narrow)[:, None] * across + (height * y)[:, None] * down
        )
    return outlines


def _add_bars(
    frame: Float32Array, wearer: Wearer, outlines: list[FloatArray], thick: int, draw: Generator
) -> None:
    """The bridge, and temples towards the ears that are seen."""
    left, right = outlines
    bridge = [left[np.argmax(left[:, 0])], right[np.argmin(right[:, 0])]]
    rise = -wearer.down * wearer.size * draw.uniform(0.0, 0.05)
    middle = (bridge[0] + bridge[1]) / 2 + rise
    bars = [np.array([bridge[0], middle, bridge[1]])]
    if wearer.yaw_deg < FAR_TURN_DEG:
        bars.append(np.array([left[np.argmin(left[:, 0])], wearer.points[0]]))
    if wearer.yaw_deg > -FAR_TURN_DEG:
        bars.append(np.array([right[np.argmax(right[:, 0])], wearer.points[16]]))
    for bar in bars:
        points = np.round(bar * 16).astype(np.int32)
        cv2.polylines(frame, [points], False, 1.0, thick, cv2.LINE_AA, 4)


def _frame_colours(draw: Generator) -> Float32Array:
    """Most often nearly black, metal, or brown (S, S, 3)."""
    usual = [(0.04, 0.04, 0.05), (0.3, 0.17, 0.08), (0.6, 0.55, 0.45), (0.75, 0.75, 0.78)]
    colour = random_colour(draw) if draw.random() < 0.3 else usual[draw.integers(0, 4)]
    return _gradient(np.asarray(colour), draw)


def _gradient(colour: FloatArray, draw: Generator) -> Float32Array:
    """The colour, brighter to one side as by a reflection (S, S, 3)."""
    ramp = np.linspace(0, 1, SIDE_PX, dtype=np.float32)
    ramp = ramp[:, None] if draw.random() < 0.5 else ramp[None, :]
    bright = 1 + draw.uniform(-0.5, 0.8) * ramp[..., None]
    tinted = plain(colour) * bright + draw.uniform(0, 0.15) * ramp[..., None]
    return np.asarray(np.clip(tinted, 0, 1), np.float32)
