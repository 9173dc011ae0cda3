"""The true surface of a head: signed distance to its triangles, not to the drape's range map."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.jit import kernel
from scripts.wardrobe_measures.triangle_tree import FEATURES, TriangleTree, closest, triangle_tree
from scripts.wardrobe_measures.vectors import cross, dot, minus


class TrueSkin(NamedTuple):
    """A triangle mesh that knows its inside.

    Attributes
    ----------
    tree : TriangleTree
    normals : (F, FEATURES, 3)
        Of the inside of each triangle, its edges and its corners.
    """

    tree: TriangleTree
    normals: FloatArray


def true_skin(vertices_mm: FloatArray, faces: IntArray) -> TrueSkin:
    """Surface of a head: (V, 3), and (F, 3) counter-clockwise seen from outside.

    The normals of edges and corners are those that tell inside from outside in
    every case: Baerentzen and Aanaes, "Signed distance computation using the
    angle weighted pseudonormal", IEEE Trans. Vis. Comput. Graph. 2005.
    """
    tree = triangle_tree(vertices_mm, faces)
    corners_mm = tree.corners_mm
    along_mm = corners_mm[:, [1, 2, 0]] - corners_mm  # edges ab, bc, ca
    flat = _unit(np.cross(along_mm[:, 0], along_mm[:, 1]))
    backward_mm = -along_mm[:, [2, 0, 1]]
    cosine = np.einsum("fkd,fkd->fk", _unit(along_mm), _unit(backward_mm))
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    at_corner = np.zeros((len(vertices_mm), 3))
    np.add.at(at_corner, faces, angle[..., None] * flat[:, None])
    ends = np.sort(np.stack([faces, faces[:, [1, 2, 0]]], axis=2), axis=2).astype(np.int64)
    _, edge = np.unique(ends[..., 0] * len(vertices_mm) + ends[..., 1], return_inverse=True)
    edge = edge.reshape(-1, 3)
    at_edge = np.zeros((edge.max() + 1, 3))
    np.add.at(at_edge, edge, np.repeat(flat[:, None], 3, axis=1))
    normals = np.concatenate([flat[:, None], at_edge[edge], at_corner[faces]], axis=1)
    return TrueSkin(tree, normals.reshape(-1, FEATURES, 3))


def height_mm(skin: TrueSkin, points_mm: FloatArray) -> FloatArray:
    """Height (N,) of points (N, 3) over the surface, negative behind it."""
    faces, features, nearest_mm = closest(skin.tree, points_mm)
    away_mm = points_mm - nearest_mm
    distance_mm: FloatArray = np.linalg.norm(away_mm, axis=1)
    behind = np.einsum("nd,nd->n", away_mm, skin.normals[faces, features]) < 0
    return np.where(behind, -distance_mm, distance_mm)


def encloses(skin: TrueSkin, point_mm: FloatArray) -> bool:
    """Whether the surface winds round a point (3,).

    Next to a fold that crosses itself (lips, nostrils of an unlikely head) the
    nearest normal alone may call a point inside that lies outside.
    """
    return bool(_winding(skin.tree.corners_mm, np.ascontiguousarray(point_mm)) > 0.5)


def _unit(vectors: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: FloatArray = vectors / np.maximum(lengths, 1e-12)
    return unit


@kernel
def _winding(corners_mm: FloatArray, point_mm: FloatArray) -> float:
    """How often triangles (F, 3, 3) wind round a point (3,): 1 inside, 0 outside.

    Solid angles after Van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 1983.
    """
    turns = 0.0
    for f in range(len(corners_mm)):
        a = minus(corners_mm[f, 0], point_mm)
        b = minus(corners_mm[f, 1], point_mm)
        c = minus(corners_mm[f, 2], point_mm)
        la, lb, lc = np.sqrt(dot(a, a)), np.sqrt(dot(b, b)), np.sqrt(dot(c, c))
        flat = la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb
        turns += np.arctan2(dot(a, cross(b, c)), flat) / (2 * np.pi)
    return turns
