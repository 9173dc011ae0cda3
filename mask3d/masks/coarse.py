"""A coarse mesh that stands for a fine one, and how the fine one follows it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from mask3d.arrays import FloatArray, IntArray
from mask3d.geometry import vertex_normals
from mask3d.masks.own_mesh import without_flat

MAX_POINTS = 3000  # that settle in a few milliseconds
COARSER = 1.15  # step of the cell size in the search


class Coarse(NamedTuple):
    """A cage of N points for a mesh of V.

    Attributes
    ----------
    points_mm : (N, 3)
    faces : (F, 3)
    weights : (V, N) sparse, rows sum to 1: where each fine point lies on the cage
    height_mm : (V,) its height along the cage's normal
    """

    points_mm: FloatArray
    faces: IntArray
    weights: csr_array
    height_mm: FloatArray


def coarse(points_mm: FloatArray, faces: IntArray, max_points: int = MAX_POINTS) -> Coarse:
    """A cage of at most `max_points` for a mesh (V, 3), (F, 3); the mesh itself where it fits.

    Points are put together by the cell of a grid that they lie in (Rossignac
    and Borrel, "Multi-resolution 3D approximations", 1993).
    """
    count = len(points_mm)
    if count <= max_points:
        one_each = csr_array((np.ones(count), (np.arange(count), np.arange(count))))
        return Coarse(points_mm, faces, one_each, np.zeros(count))
    cell = _cells(points_mm, max_points)
    sums_mm = np.stack([np.bincount(cell, column) for column in points_mm.T], axis=1)
    cage_mm: FloatArray = sums_mm / np.bincount(cell)[:, None]
    cage_faces = np.unique(without_flat(cell[faces]), axis=0)
    return _bound(points_mm, cell, cage_mm, cage_faces)


def _cells(points_mm: FloatArray, max_points: int) -> IntArray:
    """Number (V,) of the grid cell of each point, in the finest grid with few enough cells."""
    size_mm = float(np.ptp(points_mm, axis=0).max()) / max_points
    while True:
        places = np.floor(points_mm / size_mm)
        cells, cell = np.unique(places, axis=0, return_inverse=True)
        if len(cells) <= max_points:
            return cell.reshape(-1).astype(np.int32)
        size_mm *= COARSER


def _bound(points_mm: FloatArray, cell: IntArray, cage_mm: FloatArray, faces: IntArray) -> Coarse:
    """Each point where it is nearest to the triangles at its own cage point."""
    owner, of_face = faces.ravel(), np.repeat(np.arange(len(faces)), 3)
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], np.arange(len(cage_mm) + 1))
    count = np.diff(first)[cell]
    point = np.repeat(np.arange(len(points_mm)), count)
    within = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
    face = of_face[order][first[cell[point]] + within]
    shares = _shares(cage_mm[faces[face]], points_mm[point])
    near_mm = np.einsum("ck,ckd->cd", shares, cage_mm[faces[face]])
    away_mm = np.linalg.norm(near_mm - points_mm[point], axis=1)
    ranked = np.lexsort([away_mm, point])
    _, best = np.unique(point[ranked], return_index=True)
    chosen = ranked[best]
    corners = faces[face[chosen]]
    lone = np.flatnonzero(np.diff(first)[cell] == 0)  # all its triangles fell into one cell
    weights = csr_array(
        (
            np.concatenate([shares[chosen].ravel(), np.ones(len(lone))]),
            (
                np.concatenate([np.repeat(point[chosen], 3), lone]),
                np.concatenate([corners.ravel(), cell[lone]]),
            ),
        ),
        shape=(len(points_mm), len(cage_mm)),
    )
    normals = weights @ vertex_normals(cage_mm, faces)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    height_mm = ((points_mm - weights @ cage_mm) * normals).sum(axis=1)
    return Coarse(cage_mm, faces, weights, height_mm)


def _shares(corners_mm: FloatArray, points_mm: FloatArray) -> FloatArray:
    """Barycentric place (K, 3) of points (K, 3) over triangles (K, 3, 3), kept inside of them."""
    u_mm, v_mm = corners_mm[:, 1] - corners_mm[:, 0], corners_mm[:, 2] - corners_mm[:, 0]
    normal = np.cross(u_mm, v_mm)
    twice = (normal * normal).sum(axis=1) + 1e-12
    way_mm = points_mm - corners_mm[:, 0]
    second = (np.cross(way_mm, v_mm) * normal).sum(axis=1) / twice
    third = (np.cross(u_mm, way_mm) * normal).sum(axis=1) / twice
    shares = np.stack([1.0 - second - third, second, third], axis=1).clip(min=0.0)
    inside: FloatArray = shares / shares.sum(axis=1, keepdims=True)
    return inside
