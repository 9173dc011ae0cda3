"""Knitted fabrics: rows of loops that stand in columns."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from scripts.textures.fabric import FabricPicture
from scripts.textures.torus import fibres, noise, places

TEXELS = 256


def stitches(
    wales: int, courses: int, seed: int, *, lean: float = 0.55
) -> tuple[FloatArray, FloatArray]:
    """Height (TEXELS, TEXELS) of knit stitches in 0..1, and a tone that keeps to each course.

    A stitch shows two legs that lean towards each other at its foot, a V.
    """
    x, y = places(TEXELS)
    x = x * wales + 0.05 * noise(seed, TEXELS, (12.0, 5.0))
    y = y * courses + 0.06 * noise(seed + 1, TEXELS, (5.0, 12.0))
    height = np.zeros_like(x)
    for side in (-1, 1):
        for shift in (-1, 0, 1):
            foot = np.floor(y) + 0.5 + shift
            dy = y - foot
            dx = x % 1 - 0.5 - side * (0.25 - 0.16 * lean * dy)
            leg = 1 - (dx / 0.23) ** 2 - (dy / 0.95) ** 2
            height = np.maximum(height, np.sqrt(np.clip(leg, 0, 1)) * (1 - 0.12 * dy))
    return height, noise(seed + 2, TEXELS, (0.3 * TEXELS / courses, 30.0))


def _shade(height: FloatArray, tone: FloatArray, deep: float, seed: int) -> FloatArray:
    relative = (height - height.mean()) / height.std()
    lit: FloatArray = 1 + deep * relative + 0.02 * tone + 0.03 * fibres(seed, TEXELS, 3.0)
    return np.clip(lit, 0.2, 1.8)


def jersey() -> FabricPicture:
    """T-shirt jersey: fine columns of Vs."""
    height, tone = stitches(24, 30, 300)
    return FabricPicture(_shade(height, tone, 0.08, 310), height)


def heather() -> FabricPicture:
    """Jersey of dyed and undyed fibres spun together."""
    height, tone = stitches(24, 30, 320)
    mix = 0.7 * noise(330, TEXELS, (0.6, 2.6)) + 0.7 * noise(331, TEXELS, (1.8, 0.7))
    mix += 0.5 * noise(332, TEXELS, (2.0, 14.0))
    undyed = np.clip(0.24 + 0.13 * mix, 0, 0.8)
    return FabricPicture(_shade(height, tone, 0.08, 340), height, undyed)


def rib() -> FabricPicture:
    """Two-by-two rib: pairs of columns stand up, pairs lie back in the dark."""
    height, tone = stitches(24, 24, 350)
    x, _ = places(TEXELS)
    ribs = 0.5 + 0.5 * np.tanh(2.5 * np.sin(2 * np.pi * 6 * x))
    shade = _shade(height, tone, 0.08, 360) * (0.66 + 0.40 * ribs)
    return FabricPicture(shade, height * 0.35 + 0.9 * ribs)


def mesh() -> FabricPicture:
    """Sports mesh: a fine knit with rows of round holes, the lining dark in them."""
    height, tone = stitches(32, 32, 370)
    x, y = places(TEXELS)
    row = np.floor(y * 8)
    dx = (x * 8 + 0.5 * (row % 2)) % 1 - 0.5
    dy = (y * 8) % 1 - 0.5
    solid = np.clip((np.hypot(dx, dy * 0.9) - 0.24) / 0.09, 0, 1)
    shade = _shade(height, tone, 0.06, 380) * (0.30 + 0.70 * solid)
    return FabricPicture(shade, 0.4 * height * solid + solid)


def fleece() -> FabricPicture:
    """Brushed knit: soft tufts that hide the stitches."""
    tufts = noise(390, TEXELS, 3.0) + 0.6 * noise(391, TEXELS, 1.4)
    curls = fibres(392, TEXELS, 4.0, 0.9)
    return FabricPicture(1 + 0.05 * tufts + 0.05 * curls, tufts + 0.5 * curls)
