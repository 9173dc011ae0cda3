"""The part of the body that the model keeps: head, ears and neck, down to a ring of edges."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mask3d.arrays import FloatArray, IntArray
from scripts.face_model.source import BaseMesh

# The ring of edges round the neck through this vertex of the front midline, 4 cm below the fold
# between chin and neck, is the border of the model.
NECK_RING_VERTEX = 809
# Middle of the inner rim of the upper and of the lower lip, between which the mouth is closed.
UPPER_RIM_VERTEX, LOWER_RIM_VERTEX = 537, 540


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """Vertices of the base mesh that the model keeps, and the triangles between them.

    Attributes
    ----------
    kept : (V,) their indices in the base mesh, ascending
    faces : (F, 3) triangles between kept vertices, counter-clockwise seen from outside
    mirror : (V,) index of the kept vertex on the other side
    eyeballs : indices of the kept vertices that are eyeball, not skin
    """

    kept: IntArray
    faces: IntArray
    mirror: IntArray
    eyeballs: IntArray

    def index_of(self, base_vertices: IntArray | list[int]) -> IntArray:
        """Indices in the model of vertices of the base mesh."""
        index = np.searchsorted(self.kept, base_vertices).astype(np.int32)
        if not np.array_equal(self.kept[index], base_vertices):
            raise ValueError("a vertex of the base mesh is not part of the model")
        return index


def head_topology(base: BaseMesh, mean_mm: FloatArray) -> Topology:
    """Cut head and neck out of the body; `mean_mm` (N, 3) decides how quads are split."""
    skin = _above_ring(base)
    quads = np.concatenate([skin, base.eyes])
    kept = np.unique(quads).astype(np.int32)
    renumber = np.full(len(base.vertices_mm), -1, dtype=np.int32)
    renumber[kept] = np.arange(len(kept))
    mouth = _closed_mouth(skin, base.mirror, mean_mm)
    return Topology(
        kept=kept,
        faces=np.concatenate([_triangles(renumber[quads], mean_mm[kept]), renumber[mouth]]),
        mirror=renumber[base.mirror[kept]],
        eyeballs=renumber[np.unique(base.eyes)],
    )


def _above_ring(base: BaseMesh) -> IntArray:
    """Quads on the head's side of the ring round the neck."""
    ring = _edge_ring(base)
    cut = {frozenset(edge) for edge in zip(ring, ring[1:] + ring[:1], strict=True)}
    sides: dict[frozenset[int], list[int]] = defaultdict(list)
    for i, quad in enumerate(base.skin.tolist()):
        for edge in zip(quad, quad[1:] + quad[:1], strict=True):
            sides[frozenset(edge)].append(i)
    joined = [pair for edge, pair in sides.items() if len(pair) == 2 and edge not in cut]
    i, j = np.array(joined).T
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(len(base.skin),) * 2)
    labels = connected_components(graph, directed=False)[1]
    top = int(np.argmax(base.vertices_mm[base.skin, 1].mean(axis=1)))
    quads: IntArray = base.skin[labels == labels[top]]
    return quads


def _edge_ring(base: BaseMesh) -> list[int]:
    """Vertices of the ring, found by going straight on over every vertex of four quads."""
    around: dict[int, set[int]] = defaultdict(set)
    neighbours: dict[int, set[int]] = defaultdict(set)
    for i, quad in enumerate(base.skin.tolist()):
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            around[a].add(i)
            neighbours[a].add(b)
            neighbours[b].add(a)
    start = NECK_RING_VERTEX
    (left,) = (n for n in neighbours[start] if base.vertices_mm[n, 0] > 0)
    ring = [start, left]
    while True:
        behind = around[ring[-2]] & around[ring[-1]]
        (ahead,) = (n for n in neighbours[ring[-1]] if not around[n] & behind)
        if ahead == start:
            return ring
        ring.append(ahead)


def _triangles(quads: IntArray, vertices_mm: FloatArray) -> IntArray:
    """Split quads along their shorter diagonal, and triangles stored as quads not at all."""
    a, b, c, d = (vertices_mm[quads[:, k]] for k in range(4))
    ac = np.linalg.norm(a - c, axis=1)
    bd = np.linalg.norm(b - d, axis=1)
    along_ac = (ac < bd)[:, None]
    first = np.where(along_ac, quads[:, [0, 1, 2]], quads[:, [0, 1, 3]])
    second = np.where(along_ac, quads[:, [0, 2, 3]], quads[:, [1, 2, 3]])
    triangles = np.stack([first, second], axis=1).reshape(-1, 3)
    degenerate = (triangles == np.roll(triangles, 1, axis=1)).any(axis=1)
    return np.ascontiguousarray(triangles[~degenerate], dtype=np.int32)


def _closed_mouth(skin: IntArray, mirror: IntArray, mean_mm: FloatArray) -> IntArray:
    """Triangles (M, 3) from lip to lip, so that an open mouth is no hole in the head."""
    edges = {(a, b) for quad in skin.tolist() for a, b in zip(quad, np.roll(quad, -1), strict=True)}
    border = {int(a): int(b) for a, b in edges if (b, a) not in edges}
    rim = [UPPER_RIM_VERTEX]
    while rim[-1] != LOWER_RIM_VERTEX:
        rim.append(border[rim[-1]])
    corner = int(np.argmax(mean_mm[rim, 0]))
    left = np.array(_strip(rim[: corner + 1], rim[: corner - 1 : -1], mean_mm), dtype=np.int32)
    return np.concatenate([left, mirror[left[:, ::-1]]])


def _strip(upper: list[int], lower: list[int], mean_mm: FloatArray) -> list[list[int]]:
    """Triangles between two chains that end in the same vertex, going outward in x."""
    triangles = []
    i = j = 0
    while i + j < len(upper) + len(lower) - 3:  # the last one would have no area
        at_end = i == len(upper) - 1, j == len(lower) - 1
        upper_first = mean_mm[upper[i + 1 - at_end[0]], 0] <= mean_mm[lower[j + 1 - at_end[1]], 0]
        if at_end[1] or (upper_first and not at_end[0]):
            triangles.append([upper[i + 1], upper[i], lower[j]])
            i += 1
        else:
            triangles.append([lower[j], lower[j + 1], upper[i]])
            j += 1
    return triangles
