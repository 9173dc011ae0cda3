"""Lines that straps follow: taut over what is in the way, slack where nothing pulls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from mask3d.arrays import FloatArray
from mask3d.contact import ContactMap, skin_distance
from mask3d.jit import kernel

SPAN_POINTS = 24  # of a free span
STRAIGHT_MM2 = 1e-6  # a smaller turn is the rounding of two points in the same place
TAUT_PASSES = 3  # the direction that lifts a line off the skin turns a little as it rises


def length_mm(line_mm: FloatArray) -> float:
    """Length of a polyline (P, 3)."""
    return float(np.linalg.norm(np.diff(line_mm, axis=0), axis=1).sum())


def along_mm(line_mm: FloatArray) -> FloatArray:
    """Way (P,) from the start of a polyline (P, 3) to each of its points."""
    steps_mm = np.linalg.norm(np.diff(line_mm, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps_mm)])


@kernel
def resampled(line_mm: FloatArray, count: int) -> FloatArray:
    """`count` points at equal steps along a polyline (P, 3)."""
    way_mm = np.zeros(len(line_mm))
    for p in range(1, len(line_mm)):
        way_mm[p] = way_mm[p - 1] + np.sqrt(((line_mm[p] - line_mm[p - 1]) ** 2).sum())
    even_mm, p = np.zeros((count, 3)), 0
    for i in range(count):
        at_mm = way_mm[-1] * i / (count - 1)
        while p < len(line_mm) - 2 and way_mm[p + 1] < at_mm:
            p += 1
        step_mm = max(way_mm[p + 1] - way_mm[p], 1e-12)
        share = min((at_mm - way_mm[p]) / step_mm, 1.0)
        for k in range(3):
            even_mm[i, k] = (1.0 - share) * line_mm[p, k] + share * line_mm[p + 1, k]
    return even_mm


def rounded(line_mm: FloatArray, radius_mm: float) -> FloatArray:
    """Polyline (P, 3) of equal steps with its corners smoothed, its ends kept."""
    sigma = radius_mm * (len(line_mm) - 1) / length_mm(line_mm)
    beyond = min(len(line_mm) - 1, int(4 * sigma) + 1)
    longer_mm = np.pad(line_mm, ((beyond, beyond), (0, 0)), "reflect", reflect_type="odd")
    smooth_mm: FloatArray = gaussian_filter1d(longer_mm, sigma, axis=0)[beyond:-beyond]
    return smooth_mm


@kernel
def evened(lift_mm: FloatArray, reach: int) -> FloatArray:
    """A lift (P,) spread over `reach` points either way, nowhere less than it was."""
    count = len(lift_mm)
    high_mm, even_mm = np.zeros(count), np.zeros(count)
    for p in range(count):
        high_mm[p] = lift_mm[max(p - reach, 0) : p + reach + 1].max()
    for p in range(count):
        for q in range(p - reach, p + reach + 1):
            even_mm[p] += high_mm[min(max(q, 0), count - 1)] / (2 * reach + 1)
    return even_mm


@kernel
def tangents(line_mm: FloatArray) -> FloatArray:
    """Unit directions (P, 3) along a polyline."""
    unit, last = np.zeros(line_mm.shape), len(line_mm) - 1
    for p in range(len(line_mm)):
        before, after = max(p - 1, 0), min(p + 1, last)
        x = line_mm[after, 0] - line_mm[before, 0]
        y = line_mm[after, 1] - line_mm[before, 1]
        z = line_mm[after, 2] - line_mm[before, 2]
        length = np.sqrt(x * x + y * y + z * z) + 1e-12
        unit[p, 0], unit[p, 1], unit[p, 2] = x / length, y / length, z / length
    return unit


def perpendicular(a: FloatArray, b: FloatArray) -> FloatArray:
    """Vector product (..., 3) of vectors (..., 3) with one (3,)."""
    product: FloatArray = _crossed(np.atleast_2d(a), b).reshape(a.shape)
    return product


@kernel
def _crossed(a: FloatArray, b: FloatArray) -> FloatArray:
    product = np.zeros(a.shape)
    for p in range(len(a)):
        product[p, 0] = a[p, 1] * b[2] - a[p, 2] * b[1]
        product[p, 1] = a[p, 2] * b[0] - a[p, 0] * b[2]
        product[p, 2] = a[p, 0] * b[1] - a[p, 1] * b[0]
    return product


def taut_span(
    start_mm: FloatArray, end_mm: FloatArray, skin: ContactMap, rest_mm: float
) -> FloatArray:
    """Shortest line (SPAN_POINTS, 3) between two points that stays `rest_mm` over the skin.

    It is looked for in the plane of the straight way and of the skin's outward
    direction along it: there it is the hull of what is in the way.
    """
    share = np.linspace(0.0, 1.0, SPAN_POINTS)
    line_mm = start_mm + share[:, None] * (end_mm - start_mm)
    ahead = (end_mm - start_mm) / (np.linalg.norm(end_mm - start_mm) + 1e-12)
    lift_mm = np.zeros(SPAN_POINTS)
    for _ in range(TAUT_PASSES):
        height_mm, normals = skin_distance(skin, line_mm)
        outward = normals.mean(axis=0)
        outward -= (outward @ ahead) * ahead
        outward /= np.linalg.norm(outward) + 1e-12
        facing = np.maximum(normals @ outward, 0.3)
        needed_mm = lift_mm + (rest_mm - height_mm) / facing
        lift_mm = concave_majorant(np.where(needed_mm > 0.0, needed_mm, 0.0))
        line_mm = start_mm + share[:, None] * (end_mm - start_mm) + lift_mm[:, None] * outward
    return line_mm


@kernel
def concave_majorant(height: FloatArray) -> FloatArray:
    """Taut line (P,) over evenly spaced posts (P,), fastened to the ground at both ends."""
    count = len(height)
    kept = np.zeros(count, np.int64)
    size = 1
    for i in range(1, count):
        here = height[i] if i < count - 1 else 0.0
        while size > 1:
            j, k = kept[size - 1], kept[size - 2]
            before = height[k] if k > 0 else 0.0
            if (height[j] - before) * (i - k) > (here - before) * (j - k):
                break
            size -= 1
        kept[size] = i
        size += 1
    taut = np.zeros(count)
    for s in range(1, size):
        j, i = kept[s - 1], kept[s]
        low = height[j] if j > 0 else 0.0
        high = height[i] if i < count - 1 else 0.0
        for p in range(j, i + 1):
            taut[p] = low + (high - low) * (p - j) / (i - j)
    return taut


@kernel
def hull_of_path(points: FloatArray) -> NDArray[np.int64]:
    """Points of a plane path (P, 2) that a thread pulled tight from end to end keeps.

    The path turns counter-clockwise round what it goes about; Graham's scan.
    """
    kept = np.zeros(len(points), np.int64)
    size = 0
    for i in range(len(points)):
        while size > 1:
            a, b = points[kept[size - 2]], points[kept[size - 1]]
            turn = (b[0] - a[0]) * (points[i, 1] - a[1]) - (b[1] - a[1]) * (points[i, 0] - a[0])
            if turn > STRAIGHT_MM2:
                break
            size -= 1
        kept[size] = i
        size += 1
    return kept[:size]
