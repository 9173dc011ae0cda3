"""Straps: ear loops that hang on the root of the ear, bands round the head."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, skin_at
from mask3d.jit import kernel
from mask3d.material import Material
from mask3d.mesh import Mesh

SIDES = 8  # of the cross-section of a strap
BAND_THICKNESS_MM = 1.0
FREE_POINTS = 16  # of the cord between mask and ear, each side
RELAX_STEPS = 80
LINE_POINTS = 96
BAND_POINTS = 140


def ear_loop_line(
    upper_mm: FloatArray,
    lower_mm: FloatArray,
    root_mm: FloatArray,
    skin: ContactMap,
    rest_mm: float,
) -> FloatArray:
    """Taut cord (LINE_POINTS, 3) from a mask's upper end round the ear to its lower end.

    Parameters
    ----------
    upper_mm, lower_mm : (3,) where the cord leaves the mask
    root_mm : (K, 3) crease behind the ear, from the top front to the bottom front
    skin : ContactMap
    rest_mm : height of the cord's middle line over the skin
    """
    there = np.linspace(upper_mm, root_mm[0], FREE_POINTS, endpoint=False)
    back = np.linspace(root_mm[-1], lower_mm, FREE_POINTS + 1)[1:]
    line_mm = np.concatenate([there, root_mm, back])
    fixed = np.zeros(len(line_mm), np.bool_)
    fixed[[0, -1]] = True
    fixed[FREE_POINTS + 1 : FREE_POINTS + len(root_mm) - 1] = True
    behind_mm = root_mm[:, 2].max() + 6.0  # the range map does not hold behind the ear
    _relax(line_mm, fixed, skin, rest_mm, behind_mm)
    return _resample(line_mm, LINE_POINTS)


def cord(line_mm: FloatArray, radius_mm: float, material: Material) -> Mesh:
    """Round cord of `radius_mm` along a line (P, 3)."""
    along = np.gradient(line_mm, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, [0.3, 0.2, 1.0])  # no strap runs that way
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    return _swept(line_mm, side, np.cross(along, side), (radius_mm, radius_mm), material)


def band_line(
    head_mm: FloatArray,
    faces: IntArray,
    left_mm: FloatArray,
    right_mm: FloatArray,
    via_mm: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Taut line (BAND_POINTS, 3) round the back of a head, and the normal of its plane.

    The line is the convex hull of the head's section by the plane through the
    two ends and `via_mm`, a point on the back of the head.
    """
    across = (right_mm - left_mm) / np.linalg.norm(right_mm - left_mm)
    plane = np.cross(across, via_mm - left_mm)
    plane /= np.linalg.norm(plane)
    backward = np.cross(plane, across)
    middle_mm = (left_mm + right_mm) / 2
    section_mm = _section(head_mm, faces, middle_mm, plane) - middle_mm
    flat = np.stack([section_mm @ across, section_mm @ backward], axis=1)
    half_mm = np.linalg.norm(right_mm - left_mm) / 2
    ends = np.array([[-half_mm, 0.0], [half_mm, 0.0]])
    behind = flat[flat[:, 1] > 0]
    hull = np.concatenate([behind, ends])
    hull = hull[ConvexHull(hull).vertices]
    start = int(np.argmin(np.linalg.norm(hull - ends[0], axis=1)))
    hull = np.roll(hull, -start, axis=0)
    if np.linalg.norm(hull[1] - ends[1]) < 1e-9:  # the straight way lies through the head
        hull = np.concatenate([hull[:1], hull[:0:-1]])
    line_mm = middle_mm + hull[:, :1] * across + hull[:, 1:] * backward
    return _resample(line_mm, BAND_POINTS), plane


def band(
    line_mm: FloatArray, plane: FloatArray, width_mm: float, rest_mm: float, material: Material
) -> Mesh:
    """Flat elastic of `width_mm` along a line (P, 3) in a plane, `rest_mm` outside of it."""
    outward = np.cross(np.gradient(line_mm, axis=0), plane)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True) + 1e-9
    turn = np.sign((outward * (line_mm - line_mm.mean(axis=0))).sum())
    outward *= turn
    across = np.broadcast_to(plane * turn, line_mm.shape)
    half_mm = (width_mm / 2, BAND_THICKNESS_MM / 2)
    middle_mm = line_mm + outward * (rest_mm + half_mm[1])
    return _swept(middle_mm, across, outward, half_mm, material)


def _swept(
    line_mm: FloatArray,
    side: FloatArray,
    up: FloatArray,
    half_mm: tuple[float, float],
    material: Material,
) -> Mesh:
    """Ellipse swept along a line (P, 3), its half axes along the unit vectors `side` and `up`."""
    angle = np.arange(SIDES) * 2 * np.pi / SIDES
    cos, sin = np.cos(angle)[None, :, None], np.sin(angle)[None, :, None]
    a_mm, b_mm = half_mm
    vertices_mm = line_mm[:, None] + a_mm * cos * side[:, None] + b_mm * sin * up[:, None]
    normals = cos / a_mm * side[:, None] + sin / b_mm * up[:, None]
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    ring = np.arange(len(line_mm) * SIDES, dtype=np.int32).reshape(-1, SIDES)
    ring = np.concatenate([ring, ring[:, :1]], axis=1)
    a, b = ring[:-1, :-1].ravel(), ring[:-1, 1:].ravel()
    d, c = ring[1:, :-1].ravel(), ring[1:, 1:].ravel()
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    n = ring[:, :-1].size
    uv, occlusion = np.full((n, 2), 0.5), np.ones(n)
    return Mesh(vertices_mm.reshape(-1, 3), normals.reshape(-1, 3), faces, uv, occlusion, material)


def _resample(line_mm: FloatArray, count: int) -> FloatArray:
    """`count` points at equal arc length along a polyline (P, 3)."""
    lengths = np.linalg.norm(np.diff(line_mm, axis=0), axis=1)
    way = np.concatenate([[0.0], np.cumsum(lengths)])
    at = np.linspace(0.0, way[-1], count)
    return np.stack([np.interp(at, way, line_mm[:, k]) for k in range(3)], axis=1)


def _section(
    head_mm: FloatArray, faces: IntArray, point_mm: FloatArray, plane: FloatArray
) -> FloatArray:
    """Points (S, 3) where the edges of a head cross a plane."""
    height_mm = (head_mm - point_mm) @ plane
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ends_mm = height_mm[edges]
    crossing = ends_mm[:, 0] * ends_mm[:, 1] < 0
    i, j = edges[crossing].T
    share = ends_mm[crossing, 0] / (ends_mm[crossing, 0] - ends_mm[crossing, 1])
    section_mm: FloatArray = head_mm[i] * (1 - share[:, None]) + head_mm[j] * share[:, None]
    return section_mm


@kernel
def _relax(
    line_mm: FloatArray,
    fixed: NDArray[np.bool_],
    skin: ContactMap,
    rest_mm: float,
    behind_mm: float,
) -> None:
    """Shorten the free parts of a cord, keeping it on the skin in front of the ear."""
    normal = np.zeros(3)
    for _ in range(RELAX_STEPS):
        for i in range(1, len(line_mm) - 1):
            if fixed[i]:
                continue
            line_mm[i] = 0.5 * (line_mm[i - 1] + line_mm[i + 1])
            if line_mm[i, 2] > behind_mm:
                depth = rest_mm - skin_at(skin, line_mm[i], normal)
                if depth > 0:
                    line_mm[i] += depth * normal
