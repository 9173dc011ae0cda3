"""Shapes of about unit radius: signed distances of places (x, y), negative inside, y down.

A distance need be true near the outline only. Several are after I. Quilez,
"2D distance functions", https://iquilezles.org/articles/distfunctions2d/.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mask3d.arrays import FloatArray
from scripts.textures.pattern import Shape


def disc(x: FloatArray, y: FloatArray) -> FloatArray:
    """Circle of radius 1."""
    distance: FloatArray = np.hypot(x, y) - 1.0
    return distance


def ellipse(half_x: float, half_y: float, x0: float = 0.0, y0: float = 0.0) -> Shape:
    """Ellipse about (x0, y0)."""

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        scaled = np.hypot((x - x0) / half_x, (y - y0) / half_y)
        slope = np.hypot((x - x0) / half_x**2, (y - y0) / half_y**2) / np.maximum(scaled, 1e-9)
        return (scaled - 1) / np.maximum(slope, 1e-9)

    return distance


def box(half_x: float, half_y: float, x0: float = 0.0, y0: float = 0.0) -> Shape:
    """Rectangle about (x0, y0)."""

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        out_x, out_y = np.abs(x - x0) - half_x, np.abs(y - y0) - half_y
        outside = np.hypot(np.maximum(out_x, 0), np.maximum(out_y, 0))
        return outside + np.minimum(np.maximum(out_x, out_y), 0)

    return distance


def stroke(points: tuple[tuple[float, float], ...], half_width: float) -> Shape:
    """Line through points with round ends."""

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        nearest = np.full(np.broadcast(x, y).shape, np.inf)
        for (ax, ay), (bx, by) in pairwise(points):
            dx, dy = bx - ax, by - ay
            share = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
            nearest = np.minimum(nearest, np.hypot(x - ax - share * dx, y - ay - share * dy))
        return nearest - half_width

    return distance


def arc(radius: float, start_deg: float, end_deg: float, half_width: float) -> Shape:
    """Part of a circle with round ends, angles clockwise from the right."""
    middle, half = np.radians((start_deg + end_deg) / 2), np.radians((end_deg - start_deg) / 2)
    cos, sin = np.cos(middle), np.sin(middle)
    end_x, end_y = radius * np.cos(half), radius * np.sin(half)

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        along, across = cos * x + sin * y, np.abs(cos * y - sin * x)
        beyond = along * end_y < across * end_x if half < np.pi / 2 else np.zeros_like(along, bool)
        ring = np.abs(np.hypot(along, across) - radius)
        away: FloatArray = np.where(beyond, np.hypot(along - end_x, across - end_y), ring)
        return away - half_width

    return distance


def union(*shapes: Shape) -> Shape:
    """What is inside of any."""

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        nearest: FloatArray = np.min(np.broadcast_arrays(*(s(x, y) for s in shapes)), axis=0)
        return nearest

    return distance


def without(shape: Shape, hole: Shape) -> Shape:
    """What is inside of the shape and outside of the hole."""
    return lambda x, y: np.maximum(shape(x, y), -hole(x, y))


def moved(shape: Shape, x0: float, y0: float, size: float = 1.0, turn: float = 0.0) -> Shape:
    """The shape about (x0, y0), scaled, turned clockwise by radians."""
    cos, sin = np.cos(turn), np.sin(turn)

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        dx, dy = (x - x0) / size, (y - y0) / size
        return size * shape(cos * dx + sin * dy, cos * dy - sin * dx)

    return distance


def heart(x: FloatArray, y: FloatArray) -> FloatArray:
    """Heart, its tip down."""
    x, y = np.abs(x) * 0.62, 0.62 * (1.0 - y)
    upper = np.hypot(x - 0.25, y - 0.75) - np.sqrt(2) / 4
    fold = np.maximum(x + y, 0) / 2
    lower = np.sqrt(np.minimum(x**2 + (y - 1) ** 2, (x - fold) ** 2 + (y - fold) ** 2))
    distance: FloatArray = np.where(x + y > 1, upper, lower * np.sign(x - y)) / 0.62
    return distance


def star(points: int, inner: float = 0.4) -> Shape:
    """Star with its first point up; `inner` is the radius of its notches."""
    half = np.pi / points
    tip, notch = (0.0, -1.0), (inner * np.sin(half), -inner * np.cos(half))
    normal = np.array([tip[1] - notch[1], notch[0] - tip[0]])
    normal /= -np.hypot(*normal)

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        angle = np.arctan2(x, -y)
        folded = np.abs((angle + half) % (2 * half) - half)
        radius = np.hypot(x, y)
        along, up = radius * np.sin(folded), -radius * np.cos(folded)
        away: FloatArray = (along - tip[0]) * normal[0] + (up - tip[1]) * normal[1]
        return away

    return distance


def leaf(width: float) -> Shape:
    """Pointed leaf from (0, 0) up to (0, -1), of half `width` in its middle."""
    radius = (0.25 + width**2) / (2 * width)

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        away: FloatArray = np.hypot(np.abs(x) + radius - width, y + 0.5) - radius
        return away

    return distance


def petals(count: int, depth: float, round_: float = 1.0) -> Shape:
    """Flower whose outline goes in by `depth` between its petals."""

    def distance(x: FloatArray, y: FloatArray) -> FloatArray:
        wave = np.abs(np.cos(np.arctan2(x, -y) * count / 2)) ** round_
        away: FloatArray = (np.hypot(x, y) - (1 - depth * (1 - wave))) * 0.8
        return away

    return distance


def drop(x: FloatArray, y: FloatArray) -> FloatArray:
    """Drop: a disc of radius 0.6 about (0, 0.4) with a bent tip towards (0.35, -1)."""
    height = np.clip((0.4 - y) / 1.4, 0, 1)
    middle = 0.55 * height**2.2
    width = 0.6 * np.sqrt(np.clip(1 - height**1.6, 0, 1))
    upper = np.where(y > -1.0, np.abs(x - middle) - width, np.hypot(x - middle, y + 1.0))
    distance: FloatArray = np.where(y > 0.4, np.hypot(x, y - 0.4) - 0.6, 0.85 * upper)
    return distance
