"""The skin of an ear and round its root, exactly: no map from within shows both sides of it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.face_model import FaceModel
from mask3d.jit import inlined, kernel

REACH_MM = 12.0  # from a point of the crease behind the ear, on the mean head
MAX_DEPTH_MM = 4.0  # what is deeper came to lie in the ear from its other side
ENOUGH_MM = 0.02
FAR_MM = 6.0  # from the skin, which is in no strap's way
TINY_MM = 1e-9
PASSES = 5  # between the ear and the skull, what one pushes off runs into the other


class EarSkin(NamedTuple):
    """Triangles round the root of an ear.

    Attributes
    ----------
    crease_mm : (K, 3)
    near : (K, N) triangles about each point of the crease, the nearest first, -1 beyond the last
    corners_mm : (F, 3, 3)
    normals : (F, 3, 3) of the surface at the corners
    middle_mm : (F, 3)
    radius_mm : (F,) of a ball round the middle that holds the triangle
    """

    crease_mm: FloatArray
    near: IntArray
    corners_mm: FloatArray
    normals: FloatArray
    middle_mm: FloatArray
    radius_mm: FloatArray


def ear_skin(model: FaceModel, vertices_mm: FloatArray, normals: FloatArray, side: int) -> EarSkin:
    """Skin round the left (0) or right (1) ear of a head (V, 3) with its normals (V, 3)."""
    faces, near = _round_the_root(model, side)
    corners_mm = vertices_mm[faces]
    middle_mm = corners_mm.mean(axis=1)
    away_mm = np.linalg.norm(corners_mm - middle_mm[:, None], axis=2)
    crease_mm = model.ear_roots_mm(vertices_mm)[side]
    return EarSkin(crease_mm, near, corners_mm, normals[faces], middle_mm, away_mm.max(axis=1))


@lru_cache(maxsize=4)
def _round_the_root(model: FaceModel, side: int) -> tuple[IntArray, IntArray]:
    """Triangles (F, 3) round the crease of an ear, and which are about each of its points."""
    crease_mm = model.ear_roots_mm(model.mean_mm)[side]
    away_mm = np.linalg.norm(model.mean_mm[:, None] - crease_mm, axis=2)  # (V, K)
    least_mm = away_mm[model.faces].min(axis=1)  # (F, K)
    found = np.flatnonzero((least_mm < REACH_MM).any(axis=1))
    about = least_mm[found] < REACH_MM
    near = np.full((len(crease_mm), about.sum(axis=0).max()), -1, np.int32)
    for k, here in enumerate(about.T):
        nearest_first = np.argsort(np.where(here, least_mm[found, k], np.inf), kind="stable")
        near[k, : here.sum()] = nearest_first[: here.sum()]
    return model.faces[found], near


@kernel
def lift_off(
    skin: EarSkin,
    line_mm: FloatArray,
    aside: FloatArray,
    up: FloatArray,
    half_mm: FloatArray,
    clearance_mm: FloatArray,
    probed: FloatArray,
) -> None:
    """Move a line (P, 3) off the skin by as much as a strap along it is sunk.

    Parameters
    ----------
    skin : EarSkin
    line_mm : (P, 3), changed in place
    aside, up : (P, 3) unit vectors across the strap, and off its flat side
    half_mm : (P, 2) half its width and thickness
    clearance_mm : (P,) that it must keep
    probed : (S,) shares of half the width at which its height is taken
    """
    below_mm, upward, probe_mm = np.zeros(3), np.zeros(3), np.zeros(3)
    for p in range(len(line_mm)):
        k, away_mm = _nearest_of(skin.crease_mm, line_mm[p])
        if away_mm > REACH_MM + FAR_MM:
            continue
        for _ in range(PASSES):
            moved = False
            for share in probed:
                for d in range(3):
                    probe_mm[d] = line_mm[p, d] + share * half_mm[p, 0] * aside[p, d]
                height_mm = _height(skin, k, probe_mm, below_mm, upward)
                across = half_mm[p, 0] * (1.0 - abs(share)) * _dot(upward, aside[p])
                flat = half_mm[p, 1] * _dot(upward, up[p])
                lack_mm = clearance_mm[p] + np.sqrt(across**2 + flat**2) - height_mm
                if lack_mm > ENOUGH_MM and height_mm > -MAX_DEPTH_MM:
                    moved = True
                    for d in range(3):
                        line_mm[p, d] += lack_mm * upward[d]
            if not moved:
                break


@inlined
def _dot(a: FloatArray, b: FloatArray) -> float:
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


@inlined
def _nearest_of(places_mm: FloatArray, point_mm: FloatArray) -> tuple[int, float]:
    """Which of (K, 3) is nearest to a point, and how far it is."""
    best, found = np.inf, 0
    for k in range(len(places_mm)):
        away = 0.0
        for d in range(3):
            away += (point_mm[d] - places_mm[k, d]) ** 2
        if away < best:
            best, found = away, k
    return found, np.sqrt(best)


@inlined
def _height(
    skin: EarSkin, k: int, point_mm: FloatArray, nearest_mm: FloatArray, upward: FloatArray
) -> float:
    """Height of a point over the skin about point `k` of the crease.

    Writes the place (3,) below it and the unit way (3,) up from there.
    """
    best, sign = FAR_MM, 1.0
    for face in skin.near[k]:
        if face < 0:
            break
        ball = 0.0
        for d in range(3):
            ball += (point_mm[d] - skin.middle_mm[face, d]) ** 2
        reach = best + skin.radius_mm[face]
        if ball >= reach * reach:
            continue
        b, c = _weights(skin.corners_mm[face], point_mm)
        a, away = 1.0 - b - c, 0.0
        for d in range(3):
            place = a * skin.corners_mm[face, 0, d] + b * skin.corners_mm[face, 1, d]
            place += c * skin.corners_mm[face, 2, d]
            away += (point_mm[d] - place) ** 2
            nearest_mm[d] = place
        away = np.sqrt(away)
        if away < best:
            best, outside = away, 0.0
            for d in range(3):
                facing = a * skin.normals[face, 0, d] + b * skin.normals[face, 1, d]
                facing += c * skin.normals[face, 2, d]
                outside += facing * (point_mm[d] - nearest_mm[d])
            sign = 1.0 if outside > 0.0 else -1.0
            for d in range(3):
                upward[d] = sign * (point_mm[d] - nearest_mm[d]) / (away + TINY_MM)
    return sign * best


@inlined
def _weights(corners_mm: FloatArray, point_mm: FloatArray) -> tuple[float, float]:
    """Weights of the second and third corner at the place of a triangle nearest to a point.

    Ericson, "Real-Time Collision Detection", 2005, section 5.1.5.
    """
    d1 = d2 = d3 = d4 = d5 = d6 = 0.0
    for k in range(3):
        ab = corners_mm[1, k] - corners_mm[0, k]
        ac = corners_mm[2, k] - corners_mm[0, k]
        d1 += ab * (point_mm[k] - corners_mm[0, k])
        d2 += ac * (point_mm[k] - corners_mm[0, k])
        d3 += ab * (point_mm[k] - corners_mm[1, k])
        d4 += ac * (point_mm[k] - corners_mm[1, k])
        d5 += ab * (point_mm[k] - corners_mm[2, k])
        d6 += ac * (point_mm[k] - corners_mm[2, k])
    on_ab, on_ca, on_bc = d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4
    b, c = 0.0, 0.0
    if d1 <= 0 and d2 <= 0:
        b, c = 0.0, 0.0
    elif d3 >= 0 and d4 <= d3:
        b, c = 1.0, 0.0
    elif d6 >= 0 and d5 <= d6:
        b, c = 0.0, 1.0
    elif on_ab <= 0 and d1 >= 0 and d3 <= 0:
        b, c = d1 / (d1 - d3), 0.0
    elif on_ca <= 0 and d2 >= 0 and d6 <= 0:
        b, c = 0.0, d2 / (d2 - d6)
    elif on_bc <= 0 and d4 >= d3 and d5 >= d6:
        c = (d4 - d3) / ((d4 - d3) + (d5 - d6))
        b = 1.0 - c
    else:
        total = on_bc + on_ca + on_ab
        b, c = on_ca / total, on_ab / total
    return b, c
