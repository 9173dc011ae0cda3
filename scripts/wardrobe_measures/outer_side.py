"""The outer side of a draped mask: one sheet, and the rim round it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray, IntArray
from mask3d.mesh import Mesh

SAME_PLACE_MM = 1e-3  # vertices doubled for a hard crease are one point of the sheet


class OuterSide(NamedTuple):
    """A sheet without its doubled vertices.

    Attributes
    ----------
    outer_mm, inner_mm : (n, 3) the two sides of each vertex
    faces : (F, 3)
    """

    outer_mm: FloatArray
    inner_mm: FloatArray
    faces: IntArray


def outer_side(mesh: Mesh) -> OuterSide:
    """The outer half of the mesh of a mask (see `mask3d.rig.Surface`)."""
    n = len(mesh.vertices_mm) // 2
    outer_mm, inner_mm = mesh.vertices_mm[:n], mesh.vertices_mm[n:]
    faces = mesh.faces[(mesh.faces < n).all(axis=1)]
    return OuterSide(outer_mm, inner_mm, welded(outer_mm, faces))


def welded(points_mm: FloatArray, faces: IntArray) -> IntArray:
    """Triangles (F, 3) with points (N, 3) at the same place named by the first of them."""
    pairs = cKDTree(points_mm).query_pairs(SAME_PLACE_MM, output_type="ndarray")
    joined = coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(len(points_mm),) * 2)
    _, group = connected_components(joined, directed=False)
    _, first = np.unique(group, return_index=True)
    named: IntArray = first[group][faces].astype(np.int32)
    return named


def rim_edges(faces: IntArray) -> IntArray:
    """Edges (E, 2) that only one triangle has."""
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    ends = np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1)
    points = int(faces.max()) + 1
    edges, counts = np.unique(ends[:, 0] * points + ends[:, 1], return_counts=True)
    return np.stack(np.divmod(edges[counts == 1], points), axis=1).astype(np.int32)


def pieces(faces: IntArray) -> IntArray:
    """Which connected piece each triangle (F, 3) belongs to, (F,)."""
    points = int(faces.max()) + 1
    i, j = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]]).T
    _, piece = connected_components(
        coo_array((np.ones(len(i)), (i, j)), shape=(points, points)), directed=False
    )
    of_faces: IntArray = piece[faces[:, 0]].astype(np.int32)
    return of_faces
