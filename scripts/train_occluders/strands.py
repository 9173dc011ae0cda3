"""Hair that falls over a face."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray
from scripts.train_occluders.shapes import SIDE_PX, Generator, Thing, plain
from scripts.train_occluders.wearer import Lent, Wearer

STEPS = 14  # points of a strand


def draw_hair(wearer: Wearer, lent: Lent, draw: Generator) -> Thing:
    """One to three locks from the hairline over a temple, an eye or a cheek."""
    cover = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    rgb = plain(_hair_colour(lent.hair, draw))
    for _ in range(int(draw.integers(1, 4))):
        _draw_lock(cover, rgb, wearer, draw)
    return Thing(rgb, cover)


def _draw_lock(cover: Float32Array, rgb: Float32Array, wearer: Wearer, draw: Generator) -> None:
    size = wearer.size
    root, tip = _ends(wearer, draw)
    bow = (root + tip) / 2 + 0.2 * size * draw.standard_normal(2)
    width, tuft = size * draw.uniform(0.0, 0.09), size * draw.uniform(0.0, 0.06)
    colour = rgb[0, 0].copy()
    for _ in range(int(draw.choice([draw.integers(1, 8), draw.integers(10, 70)]))):
        own = draw.standard_normal(2) * width
        ends = draw.standard_normal(2) * tuft
        line = _bezier(root + own, bow + own + 0.3 * ends, tip + own + ends)
        line += 0.004 * size * np.cumsum(draw.standard_normal((STEPS, 2)), axis=0)
        points = [np.round(line * 16).astype(np.int32)]
        thick = max(round(float(draw.exponential(0.006 * size))), 1)
        shade = np.clip(colour * np.exp(0.25 * draw.standard_normal()), 0, 1).tolist()
        cv2.polylines(rgb, points, False, shade, thick + 1, cv2.LINE_8, 4)
        cv2.polylines(cover, points, False, draw.uniform(0.6, 1.0), thick, cv2.LINE_8, 4)


def _ends(wearer: Wearer, draw: Generator) -> tuple[FloatArray, FloatArray]:
    """Root above or beside the brow, tip lower on the face or beside the chin."""
    brow = wearer.points[int(draw.choice([17, 18, 20, 23, 25, 26]))]
    root = brow - wearer.down * wearer.size * draw.uniform(0.15, 0.5)
    root = root + 0.08 * wearer.size * draw.standard_normal(2)
    if draw.random() < 0.6:
        end = wearer.points[int(draw.choice([2, 3, 4, 5, 6, 10, 11, 12, 13, 14]))]
    else:
        end = wearer.points[int(draw.integers(27, 68))]
    return root, end + 0.12 * wearer.size * draw.standard_normal(2)


def _bezier(start: FloatArray, middle: FloatArray, end: FloatArray) -> FloatArray:
    t = np.linspace(0, 1, STEPS)[:, None]
    curve: FloatArray = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
    return curve


def _hair_colour(hair: ByteArray, draw: Generator) -> FloatArray:
    """The wearer's own, or any that hair has."""
    if draw.random() < 0.6:
        pixels = hair.reshape(-1, 3)
        return np.asarray(pixels[draw.integers(0, len(pixels))] / 255, np.float64)
    usual = [(0.05, 0.04, 0.04), (0.2, 0.13, 0.09), (0.4, 0.27, 0.17), (0.75, 0.6, 0.4),
             (0.5, 0.22, 0.1), (0.75, 0.73, 0.7)]  # fmt: skip
    return np.array(usual[draw.integers(0, len(usual))])
