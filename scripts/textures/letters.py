"""A print of letters, drawn with strokes of our own."""

from __future__ import annotations

import numpy as np

from scripts.textures.pattern import Print, Shape
from scripts.textures.shapes import stroke, union

# Strokes on a grid of 4 x 6 with the origin at the top left.
STROKES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "A": (((0, 6), (2, 0), (4, 6)), ((0.8, 4), (3.2, 4))),
    "B": (
        ((0, 0), (0, 6), (2.8, 6), (4, 5), (4, 4), (2.8, 3), (0, 3)),
        ((0, 0), (2.6, 0), (3.6, 0.9), (3.6, 2.1), (2.8, 3)),
    ),
    "C": (((4, 1), (3, 0), (1, 0), (0, 1), (0, 5), (1, 6), (3, 6), (4, 5)),),
    "E": (((4, 0), (0, 0), (0, 6), (4, 6)), ((0, 3), (3, 3))),
    "H": (((0, 0), (0, 6)), ((4, 0), (4, 6)), ((0, 3), (4, 3))),
    "K": (((0, 0), (0, 6)), ((4, 0), (0, 3.6)), ((1.4, 2.4), (4, 6))),
    "M": (((0, 6), (0, 0), (2, 3.4), (4, 0), (4, 6)),),
    "N": (((0, 6), (0, 0), (4, 6), (4, 0)),),
    "O": (((1, 0), (3, 0), (4, 1), (4, 5), (3, 6), (1, 6), (0, 5), (0, 1), (1, 0)),),
    "R": (((0, 6), (0, 0), (3, 0), (4, 1), (4, 2), (3, 3), (0, 3)), ((2, 3), (4, 6))),
    "S": (
        ((4, 1), (3, 0), (1, 0), (0, 1), (0, 2), (1, 3)),
        ((1, 3), (3, 3), (4, 4), (4, 5), (3, 6), (1, 6), (0, 5)),
    ),
    "X": (((0, 0), (4, 6)), ((4, 0), (0, 6))),
    "Z": (((0, 0), (4, 0), (0, 6), (4, 6)),),
    "3": (
        ((0, 1), (1, 0), (3, 0), (4, 1), (4, 2), (3, 3), (1.4, 3)),
        ((3, 3), (4, 4), (4, 5), (3, 6), (1, 6), (0, 5)),
    ),
}
ROWS = 6


def letter(name: str, half_width: float) -> Shape:
    """A letter of half height 1."""
    lines = [tuple(((x - 2) / 3, (y - 3) / 3) for x, y in points) for points in STROKES[name]]
    return union(*(stroke(line, half_width) for line in lines))


def letters() -> Print:
    """Letters in three inks and several weights, turned a little, row by row."""
    cloth = Print()
    rng = np.random.default_rng(700)
    names = list(STROKES)
    for row in range(ROWS):
        for column in range(ROWS):
            at = np.array([column + 0.5 * (row % 2), row + 0.5]) / ROWS
            at += rng.uniform(-0.012, 0.012, 2)
            name = names[(5 * row + 3 * column + row * column) % len(names)]
            shape = letter(name, float(rng.choice([0.10, 0.17, 0.24])))
            turn = float(rng.uniform(-0.35, 0.35))
            cloth.put(shape, at, 0.056, 1 + (column + 2 * row) % 3, turn)
    return cloth
