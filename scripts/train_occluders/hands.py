"""Hands and arms before a face, made of capsules."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray
from scripts.train_occluders.shapes import (
    SIDE_PX,
    Generator,
    Relief,
    Thing,
    from_picture,
    plain,
    random_colour,
    shaded,
    smooth_noise,
    unit,
)
from scripts.train_occluders.wearer import Lent, Wearer

FINGER, PALM, ARM = 0.055, 0.22, 0.17  # radius, half width, radius over the size of the face
LENGTHS = (0.40, 0.46, 0.43, 0.34)  # of the fingers
BONES = (0.5, 0.3, 0.2)  # of a finger


def draw_hand(wearer: Wearer, lent: Lent, draw: Generator) -> Thing:
    """A hand that reaches over the face from outside of it, with an arm or a sleeve."""
    size = wearer.size * draw.uniform(0.9, 1.45)
    target = _target(wearer, draw)
    pointing = _pointing(wearer, target, draw)
    curl = draw.uniform(0.35, 1.0)
    knuckles = target - unit(pointing) * size * LENGTHS[1] * curl * draw.uniform(0.1, 1.0)
    relief = Relief()
    nails: list[tuple[FloatArray, float, float]] = []
    side = np.array([-unit(pointing)[1], unit(pointing)[0]])
    spread = max(draw.uniform(-0.12, 0.22), 0.0)
    bend = draw.normal(0, 0.35)
    for finger, length in enumerate(LENGTHS):
        if draw.random() < 0.07:
            continue
        offset = (finger - 1.5) * (2 * FINGER + 0.003)
        base = knuckles + side * offset * size
        angle = pointing + (finger - 1.5) * spread + 0.06 * draw.standard_normal()
        own_curl = np.clip(curl + 0.12 * draw.standard_normal(), 0.25, 1.0)
        radius = FINGER * size * draw.uniform(0.9, 1.1)
        nails.append(_add_finger(relief, base, angle, length * size * own_curl, radius, bend))
    wrist = knuckles - unit(pointing) * 0.55 * size
    _add_palm(relief, knuckles, wrist, side, size)
    thumb = pointing + draw.choice([-1, 1]) * draw.uniform(0.3, 1.1)
    root = (knuckles + wrist) / 2 + unit(thumb) * 0.1 * size
    nails.append(_add_finger(relief, root, thumb, 0.36 * size, 1.15 * FINGER * size, bend))
    elbow = wrist - unit(pointing + draw.normal(0, 0.4)) * 2 * size
    hand = relief.cover
    relief.add_capsule(wrist, elbow, (0.13 * size, ARM * size))
    rgb = _skin_colours(lent.skin, draw)
    if draw.random() < 0.35:
        _paint_nails(rgb, nails, draw)
    if draw.random() < 0.4:  # a sleeve from the wrist on
        sleeve = (relief.cover > 0) & (hand == 0)
        rgb[sleeve] = random_colour(draw)
    return Thing(_lit(rgb, relief, wearer, draw), relief.cover)


def draw_arm(wearer: Wearer, lent: Lent, draw: Generator) -> Thing:
    """A bare or sleeved arm across the face."""
    size, relief = wearer.size, Relief()
    target = _target(wearer, draw)
    angle = draw.uniform(0, np.pi)
    radius = size * draw.uniform(0.1, 0.25)
    reach = 3 * size * unit(angle)
    start = target - reach if draw.random() < 0.6 else target
    relief.add_capsule(start, target + reach, (radius, radius * draw.uniform(0.8, 1.3)))
    rgb = _skin_colours(lent.skin, draw) if draw.random() < 0.6 else plain(random_colour(draw))
    return Thing(_lit(rgb, relief, wearer, draw), relief.cover)


def _target(wearer: Wearer, draw: Generator) -> FloatArray:
    """A point (2,) of the lower face or its border."""
    if draw.random() < 0.5:
        along = draw.dirichlet(np.ones(17) * 0.3)
        point = along @ wearer.points[0:17]
    else:
        point = wearer.points[draw.integers(27, 68)]
    target: FloatArray = point + 0.08 * wearer.size * draw.standard_normal(2)
    return target


def _pointing(wearer: Wearer, target: FloatArray, draw: Generator) -> float:
    """Angle of the fingers: inward from outside of the face, and from below more than above."""
    inward = wearer.points.mean(axis=0) - target - 0.25 * wearer.size * wearer.down
    return float(np.arctan2(inward[1], inward[0]) + draw.normal(0, 0.8))


def _add_finger(
    relief: Relief, base: FloatArray, angle: float, length: float, radius: float, bend: float
) -> tuple[FloatArray, float, float]:
    """Three bones, each turned by a third of `bend`; return the tip, its direction and radius."""
    for bone, share in enumerate(BONES):
        end = base + unit(angle) * length * share
        thin = radius * (1 - 0.1 * bone)
        relief.add_capsule(base, end, (thin, 0.92 * thin), lift=3 * radius)
        base, angle = end, angle + bend / 3
    return base, angle, radius


def _add_palm(
    relief: Relief, knuckles: FloatArray, wrist: FloatArray, side: FloatArray, size: float
) -> None:
    for offset in (-0.13, -0.045, 0.045, 0.13):
        start, end = knuckles + side * offset * size, wrist + side * 0.5 * offset * size
        relief.add_capsule(start, end, (0.085 * size, 0.1 * size), lift=0.15 * size)


def _paint_nails(
    rgb: Float32Array, nails: list[tuple[FloatArray, float, float]], draw: Generator
) -> None:
    bright = rgb.mean(axis=(0, 1)) * draw.uniform(1.0, 1.3)
    colour = random_colour(draw) if draw.random() < 0.4 else np.clip(bright, 0, 1)
    for tip, angle, radius in nails:
        axes = (max(int(0.7 * radius), 1), max(int(0.5 * radius), 1))
        centre = (int(tip[0]), int(tip[1]))
        cv2.ellipse(rgb, centre, axes, np.degrees(angle), 0, 360, colour.tolist(), -1)


def _skin_colours(skin: ByteArray, draw: Generator) -> Float32Array:
    """Skin (S, S, 3) of about the patch's tone."""
    texture = from_picture(skin, draw)
    middle = texture.mean(axis=(0, 1))
    rough = 0.03 * smooth_noise(int(draw.integers(6, 40)), draw)[..., None]
    tone = np.exp(0.12 * draw.standard_normal() + 0.03 * draw.standard_normal(3))
    rgb = (middle + draw.uniform(0.3, 1.0) * (texture - middle)) * (1 + rough) * tone
    return np.asarray(np.clip(rgb, 0, 1), np.float32)


def _lit(rgb: Float32Array, relief: Relief, wearer: Wearer, draw: Generator) -> Float32Array:
    """The body in the face's light, as bright as the face on the whole."""
    brightness = shaded(relief.height, wearer.light(draw), draw.uniform(0.3, 0.75))
    covered = relief.height > 0
    if not covered.any():
        return rgb
    brightness *= draw.uniform(0.85, 1.1) / float(brightness[covered].mean())
    lit = rgb * brightness.reshape(SIDE_PX, SIDE_PX, 1)
    return np.asarray(np.clip(lit, 0, 1), np.float32)
