"""Patterns of small pictures strewn over the ground."""

from __future__ import annotations

import numpy as np

from scripts.textures.pattern import GROUND, Print
from scripts.textures.shapes import (
    arc,
    box,
    disc,
    drop,
    ellipse,
    heart,
    leaf,
    moved,
    petals,
    star,
    stroke,
    union,
    without,
)
from scripts.textures.torus import scattered


def hearts() -> Print:
    """Hearts, leaning to either side."""
    cloth = Print()
    rng = np.random.default_rng(30)
    for k, at in enumerate(scattered(31, 0.175)):
        size = float(rng.uniform(0.045, 0.075))
        cloth.put(heart, at, size, 1 + k % 2, float(rng.uniform(-0.4, 0.4)))
    return cloth


def stars() -> Print:
    """Five-pointed stars in three sizes."""
    cloth = Print()
    rng = np.random.default_rng(40)
    for k, at in enumerate(scattered(41, 0.15)):
        size = (0.075, 0.05, 0.03)[k % 3]
        cloth.put(star(5, 0.42), at, size, 1 + k % 2, float(rng.uniform(0, 1.2)))
    return cloth


def snowflakes() -> Print:
    """Six-armed crystals and small flakes."""
    cloth = Print()
    arms = []
    for turn in np.arange(6) * np.pi / 3:
        tip = np.array([np.cos(turn), np.sin(turn)])
        arms.append(((0.0, 0.0), (float(tip[0]), float(tip[1]))))
        for side in (-0.9, 0.9):
            way = np.array([np.cos(turn + side), np.sin(turn + side)])
            for reach, length in ((0.45, 0.36), (0.72, 0.24)):
                start, end = reach * tip, reach * tip + length * way
                arms.append(((float(start[0]), float(start[1])), (float(end[0]), float(end[1]))))
    flake = union(*(stroke(arm, 0.055) for arm in arms))
    for k, at in enumerate(scattered(43, 0.21)):
        cloth.put(flake, at, (0.095, 0.065)[k % 2], 1, 0.4 * k)
    for at in scattered(44, 0.12):
        cloth.put(disc, at, 0.007, 1)
    return cloth


def skulls() -> Print:
    """Skulls with their teeth."""
    cloth = Print()
    head = union(ellipse(0.82, 0.72, 0.0, -0.25), box(0.42, 0.4, 0.0, 0.45))
    eyes = union(ellipse(0.24, 0.26, 0.34, -0.12), ellipse(0.24, 0.26, -0.34, -0.12))
    nose = moved(heart, 0.0, 0.30, 0.17, np.pi)
    teeth = union(*(stroke(((x, 0.62), (x, 0.9)), 0.035) for x in (-0.22, 0.0, 0.22)))
    for k, at in enumerate(_staggered(4)):
        turn = (-0.18, 0.12, 0.2, -0.08)[k % 4]
        cloth.put(head, at, 0.085, 1, turn)
        cloth.put(union(eyes, nose, teeth), at, 0.085, GROUND, turn)
    return cloth


def paws() -> Print:
    """Prints of cats' paws."""
    cloth = Print()
    toes = [moved(ellipse(0.2, 0.28), x, y) for x, y in ((-0.7, -0.2), (-0.26, -0.62))]
    toes += [moved(ellipse(0.2, 0.28), x, y) for x, y in ((0.26, -0.62), (0.7, -0.2))]
    pad = union(ellipse(0.46, 0.36, 0.0, 0.4), *toes)
    rng = np.random.default_rng(50)
    for k, at in enumerate(scattered(51, 0.19)):
        cloth.put(pad, at, 0.07, 1 + k % 2, float(rng.uniform(-0.8, 0.8)))
    return cloth


