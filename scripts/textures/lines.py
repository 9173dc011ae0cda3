"""Patterns of straight lines: stripes, checks, and what is woven of coloured threads."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from scripts.textures.pattern import Print

SQRT2 = float(np.sqrt(2.0))


def band(at: FloatArray, start: float, width: float) -> FloatArray:
    """Distance to a band of a tile, in tiles; negative inside."""
    middle = start + width / 2
    distance: FloatArray = np.abs((at - middle + 0.5) % 1.0 - 0.5) - width / 2
    return distance


def twilled(cloth: Print, lines: int) -> FloatArray:
    """1 where a twill of so many diagonal lines a tile shows its warp, (N, N)."""
    x, y = cloth.places()
    wave: FloatArray = np.clip(0.5 + 2.0 * np.sin(2 * np.pi * lines * (x + y)), 0, 1)
    return wave


def stripes() -> Print:
    """Stripes down the mask, as wide as the ground between them."""
    cloth = Print(192)
    cloth.fill(band(cloth.places()[0], 0.0, 0.5), 1)
    return cloth


def breton() -> Print:
    """Narrow stripes across, on a wide ground."""
    cloth = Print(192)
    cloth.fill(band(cloth.places()[1], 0.0, 0.36), 1)
    return cloth


def pinstripes() -> Print:
    """Thin lines down the mask, broken like thread."""
    cloth = Print(192)
    x, y = cloth.places()
    broken = 0.75 + 0.25 * np.sin(2 * np.pi * 24 * y)
    cloth.cover(broken * np.clip(0.5 - 192 * band(x, 0.46, 0.08), 0, 1), 1)
    return cloth


def gingham() -> Print:
    """Two bands of coloured thread: full where they cross."""
    cloth = Print(192)
    x, y = cloth.places()
    warp, weft = (np.clip(0.5 - 192 * band(at, 0.25, 0.5), 0, 1) for at in (x, y))
    cloth.cover((warp + weft) / 2, 1)
    return cloth


def checks() -> Print:
    """Chessboard."""
    cloth = Print(192)
    x, y = cloth.places()
    across, down = (192 * band(at, 0.0, 0.5) for at in (x, y))
    edge = np.minimum(np.abs(across), np.abs(down)) * np.sign(across * down)
    cloth.fill(-edge / 192, 1)
    return cloth


def windowpane() -> Print:
    """Thin lines both ways, far apart."""
    cloth = Print(192)
    x, y = cloth.places()
    cloth.fill(np.minimum(band(x, 0.47, 0.06), band(y, 0.47, 0.06)), 1)
    return cloth


SETT = ((1, 0.00, 0.22), (2, 0.30, 0.16), (3, 0.365, 0.03), (1, 0.56, 0.05), (3, 0.755, 0.018))


def tartan() -> Print:
    """Twill of two equal sets of coloured bands."""
    cloth = Print(384)
    x, y = cloth.places()
    warp, weft = Print(384), Print(384)
    for ink, start, width in SETT:
        warp.fill(band(x, start, width), ink)
        weft.fill(band(y, start, width), ink)
    shown = twilled(cloth, 48)[..., None]
    cloth.shares = warp.shares * shown + weft.shares * (1 - shown)
    return cloth


def houndstooth() -> Print:
    """Twill of four dark, four light threads both ways: broken checks with teeth."""
    threads = np.arange(8)
    warp, weft = np.meshgrid(threads, threads)
    is_warp = (warp - weft) % 4 < 2
    dark = np.where(is_warp, warp < 4, weft < 4).astype(float)
    cloth = Print(192)
    cloth.cover(np.kron(dark, np.ones((24, 24))), 1)
    return cloth


def argyle() -> Print:
    """Diamonds of two inks, and thin crossing lines of a third."""
    cloth = Print(256)
    x, y = cloth.places()
    for ink, shift in ((1, 0.25), (2, 0.75)):
        away = np.abs((x - shift + 0.5) % 1 - 0.5) / 0.25 + np.abs(y - 0.5) / 0.5 - 1
        cloth.fill(0.22 * away, ink)
    for sign in (1, -1):
        line = np.abs((2 * x + sign * y + 0.5 * sign) % 1 - 0.5)
        dashed = np.where((24 * y) % 1 < 0.7, 0.0, 1.0)
        cloth.fill(line / np.sqrt(5) - 0.006 + dashed, 3)
    return cloth


def chevron() -> Print:
    """Zigzag across."""
    cloth = Print(192)
    x, y = cloth.places()
    cloth.fill(band(y + 0.25 * np.abs(2 * ((2 * x) % 1) - 1), 0.0, 0.5) / SQRT2, 1)
    return cloth


def herringbone() -> Print:
    """Fine twill that turns back every few threads."""
    cloth = Print(192)
    x, y = cloth.places()
    climb = np.abs(2 * x - 1) * 2
    cloth.cover(np.clip(0.5 + 3 * np.sin(2 * np.pi * (8 * y + 4 * climb)), 0, 1), 1)
    return cloth
