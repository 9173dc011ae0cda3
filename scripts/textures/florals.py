"""Flower prints."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from scripts.textures.pattern import GROUND, Print, Shape
from scripts.textures.shapes import arc, disc, ellipse, leaf, moved, petals, stroke, union
from scripts.textures.torus import scattered

SIXTH = np.pi / 3
VEIN = stroke(((0.0, -0.08), (0.0, -0.85)), 0.02)


def _offset(at: FloatArray, turn: float, reach: float) -> FloatArray:
    """The place that lies `reach` from `at` towards `turn`, radians clockwise from up."""
    return at + reach * np.array([np.sin(turn), -np.cos(turn)])


def _leaves(
    cloth: Print, at: FloatArray, size: float, turns: FloatArray, ink: int, width: float = 0.24
) -> None:
    for turn in turns:
        cloth.put(leaf(width), at, size, ink, float(turn))
        cloth.put(VEIN, at, size, GROUND, float(turn), 0.55)


def _ring_of_petals(width: float, count: int, inner: float) -> Shape:
    """Separate long petals about the middle."""
    blade = ellipse(width, (1 - inner) / 2, 0.0, -(1 + inner) / 2)
    return union(*(moved(blade, 0.0, 0.0, 1.0, k * 2 * np.pi / count) for k in range(count)))


def _rose(cloth: Print, at: FloatArray, size: float, turn: float) -> None:
    """Petals that wind about each other, each with a light rim."""
    cloth.put(petals(5, 0.16), at, size, 1, turn)
    for k, radius in enumerate((0.92, 0.74, 0.57, 0.41, 0.26)):
        for j in range(3):
            start = np.degrees(turn) + 50 * k + 120 * j
            rim = arc(radius, start, start + 95, 0.035 + 0.012 * (k < 2))
            cloth.put(rim, at, size, GROUND, 0.0, 0.75)
            shade = arc(radius - 0.085, start + 5, start + 80, 0.045)
            cloth.put(shade, at, size, 3, 0.0, 0.45)
    cloth.put(disc, at, 0.13 * size, 3, 0.0, 0.8)


def florals_roses() -> Print:
    """Full roses with leaves, and buds between."""
    cloth = Print(512)
    rng = np.random.default_rng(80)
    for k, at in enumerate(scattered(83, 0.235)):
        turn = float(rng.uniform(0, 2 * np.pi))
        size = float(rng.uniform(0.085, 0.105)) if k % 3 else 0.062
        _leaves(cloth, at, 1.85 * size, turn + np.array([0.3, 2.3, 3.1, 4.6]), 2, 0.26)
        _rose(cloth, at, size, turn)
    return cloth


def florals_daisies() -> Print:
    """Daisies: thin petals about a yellow heart."""
    cloth = Print(512)
    rng = np.random.default_rng(90)
    bloom = _ring_of_petals(0.145, 13, 0.2)
    for k, at in enumerate(scattered(92, 0.165)):
        turn = float(rng.uniform(0, 2 * np.pi))
        size = (0.085, 0.068, 0.055)[k % 3]
        if k % 2:
            _leaves(cloth, at, 1.7 * size, turn + np.array([0.4, 2.9]), 3, 0.2)
        cloth.put(bloom, at, size, 1, turn)
        cloth.put(disc, at, 0.30 * size, 2)
        for speck in np.arange(7) * 0.9:
            cloth.put(disc, _offset(at, float(speck), 0.18 * size), 0.04 * size, GROUND, 0.0, 0.5)
    return cloth


def florals_leaves() -> Print:
    """Bent twigs with pairs of leaves, and berries."""
    cloth = Print(512)
    rng = np.random.default_rng(100)
    for k, at in enumerate(scattered(102, 0.21)):
        heading, bend = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(-0.5, 0.5))
        place = _offset(at, heading + np.pi, 0.09)
        for step in range(6):
            nxt = _offset(place, heading, 0.032)
            cloth.put(ellipse(0.12, 0.62), (place + nxt) / 2, 0.032, 1 + k % 2, heading)
            size = 0.078 - 0.008 * step
            _leaves(cloth, nxt, size, heading + np.array([-0.95, 0.95]), 1 + k % 2, 0.2)
            place, heading = nxt, heading + bend / 5
        _leaves(cloth, place, 0.05, np.array([heading]), 1 + k % 2, 0.2)
    for at in scattered(103, 0.13):
        if cloth.shares[int(at[1] * 512), int(at[0] * 512)].sum() < 0.1:
            cloth.put(disc, at, 0.014, 3)
    return cloth


def florals_small() -> Print:
    """Many small flowers, closely strewn, with leaves and dots (liberty)."""
    cloth = Print(512)
    rng = np.random.default_rng(110)
    middles = scattered(111, 0.088)
    for at in middles:
        turn = float(rng.uniform(0, 2 * np.pi))
        _leaves(cloth, at, 0.060, turn + np.array([0.0, 2.5]), 3, 0.20)
    for k, at in enumerate(middles):
        turn, size = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.032, 0.045))
        ink = 1 + (k % 5 in (1, 3))
        cloth.put(petals(5, 0.42, 0.8), at, size, ink, turn)
        for k_petal in range(5):
            way = turn + k_petal * 2 * np.pi / 5
            cloth.put(ellipse(0.05, 0.2), _offset(at, way, 0.45 * size), size, GROUND, way, 0.45)
        cloth.put(disc, at, 0.25 * size, GROUND)
        cloth.put(disc, at, 0.15 * size, 3 - ink)
    for at in scattered(112, 0.05):
        if cloth.shares[int(at[1] * 512), int(at[0] * 512)].sum() < 0.05:
            cloth.put(disc, at, 0.006, 2)
    return cloth


def florals_blossom() -> Print:
    """Cherry blossom: notched petals, long stamens, single petals adrift."""
    cloth = Print(512)
    rng = np.random.default_rng(120)
    petal = union(
        moved(ellipse(0.34, 0.42), 0.11, -0.55, 1.0, 0.25),
        moved(ellipse(0.34, 0.42), -0.11, -0.55, 1.0, -0.25),
    )
    bloom = union(*(moved(petal, 0.0, 0.0, 1.0, k * 2 * np.pi / 5) for k in range(5)))
    for k, at in enumerate(scattered(122, 0.19)):
        turn, size = float(rng.uniform(0, 2 * np.pi)), (0.085, 0.07, 0.055)[k % 3]
        cloth.put(bloom, at, size, 1, turn)
        cloth.put(petals(5, 0.5), at, 0.45 * size, 2, turn, 0.6)
        for stamen in turn + np.arange(10) * np.pi / 5:
            reach = (0.52 if round(stamen * 5 / np.pi) % 2 else 0.4) * size
            cloth.put(
                ellipse(0.025, reach / size / 2), _offset(at, stamen, reach / 2), size, 3, stamen
            )
            cloth.put(disc, _offset(at, stamen, reach), 0.055 * size, 3)
    for at in scattered(123, 0.10):
        if cloth.shares[int(at[1] * 512), int(at[0] * 512)].sum() < 0.05:
            cloth.put(petal, at, 0.032, 1, float(rng.uniform(0, 6.28)), 0.8)
    return cloth


def florals_tropical() -> Print:
    """Monstera and palm leaves with hibiscus."""
    cloth = Print(512)
    rng = np.random.default_rng(130)
    middles = scattered(132, 0.24)
    for k, at in enumerate(middles):
        turn = float(rng.uniform(0, 2 * np.pi))
        for side in np.linspace(-1.25, 1.25, 9):
            reach = 0.21 * (1 - 0.25 * abs(side))
            cloth.put(leaf(0.11), at, reach, 1 + k % 2, turn + float(side))
            cloth.put(VEIN, at, reach, GROUND, turn + float(side), 0.4)
    for k, at in enumerate(middles):
        if k % 2:
            turn = float(rng.uniform(0, 2 * np.pi))
            cloth.put(petals(5, 0.4, 0.7), at, 0.095, 3, turn)
            for k_petal in range(5):
                way = turn + k_petal * 2 * np.pi / 5
                cloth.put(ellipse(0.035, 0.3), _offset(at, way, 0.045), 0.095, GROUND, way, 0.5)
            cloth.put(stroke(((0.0, 0.0), (0.1, -0.75)), 0.05), at, 0.095, GROUND, turn + 0.6, 0.9)
    return cloth
