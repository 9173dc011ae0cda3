"""Closest triangle of a mesh, exactly: a tree of boxes over its triangles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.jit import kernel
from scripts.wardrobe_measures.vectors import Vector, along, dot, minus

LEAF_FACES = 4
STACK = 64  # deeper than any tree of 32-bit faces
FEATURES = 7  # of a triangle abc: inside, edges ab, bc, ca, corners a, b, c
INSIDE, AB, BC, CA, A, B, C = range(FEATURES)


class TriangleTree(NamedTuple):
    """Boxes over triangles; the children of box i are 2 i + 1 and 2 i + 2.

    Attributes
    ----------
    corners_mm : (F, 3, 3)
    order : (F,) triangles, those of a box side by side
    spans : (N, 2) first and last + 1 place in `order` of each box
    lowest_mm, highest_mm : (N, 3) corners of each box
    """

    corners_mm: FloatArray
    order: IntArray
    spans: IntArray
    lowest_mm: FloatArray
    highest_mm: FloatArray


def triangle_tree(vertices_mm: FloatArray, faces: IntArray) -> TriangleTree:
    """Tree over the triangles `faces` (F, 3) of `vertices_mm` (V, 3)."""
    corners_mm = np.ascontiguousarray(vertices_mm[faces], dtype=np.float64)
    levels = max(0, int(np.ceil(np.log2(len(faces) / LEAF_FACES))))
    boxes = 2 ** (levels + 1) - 1
    order, spans = np.arange(len(faces), dtype=np.int32), np.zeros((boxes, 2), np.int32)
    spans[0] = 0, len(faces)
    _split(corners_mm.mean(axis=1), order, spans)
    lowest_mm, highest_mm = np.zeros((boxes, 3)), np.zeros((boxes, 3))
    _enclose(corners_mm[order], spans, lowest_mm, highest_mm)
    return TriangleTree(corners_mm, order, spans, lowest_mm, highest_mm)


def closest(tree: TriangleTree, points_mm: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    """Nearest triangle (N,) of points (N, 3), the feature of it that is nearest, and the place.

    Returns
    -------
    faces : (N,)
    features : (N,) one of `INSIDE`, `AB` .. `C`
    nearest_mm : (N, 3)
    """
    faces, features = np.zeros(len(points_mm), np.int32), np.zeros(len(points_mm), np.int32)
    nearest_mm = np.zeros((len(points_mm), 3))
    _closest(tree, np.ascontiguousarray(points_mm, np.float64), faces, features, nearest_mm)
    return faces, features, nearest_mm


@kernel
def _split(centres_mm: FloatArray, order: IntArray, spans: IntArray) -> None:
    """Halve every box at the median of its longest side."""
    for box in range(len(spans) // 2):
        first, last = spans[box, 0], spans[box, 1]
        part = order[first:last].copy()
        longest, axis = -1.0, 0
        for k in range(3):
            extent = np.ptp(centres_mm[part, k])
            if extent > longest:
                longest, axis = extent, k
        order[first:last] = part[np.argsort(centres_mm[part, axis])]
        middle = (first + last) // 2
        spans[2 * box + 1, 0], spans[2 * box + 1, 1] = first, middle
        spans[2 * box + 2, 0], spans[2 * box + 2, 1] = middle, last


@kernel
def _enclose(
    corners_mm: FloatArray, spans: IntArray, lowest_mm: FloatArray, highest_mm: FloatArray
) -> None:
    """Boxes of sorted triangles (F, 3, 3), from the leaves to the root."""
    leaves = len(spans) // 2
    for box in range(len(spans) - 1, -1, -1):
        for k in range(3):
            if box >= leaves:
                held_mm = corners_mm[spans[box, 0] : spans[box, 1], :, k]
                lowest_mm[box, k], highest_mm[box, k] = held_mm.min(), held_mm.max()
            else:
                left, right = 2 * box + 1, 2 * box + 2
                lowest_mm[box, k] = min(lowest_mm[left, k], lowest_mm[right, k])
                highest_mm[box, k] = max(highest_mm[left, k], highest_mm[right, k])


@kernel
def _box_distance2(tree: TriangleTree, box: int, point_mm: FloatArray) -> float:
    """Squared distance of a point to a box."""
    total = 0.0
    for k in range(3):
        away = max(tree.lowest_mm[box, k] - point_mm[k], point_mm[k] - tree.highest_mm[box, k], 0.0)
        total += away * away
    return total


@kernel
def _closest(
    tree: TriangleTree,
    points_mm: FloatArray,
    faces: IntArray,
    features: IntArray,
    nearest_mm: FloatArray,
) -> None:
    stack = np.zeros(STACK, np.int64)
    inner_boxes = len(tree.spans) // 2
    for i in range(len(points_mm)):
        point_mm = points_mm[i]
        best = np.inf
        stack[0], depth = 0, 1
        while depth:
            depth -= 1
            box = stack[depth]
            if _box_distance2(tree, box, point_mm) >= best:
                continue
            if box < inner_boxes:
                near, far = 2 * box + 1, 2 * box + 2
                if _box_distance2(tree, far, point_mm) < _box_distance2(tree, near, point_mm):
                    near, far = far, near
                stack[depth], stack[depth + 1] = far, near
                depth += 2
                continue
            for place in range(tree.spans[box, 0], tree.spans[box, 1]):
                face = tree.order[place]
                feature, place_mm = _on_triangle(tree.corners_mm[face], point_mm)
                away_mm = minus(place_mm, point_mm)
                away = dot(away_mm, away_mm)
                if away < best:
                    best, faces[i], features[i] = away, face, feature
                    for k in range(3):
                        nearest_mm[i, k] = place_mm[k]


@kernel
def _on_triangle(corners_mm: FloatArray, point_mm: FloatArray) -> tuple[int, Vector]:
    """Feature and place of a triangle that are nearest to a point.

    Ericson, "Real-Time Collision Detection", 2005, section 5.1.5.
    """
    a, b, c = corners_mm[0], corners_mm[1], corners_mm[2]
    ab, ac, ap = minus(b, a), minus(c, a), minus(point_mm, a)
    bp, cp = minus(point_mm, b), minus(point_mm, c)
    d1, d2, d3, d4 = dot(ab, ap), dot(ac, ap), dot(ab, bp), dot(ac, bp)
    d5, d6 = dot(ab, cp), dot(ac, cp)
    on_ab, on_ca, on_bc = d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4
    if d1 <= 0 and d2 <= 0:
        feature, place_mm = A, along(a, ab, 0.0)
    elif d3 >= 0 and d4 <= d3:
        feature, place_mm = B, along(a, ab, 1.0)
    elif d6 >= 0 and d5 <= d6:
        feature, place_mm = C, along(a, ac, 1.0)
    elif on_ab <= 0 and d1 >= 0 and d3 <= 0:
        feature, place_mm = AB, along(a, ab, d1 / (d1 - d3))
    elif on_ca <= 0 and d2 >= 0 and d6 <= 0:
        feature, place_mm = CA, along(a, ac, d2 / (d2 - d6))
    elif on_bc <= 0 and d4 >= d3 and d5 >= d6:
        feature, place_mm = BC, along(b, minus(c, b), (d4 - d3) / ((d4 - d3) + (d5 - d6)))
    else:
        total = on_bc + on_ca + on_ab
        feature, place_mm = INSIDE, along(along(a, ab, on_ca / total), ac, on_ab / total)
    return feature, place_mm