def _staggered(count: int) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Places of a lattice whose every second row is shifted, `count` rows of half as many."""
    return [
        np.array([(column + 0.25 + 0.5 * (row % 2)) / (count / 2), (row + 0.5) / count])
        for row in range(count)
        for column in range(count // 2)
    ]


def _strawberry(cloth: Print, at: object, size: float, turn: float) -> None:
    place = np.asarray(at)
    cloth.put(moved(drop, 0.0, 0.0, 1.0, np.pi), place, size, 1, turn)
    seeds = [(-0.25, -0.35), (0.2, -0.4), (0.0, -0.1), (-0.3, 0.05), (0.3, 0.0), (0.0, 0.3)]
    cloth.put(union(*(ellipse(0.05, 0.085, x, y) for x, y in seeds)), place, size, 3, turn)
    crown = union(*(moved(leaf(0.14), 0.0, -0.85, 0.5, a) for a in (-1.9, -1.1, 0.0, 1.1, 1.9)))
    cloth.put(crown, place, size, 2, turn)


def _cherries(cloth: Print, at: object, size: float, turn: float) -> None:
    place = np.asarray(at)
    stems = union(
        stroke(((-0.45, 0.4), (-0.2, -0.3), (0.2, -0.9)), 0.05),
        stroke(((0.5, 0.55), (0.4, -0.2), (0.2, -0.9)), 0.05),
    )
    cloth.put(union(stems, moved(leaf(0.2), 0.2, -0.85, 0.8, 1.9)), place, size, 2, turn, reach=1.5)
    cloth.put(
        union(ellipse(0.4, 0.4, -0.45, 0.5), ellipse(0.4, 0.4, 0.5, 0.7)), place, size, 1, turn
    )
    shine = union(ellipse(0.09, 0.12, -0.58, 0.36), ellipse(0.09, 0.12, 0.37, 0.56))
    cloth.put(shine, place, size, GROUND, turn, 0.7)


def _lemon(cloth: Print, at: object, size: float, turn: float) -> None:
    place = np.asarray(at)
    body = union(ellipse(0.8, 0.58), ellipse(0.2, 0.16, 0.8, 0.0), ellipse(0.14, 0.12, -0.82, 0.0))
    sprig = union(*(moved(leaf(0.2), -0.8, 0.0, 0.9, a) for a in (-0.2, -1.1)))
    cloth.put(sprig, place, size, 2, turn, reach=1.8)
    cloth.put(body, place, size, 3, turn)
    cloth.put(arc(0.42, 200, 250, 0.04), place, size, GROUND, turn, 0.6)


def fruits() -> Print:
    """Strawberries, cherries and lemons."""
    cloth = Print()
    rng = np.random.default_rng(60)
    draw = (_strawberry, _cherries, _lemon)
    for k, at in enumerate(scattered(61, 0.24)):
        draw[k % 3](cloth, at, 0.082, float(rng.uniform(-0.6, 0.6)))
    return cloth


def lemons() -> Print:
    """Lemons with leaves, whole and cut."""
    cloth = Print()
    rng = np.random.default_rng(70)
    wedge = union(
        *(stroke(((0.0, 0.0), (np.cos(a), np.sin(a))), 0.05) for a in np.arange(8) * np.pi / 4)
    )
    for k, at in enumerate(scattered(71, 0.25)):
        turn = float(rng.uniform(0, 6.28))
        if k % 3 < 2:
            _lemon(cloth, at, 0.10, turn)
        else:
            for radius, ink in ((0.085, 3), (0.074, GROUND), (0.066, 1)):
                cloth.put(disc, at, radius, ink, turn)
            cloth.put(without(wedge, lambda x, y: 1 - np.hypot(x, y)), at, 0.066, GROUND, turn)
    return cloth


def paisley() -> Print:
    """Bent drops with dotted borders and a flower inside, small sprigs between."""
    cloth = Print()
    for k, at in enumerate(_staggered(4)):
        flip = np.pi * (k // 2 % 2) + 0.35
        for size, ink in ((0.155, 1), (0.137, GROUND), (0.122, 2), (0.088, GROUND), (0.074, 1)):
            cloth.put(drop, at, size, ink, flip)
        centre = at + 0.03 * np.array([-np.sin(flip), np.cos(flip)])
        cloth.put(petals(6, 0.5), centre, 0.036, 3, flip)
        cloth.put(disc, centre, 0.011, GROUND, flip)
        for a in np.linspace(0.0, np.pi, 9):
            rim = np.array([np.cos(a), np.sin(a)]) * 0.105 + [0.0, 0.0]
            turned = [
                np.cos(flip) * rim[0] - np.sin(flip) * (rim[1] + 0.05),
                np.sin(flip) * rim[0] + np.cos(flip) * (rim[1] + 0.05),
            ]
            cloth.put(disc, at + turned, 0.0085, 3)
    for at in _staggered(4):
        beside = at + np.array([0.25, 0.0])
        for a in np.arange(5) * 2 * np.pi / 5:
            cloth.put(leaf(0.22), beside, 0.055, 2, float(a))
        cloth.put(disc, beside, 0.014, 3)
    return cloth
