"""Geometry of triangle meshes that several stages need."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csgraph
from scipy.sparse.linalg import splu

from mask3d.arrays import FloatArray, IntArray
from mask3d.jit import kernel


def vertex_normals(vertices_mm: FloatArray, faces: IntArray) -> FloatArray:
    """Unit normals of the vertices, the faces around one weighted by area.

    Parameters
    ----------
    vertices_mm : (V, 3)
    faces : (F, 3)
        Counter-clockwise seen from the side that the normals point to.

    Returns
    -------
    (V, 3)
        Zero where a vertex has no face, or only faces without area.

    Examples
    --------
    >>> vertices_mm = np.array([[0.0, 0, 0], [5, 0, 0], [0, 5, 0]])
    >>> vertex_normals(vertices_mm, np.array([[0, 1, 2]], dtype=np.int32))[0]
    array([0., 0., 1.])
    """
    if vertices_mm.ndim != 2 or vertices_mm.shape[1] != 3:
        raise ValueError(f"vertices_mm has shape {vertices_mm.shape}, expected (V, 3)")
    normals: FloatArray = _vertex_normals(
        np.ascontiguousarray(vertices_mm, dtype=np.float64),
        np.ascontiguousarray(faces, dtype=np.int32),
    )
    return normals


def edges_of(faces: IntArray) -> tuple[IntArray, IntArray]:
    """Edges (E, 2) of triangles (F, 3), and how many triangles have each (E,)."""
    ends = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    edges, counts = np.unique(ends, axis=0, return_counts=True)
    return edges.astype(np.int32), counts.astype(np.int32)


def evening(vertices: int, edges: IntArray, rounds: int) -> FloatArray:
    """Matrix (V, V) that moves each value half way to the mean of its neighbours', `rounds` times.

    Taubin, "A signal processing approach to fair surface design", SIGGRAPH 1995:
    its first, shrinking, step. Every vertex must lie on one of the `edges` (E, 2).

    Examples
    --------
    >>> evening(2, np.array([[0, 1]]), 1) @ [0.0, 2.0]
    array([1., 1.])
    """
    beside = np.zeros((vertices, vertices))
    beside[tuple(edges.T)] = beside[tuple(edges[:, ::-1].T)] = 1.0
    beside /= beside.sum(axis=1, keepdims=True)
    return np.linalg.matrix_power((np.eye(vertices) + beside) / 2, rounds)


def spread_from_rim(vertices: int, faces: IntArray) -> tuple[IntArray, FloatArray]:
    """How the inside of a sheet follows its rim as evenly as it can.

    Parameters
    ----------
    vertices : number V of vertices
    faces : (F, 3)

    Returns
    -------
    rim : (R,) vertices on edges that only one face has
    shares : (V, R)
        Harmonic over the edges, rows sum to 1: a value of the rim times these
        is, inside, the mean of its neighbours.

    Examples
    --------
    >>> fan = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1]], dtype=np.int32)
    >>> rim, shares = spread_from_rim(4, fan)
    >>> shares[0].round(3)
    array([0.333, 0.333, 0.333])
    """
    edges, counts = edges_of(faces)
    rim = np.unique(edges[counts == 1])
    inside = np.setdiff1d(np.arange(vertices), rim)
    graph = coo_array((np.ones(len(edges)), tuple(edges.T)), shape=(vertices, vertices)).tocsr()
    balance = csgraph.laplacian((graph + graph.T).tocsr()).tocsr()[inside]
    shares = np.zeros((vertices, len(rim)))
    shares[rim, np.arange(len(rim))] = 1.0
    shares[inside] = splu(balance[:, inside].tocsc()).solve(-balance[:, rim].toarray())
    return rim.astype(np.int32), shares


@kernel
def _vertex_normals(vertices_mm: FloatArray, faces: IntArray) -> FloatArray:
    """Sum the cross products of the faces (twice their area), then normalise."""
    normals = np.zeros(vertices_mm.shape)
    for a, b, c in faces:
        u0 = vertices_mm[b, 0] - vertices_mm[a, 0]
        u1 = vertices_mm[b, 1] - vertices_mm[a, 1]
        u2 = vertices_mm[b, 2] - vertices_mm[a, 2]
        v0 = vertices_mm[c, 0] - vertices_mm[a, 0]
        v1 = vertices_mm[c, 1] - vertices_mm[a, 1]
        v2 = vertices_mm[c, 2] - vertices_mm[a, 2]
        cross = (u1 * v2 - u2 * v1, u2 * v0 - u0 * v2, u0 * v1 - u1 * v0)
        for corner in (a, b, c):
            for axis in range(3):
                normals[corner, axis] += cross[axis]
    for i in range(len(normals)):
        length = np.sqrt(normals[i, 0] ** 2 + normals[i, 1] ** 2 + normals[i, 2] ** 2)
        if length > 0.0:
            normals[i] /= length
    return normals
