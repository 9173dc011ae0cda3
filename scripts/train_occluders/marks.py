"""What is on a face and not before it: beards, paint, shadows, letters. All stays under a mask."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import Float32Array, FloatArray
from mask3d.occluders.region import CROP_PX
from scripts.train_occluders.shapes import FINE, Generator, random_colour, smooth_noise, unit
from scripts.train_occluders.wearer import JAW, Wearer

BEARD, MOUSTACHE, PAINT, SHADOW, HIGHLIGHT, LETTERS = 0.25, 0.2, 0.12, 0.3, 0.1, 0.05  # shares


def mark(rgb: Float32Array, wearer: Wearer, draw: Generator) -> Float32Array:
    """Face (96, 96, 3) 0..1 with some of it."""
    if draw.random() < BEARD:
        rgb = _grow(rgb, _beard_area(wearer, draw), wearer, draw)
    if draw.random() < MOUSTACHE:
        rgb = _grow(rgb, _moustache_area(wearer, draw), wearer, draw)
    if draw.random() < PAINT:
        rgb = _paint(rgb, wearer, draw)
    if draw.random() < SHADOW:
        rgb = rgb * _shadow(draw)[..., None]
    if draw.random() < HIGHLIGHT:
        rgb = rgb + draw.uniform(0.05, 0.35) * _blob(wearer, draw)[..., None]
    if draw.random() < LETTERS:
        rgb = _letters(rgb, draw)
    return np.clip(rgb, 0, 1).astype(np.float32)


def _grow(rgb: Float32Array, area: Float32Array, wearer: Wearer, draw: Generator) -> Float32Array:
    """Short hairs over `area` (96, 96), from stubble to a full beard."""
    density = draw.uniform(0.25, 1.0)
    hair = wearer.hair().reshape(-1, 3).mean(axis=0) / 255 * draw.uniform(0.4, 1.0)
    grain = draw.standard_normal((CROP_PX, CROP_PX)).astype(np.float32)
    down = float(np.degrees(np.arctan2(wearer.down[1], wearer.down[0])))
    length = int(draw.integers(1, 4))
    kernel = np.zeros((2 * length + 1,) * 2, np.float32)
    along = np.round(length * unit(np.radians(down + draw.normal(0, 20)))).astype(int)
    ends = (length - along).tolist(), (length + along).tolist()
    cv2.line(kernel, ends[0], ends[1], 1.0)
    hairs = cv2.filter2D(grain, -1, kernel / np.sqrt((kernel**2).sum()))
    cover = area * np.clip(density + draw.uniform(0.05, 0.25) * hairs, 0, 1)
    colour = hair * np.exp(draw.uniform(0.1, 0.3) * hairs)[..., None]
    return np.asarray(rgb + cover[..., None] * (colour - rgb), np.float32)


def _beard_area(wearer: Wearer, draw: Generator) -> Float32Array:
    """Below the line from the ears over the mouth to the chin and a little lower (96, 96)."""
    points = wearer.points / FINE
    jaw = points[JAW] + wearer.down * (wearer.size / FINE) * draw.uniform(-0.02, 0.12) * (
        1 - np.abs(np.linspace(-1, 1, 17))[:, None]
    )
    first = int(draw.integers(0, 5))
    upper = points[57] + draw.uniform(0.0, 0.8) * (points[33] - points[57])
    outline = np.concatenate([jaw[first : 17 - first], upper[None]])
    area = _filled(outline)
    lips = _filled(points[48:60])
    area = area * (1 - lips)
    return np.asarray(cv2.GaussianBlur(area, (0, 0), draw.uniform(0.8, 4.0)), np.float32)


def _moustache_area(wearer: Wearer, draw: Generator) -> Float32Array:
    points = wearer.points / FINE
    sides = points[[48, 54]] + draw.uniform(-0.1, 0.3) * (points[[48, 54]] - points[51])
    outline = np.array([sides[0], points[31], points[33], points[35], sides[1], points[51]])
    area = _filled(np.asarray(cv2.convexHull(outline.astype(np.float32))[:, 0], np.float64))
    return np.asarray(cv2.GaussianBlur(area, (0, 0), draw.uniform(0.7, 2.0)), np.float32)


def _paint(rgb: Float32Array, wearer: Wearer, draw: Generator) -> Float32Array:
    """Make-up: a colour that lets the shading through."""
    lips = draw.random() < 0.5
    area = _filled(wearer.points[48:60] / FINE) if lips else _blob(wearer, draw)
    area = cv2.GaussianBlur(area, (0, 0), 0.8) * draw.uniform(0.3, 0.9)
    luminance = rgb.mean(axis=2, keepdims=True)
    return np.asarray(
        rgb + area[..., None] * (2 * luminance * random_colour(draw) - rgb), np.float32
    )


def _shadow(draw: Generator) -> Float32Array:
    """Darkness (96, 96) with a hard or soft edge, straight or as under leaves."""
    x, y = np.meshgrid(np.linspace(-1, 1, CROP_PX), np.linspace(-1, 1, CROP_PX))
    across = unit(draw.uniform(0, 2 * np.pi))
    side = x * across[0] + y * across[1] + draw.uniform(-0.5, 0.5)
    noise = cv2.resize(smooth_noise(int(draw.integers(3, 9)), draw), (CROP_PX, CROP_PX))
    side = side + draw.choice([0.0, 0.1, 0.6]) * noise
    edge = 1 / (1 + np.exp(-side / draw.choice([0.01, 0.05, 0.2])))
    return np.asarray(1 - draw.uniform(0.3, 0.8) * edge, np.float32)


def _blob(wearer: Wearer, draw: Generator) -> Float32Array:
    """A soft spot (96, 96) on the face."""
    centre = wearer.points[draw.integers(0, 68)] / FINE
    size = wearer.size / FINE
    x, y = np.meshgrid(np.arange(CROP_PX), np.arange(CROP_PX))
    across = unit(draw.uniform(0, np.pi))
    along = (x - centre[0]) * across[0] + (y - centre[1]) * across[1]
    beside = (x - centre[0]) * across[1] - (y - centre[1]) * across[0]
    widths = size * draw.uniform(0.02, 0.2, 2)
    far = (along / widths[0]) ** 2 + (beside / widths[1]) ** 2
    return np.asarray(np.exp(-(far ** draw.choice([1.0, 3.0]))), np.float32)


def _letters(rgb: Float32Array, draw: Generator) -> Float32Array:
    """Words over the photo, as of its owner."""
    written = np.zeros((CROP_PX, CROP_PX), np.uint8)
    word = "".join(
        draw.choice(list("abcdefgmnorstuwABCDEFS.0123456789"), int(draw.integers(4, 14)))
    )
    place = (int(draw.integers(-20, 60)), int(draw.integers(15, CROP_PX)))
    cv2.putText(written, word, place, 0, draw.uniform(0.3, 0.8), (255,), 1, cv2.LINE_AA)
    cover = draw.uniform(0.2, 0.9) / 255 * written[..., None]
    return np.asarray(rgb + cover * (random_colour(draw) - rgb), np.float32)


def _filled(outline: FloatArray) -> Float32Array:
    area = np.zeros((CROP_PX, CROP_PX), np.float32)
    cv2.fillPoly(area, [np.round(outline * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    return area
