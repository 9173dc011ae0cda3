"""Geometric patterns."""

from __future__ import annotations

import numpy as np

from scripts.textures.pattern import GROUND, Print
from scripts.textures.shapes import disc
from scripts.textures.torus import scattered

SQRT3 = float(np.sqrt(3.0))


def triangles() -> Print:
    """Triangles of two inks and the ground, side by side."""
    cloth = Print()
    x, y = cloth.places()
    across, down = 4 * x, 4 * y
    up = np.abs((across + 0.5 * np.floor(down)) % 1 - 0.5) * 2 - down % 1
    cloth.cover(np.clip(0.5 - up * cloth.texels / 8 / 1.1, 0, 1), 1)
    column = np.floor(across + 0.5 * np.floor(down)).astype(int)
    second = ((column + 2 * np.floor(down).astype(int)) % 4 == 0) & (up < 0)
    cloth.cover(second * np.clip(0.5 - up * cloth.texels / 8 / 1.1, 0, 1), 2)
    gap = np.minimum(np.abs(up) / 1.1, np.minimum(down % 1, 1 - down % 1)) / 8
    cloth.fill(gap - 0.006, GROUND)
    return cloth


def hexagons() -> Print:
    """Honeycomb of outlines; now and then a cell is filled."""
    cloth = Print()
    x, y = cloth.places()
    across, down = 4 * x, 4 * y
    best = np.full(x.shape, np.inf)
    second = np.full(x.shape, np.inf)
    filled = np.zeros(x.shape, bool)
    for row in range(-1, 6):
        for column in range(-1, 6):
            dx, dy = across - column - 0.5 * (row % 2), (down - row) * SQRT3 / 2
            away = np.hypot(dx, dy)
            nearer = away < best
            second = np.where(nearer, best, np.minimum(second, away))
            filled = np.where(nearer, (column % 4 + 3 * (row % 4)) % 5 == 0, filled)
            best = np.minimum(best, away)
    edge = (second - best) / 2 / 4
    cloth.cover(filled * np.clip(0.5 + (edge - 0.02) * cloth.texels, 0, 1), 2)
    cloth.fill(edge - 0.011, 1)
    return cloth


GREEK_KEY = (
    "11111111",
    "10000000",
    "10111110",
    "10100010",
    "10101110",
    "10100000",
    "10111111",
    "00000000",
)


def greek_key() -> Print:
    """Meander that runs across, with lines above and below."""
    key = np.array([[int(k) for k in row] for row in GREEK_KEY], float)
    line = np.ones((1, 8))
    rows = np.concatenate(
        [line, line * 0, key, line, line * 0, line * 0, line * 0, line * 0, line * 0]
    )
    cloth = Print(256)
    picture = np.kron(np.concatenate([rows, rows * 0])[:16], np.ones((16, 16)))
    cloth.cover(np.concatenate([picture, picture], axis=1), 1)
    return cloth


def waves() -> Print:
    """Fish scales of rings, each row over the one above (seigaiha)."""
    cloth = Print()
    for row in range(9):
        for column in range(4):
            at = np.array([(column + 0.5 * (row % 2)) / 4, row / 8])
            for k, ring in enumerate((1.0, 0.88, 0.68, 0.56, 0.36, 0.24)):
                cloth.put(disc, at, 0.125 * 2 * 0.5 * ring * 1.0, GROUND if k % 2 else 1)
    return cloth


def polka() -> Print:
    """Small dots, every second row shifted."""
    cloth = Print(192)
    cloth.put_all(disc, np.array([[0.25, 0.25], [0.75, 0.75]]), 0.11, 1)
    return cloth


def dots() -> Print:
    """Dots of three inks and sizes, strewn."""
    cloth = Print()
    sizes = np.random.default_rng(20).uniform(0.022, 0.06, 200)
    for k, at in enumerate(scattered(21, 0.125)):
        cloth.put(disc, at, float(sizes[k]), 1 + k % 3)
    return cloth


def diamonds() -> Print:
    """Nested diamonds with feathered edges, as dyed warps give (ikat)."""
    cloth = Print(256)
    x, y = cloth.places()
    jag = 0.035 * (2 * np.abs((24 * x) % 1 - 0.5) - 0.5)
    reach = np.abs(2 * x - 1) + np.abs(2 * ((y + jag) % 1) - 1)
    for ink, limit in ((1, 0.95), (GROUND, 0.74), (2, 0.6), (GROUND, 0.38), (3, 0.26)):
        cloth.fill((reach - limit) / 2.2, ink)
    corner = 2 - reach
    cloth.fill((corner - 0.55) / 2.2, 2)
    cloth.fill((corner - 0.3) / 2.2, GROUND)
    cloth.fill((corner - 0.18) / 2.2, 1)
    return cloth


def rings() -> Print:
    """Wax print: rings about rings, rays between them."""
    cloth = Print()
    for at in np.array([[0.25, 0.25], [0.75, 0.75]]):
        for radius, ink in ((0.25, 1), (0.225, 2), (0.165, 1), (0.145, GROUND), (0.10, 3)):
            cloth.put(disc, at, radius, ink)
        cloth.put(disc, at, 0.05, 1)
        for turn in np.arange(24) * np.pi / 12:
            cloth.put(disc, at + 0.193 * np.array([np.cos(turn), np.sin(turn)]), 0.013, GROUND)
        for turn in np.arange(12) * np.pi / 6:
            cloth.put(disc, at + 0.12 * np.array([np.cos(turn), np.sin(turn)]), 0.012, 1)
    for at in np.array([[0.75, 0.25], [0.25, 0.75]]):
        for turn in np.arange(8) * np.pi / 4:
            for step in range(4):
                way = np.array([np.cos(turn), np.sin(turn)])
                cloth.put(
                    disc, at + (0.035 + 0.035 * step) * way, 0.009 + 0.004 * step, 1 + step % 3
                )
        cloth.put(disc, at, 0.03, 3)
    return cloth
