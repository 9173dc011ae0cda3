"""Woven fabrics: two families of threads that pass over and under each other."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mask3d.arrays import FloatArray
from scripts.textures.fabric import FabricPicture
from scripts.textures.torus import fibres, noise, places

TEXELS = 256
PLAIN = np.array([[1, 0], [0, 1]])
TWILL = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]])
DENIM = np.array([[1, 1, 1, 0], [0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1]])
SATIN = np.array([[column != 3 * row % 8 for column in range(8)] for row in range(8)], int)


class Threads:
    """The surface of a weave.

    Parameters
    ----------
    draft : (R, C) 1 where the warp (which runs down) lies over the weft
    count : threads a tile, a multiple of R and C
    uneven : how much the threads wander and vary in width, in threads
    seed : of that

    Attributes
    ----------
    height : (TEXELS, TEXELS) in radii of a thread
    is_warp : (TEXELS, TEXELS) 1 where the warp is seen
    tone : (TEXELS, TEXELS) noise that keeps to each thread, mean 0, deviation 1
    """

    def __init__(self, draft: FloatArray, count: int, uneven: float, seed: int) -> None:
        x, y = (at * count for at in places(TEXELS))
        per_thread = TEXELS / count
        long, short = 6 * per_thread, 0.6 * per_thread
        x = x + uneven * noise(seed, TEXELS, (long, short))
        y = y + uneven * noise(seed + 1, TEXELS, (short, long))
        bulge_warp = np.sqrt(np.clip(1 - (2 * (x % 1) - 1) ** 2, 0, 1))
        bulge_weft = np.sqrt(np.clip(1 - (2 * (y % 1) - 1) ** 2, 0, 1))
        warp = 0.75 * _along(draft, x, y, axis=0) + bulge_warp
        weft = -0.75 * _along(draft, x, y, axis=1) + bulge_weft
        self.height = np.maximum(warp, weft)
        self.is_warp = np.clip(0.5 + 2.5 * (warp - weft), 0, 1)
        tone_warp = noise(seed + 2, TEXELS, (long, 0.4 * per_thread))
        tone_weft = noise(seed + 3, TEXELS, (0.4 * per_thread, long))
        self.tone = _even(self.is_warp * tone_warp + (1 - self.is_warp) * tone_weft, per_thread)


def _even(tone: FloatArray, width: float) -> FloatArray:
    """Tone without rows and columns that stand out: they would show as a grid of tiles."""
    for axis in (0, 1):
        line = gaussian_filter1d(tone.mean(axis=axis, keepdims=True), width, 1 - axis, mode="wrap")
        tone = tone - (line - line.mean())
    return tone


def _crossings(draft: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    rows, columns = draft.shape
    crossings: FloatArray = draft[np.floor(y).astype(int) % rows, np.floor(x).astype(int) % columns]
    return crossings


def _along(draft: FloatArray, x: FloatArray, y: FloatArray, axis: int) -> FloatArray:
    """How far up the warp is, -1..1, gliding from crossing to crossing along its way.

    The middle of a crossing lies half-way between whole places.
    """
    way = y if axis == 0 else x
    before = np.floor(way - 0.5)
    share = way - 0.5 - before
    share = (1 - np.cos(np.pi * share)) / 2
    ends = [
        _crossings(draft, x, at) if axis == 0 else _crossings(draft, at, y)
        for at in (before, before + 1)
    ]
    return 2.0 * (ends[0] * (1 - share) + ends[1] * share) - 1.0


def _shade(threads: Threads, tone: float, deep: float, seed: int) -> FloatArray:
    """Darker between threads, each thread of its own tone, with fine hairs."""
    relative = (threads.height - threads.height.mean()) / threads.height.std()
    hairs = fibres(seed, TEXELS, 3.0)
    lit: FloatArray = np.clip(
        1 + deep * np.clip(relative, -3, 1.5) + tone * threads.tone + 0.03 * hairs, 0.2, 1.8
    )
    return lit


def cotton() -> FabricPicture:
    """Plain weave of fine, even yarn, 20 threads a centimetre."""
    threads = Threads(PLAIN, 32, 0.06, 100)
    return FabricPicture(_shade(threads, 0.05, 0.08, 110), threads.height)


def linen() -> FabricPicture:
    """Plain weave of slubby yarn, some threads thick, some thin, gaps between."""
    threads = Threads(PLAIN, 28, 0.16, 120)
    slubs = np.clip(noise(130, TEXELS, (1.6, 14.0)) - 0.8, 0, 1.2)
    slubs += np.clip(noise(131, TEXELS, (14.0, 1.6)) - 0.8, 0, 1.2)
    slubs = _even(slubs, 2.0)
    shade = _shade(threads, 0.10, 0.10, 132) + 0.07 * slubs
    undyed = np.clip(0.08 * threads.tone + 0.06 * slubs, 0, 0.4)
    return FabricPicture(shade, threads.height + 0.5 * slubs, undyed)


def chambray() -> FabricPicture:
    """Plain weave of a dyed warp and an undyed weft."""
    threads = Threads(PLAIN, 40, 0.07, 140)
    undyed = 0.60 * (1 - threads.is_warp) * (1 + 0.2 * threads.tone)
    return FabricPicture(_shade(threads, 0.07, 0.06, 150), threads.height, np.clip(undyed, 0, 1))


def twill() -> FabricPicture:
    """Twill, two over two under: fine diagonal ribs."""
    threads = Threads(TWILL, 40, 0.05, 160)
    x, y = places(TEXELS)
    ribs = np.sin(2 * np.pi * 10 * (x - y))
    shade = _shade(threads, 0.05, 0.09, 170) + 0.06 * ribs
    return FabricPicture(shade, threads.height + 0.3 * ribs)


def denim() -> FabricPicture:
    """Twill, three over one: a dyed, streaky warp; the undyed weft peeps through."""
    threads = Threads(DENIM, 40, 0.08, 180)
    worn = np.clip(noise(190, TEXELS, (160.0, 1.2)), -2, 2.5)
    weft = 0.45 * (1 - threads.is_warp)
    undyed = np.clip(weft + 0.05 + 0.04 * worn + 0.03 * threads.tone, 0, 1)
    return FabricPicture(_shade(threads, 0.12, 0.14, 191) + 0.06 * worn, threads.height, undyed)


def satin() -> FabricPicture:
    """Eight-shaft satin: long, fine floats that lie side by side."""
    threads = Threads(SATIN, 64, 0.05, 200)
    sheen = noise(210, TEXELS, (40.0, 0.8))
    shade = 1 + 0.02 * sheen + 0.03 * (threads.height - threads.height.mean())
    return FabricPicture(shade, 0.2 * threads.height + 0.05 * noise(211, TEXELS, (24.0, 1.5)))


def elastic() -> FabricPicture:
    """Woven elastic: rubber cords along it, bound by a fine zigzag of yarn."""
    x, y = places(TEXELS)
    cords = np.abs(np.sin(np.pi * 16 * y))
    wale = np.abs(np.sin(np.pi * (24 * x + 0.35 * np.cos(2 * np.pi * 16 * y))))
    height = np.sqrt(cords) * (0.8 + 0.35 * wale)
    shade = 0.75 + 0.28 * np.sqrt(cords) * (0.75 + 0.25 * wale) + 0.02 * fibres(220, TEXELS, 3.0)
    return FabricPicture(shade, height)


def braid() -> FabricPicture:
    """Round braided cord: yarns climb both ways and pass over two, under two."""
    x, y = places(TEXELS)
    along, across = 8 * (2 * x + y), 8 * (2 * x - y)  # both close over the tile
    warp = np.sqrt(np.clip(1 - (2 * (along % 1) - 1) ** 2, 0, 1))
    weft = np.sqrt(np.clip(1 - (2 * (across % 1) - 1) ** 2, 0, 1))
    warp += 0.7 * _along(TWILL, along, across, axis=0)
    weft -= 0.7 * _along(TWILL, along, across, axis=1)
    height = np.maximum(warp, weft)
    shade = 1 + 0.16 * (height - height.mean()) + 0.03 * fibres(230, TEXELS, 3.0)
    return FabricPicture(shade, height)
