"""Patterns without outlines of their own: coats of animals, camouflage, dye that ran."""

from __future__ import annotations

import numpy as np

from scripts.textures.pattern import GROUND, TEXELS, Print
from scripts.textures.torus import cells, noise, scattered, warped


def camouflage() -> Print:
    """Woodland camouflage: blotches of three inks over the ground."""
    cloth = Print()
    for ink, seed, share in ((1, 600, 0.33), (2, 601, 0.26), (3, 602, 0.15)):
        blotch = noise(seed, TEXELS, (15.0, 24.0)) + 0.30 * noise(seed + 5, TEXELS, 5.0)
        level = np.quantile(blotch, 1 - share)
        cloth.cover(np.clip(0.5 + 9.0 * (blotch - level), 0, 1), ink)
    return cloth


def leopard() -> Print:
    """Rosettes: broken dark rings about a darker ground, small spots between."""
    cloth = Print()
    middles = scattered(610, 0.105)
    away, which = cells(middles, TEXELS, 1)
    size = np.random.default_rng(611).uniform(0.034, 0.050, len(middles))[which[..., 0]]
    wobble = 1 + 0.20 * noise(612, TEXELS, 6.0)
    radius = away[..., 0] / (size * wobble)
    inside = np.clip(0.5 + 8 * (1.0 - radius), 0, 1)
    broken = noise(613, TEXELS, 7.5) + 1.0
    ring = np.clip(0.5 + 5 * (0.30 - np.abs(radius - 0.98)), 0, 1)
    cloth.cover(inside, 2)
    cloth.cover(ring * np.clip(0.5 + 4 * broken, 0, 1), 1)
    return cloth


def zebra() -> Print:
    """Stripes that wander, taper and fork."""
    cloth = Print()
    x, _ = cloth.places()
    bent = 0.055 * noise(620, TEXELS, 42.0) + 0.010 * noise(621, TEXELS, 10.0)
    wave = np.sin(2 * np.pi * 7 * (x + bent)) + 0.55 * noise(622, TEXELS, (34.0, 12.0))
    cloth.cover(np.clip(0.5 + 4.0 * wave, 0, 1), 1)
    return cloth


def tie_dye() -> Print:
    """Spirals of three dyes that ran into each other, pale where the folds kept them out."""
    cloth = Print()
    x, y = cloth.places()
    wave_x, wave_y = np.sin(2 * np.pi * x), np.sin(2 * np.pi * y)
    radius = np.cos(2 * np.pi * x) * np.cos(2 * np.pi * y)
    soak = 0.045 * noise(630, TEXELS, 12.0) + 0.02 * noise(631, TEXELS, 3.0)
    turns = np.arctan2(wave_y, wave_x) / (2 * np.pi) + 0.9 * radius + soak
    arms = [np.clip(0.4 + np.cos(2 * np.pi * (turns - shift / 3)), 0, None) for shift in range(3)]
    cloth.shares = np.stack(arms, axis=2) ** 1.5
    cloth.shares /= cloth.shares.sum(axis=2, keepdims=True)
    streaks = noise(633, TEXELS, 2.5) + 1.2 * np.cos(2 * np.pi * 7 * turns)
    cloth.cover(np.clip(0.6 * (streaks - 1.0), 0, 0.85), GROUND)
    return cloth


def marble() -> Print:
    """Inks drawn through each other on water."""
    cloth = Print()
    _, y = cloth.places()
    right, down = (40 * noise(seed, TEXELS, 48.0) for seed in (640, 641))
    flow = warped(0.5 + 0.5 * np.sin(2 * np.pi * 3 * y), right, down)
    vein = 0.06 * noise(642, TEXELS, 6.0)
    for ink, low, high in ((1, 0.06, 0.36), (2, 0.58, 0.72), (3, 0.86, 0.93)):
        edge = np.minimum(flow + vein - low, high - flow - vein)
        cloth.cover(np.clip(0.5 + 18 * edge, 0, 1), ink)
    return cloth


def terrazzo() -> Print:
    """Chips of stone in three inks."""
    cloth = Print()
    away, which = cells(scattered(650, 0.062), TEXELS)
    rng = np.random.default_rng(651)
    ink_of = rng.choice([0, 0, 1, 2, 3], which.max() + 1)
    gap = rng.uniform(0.008, 0.028, which.max() + 1)[which[..., 0]]
    chip = np.clip(0.5 + TEXELS * (away[..., 1] - away[..., 0] - gap) / 2, 0, 1)
    for ink in (1, 2, 3):
        cloth.cover(chip * (ink_of[which[..., 0]] == ink), ink)
    return cloth


def acid_wash() -> Print:
    """Bleach that took the dye away in clouds."""
    cloth = Print()
    cloud = noise(660, TEXELS, 20.0) + 0.8 * noise(661, TEXELS, 8.0) + 0.5 * noise(662, TEXELS, 3.0)
    cloth.cover(np.clip(0.45 + 0.33 * cloud, 0, 1), 1)
    return cloth
