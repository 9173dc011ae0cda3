"""Straps as surfaces: a cross-section swept along a line."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, skin_at
from mask3d.jit import kernel
from mask3d.mesh import Mesh
from mask3d.straps.line import tangents
from mask3d.straps.types import CLEARANCE_MM, Strap

SIDES = 12  # of the cross-section
PROBED = (-0.9, 0.0, 0.9)  # of the half width: middle and edges
LEAST_MM = 1e-6
ROUND, FLAT = 2.0, 4.0  # exponents of the superellipse


def swept(
    line_mm: FloatArray, up: FloatArray, width_mm: FloatArray, thick_mm: FloatArray, strap: Strap
) -> Mesh:
    """Strap along a line (P, 3), closed at its ends.

    Parameters
    ----------
    line_mm : (P, 3) its middle
    up : (P, 3) roughly where its flat side faces
    width_mm, thick_mm : (P,)
    strap : Strap
        Of its material, u runs along the strap and v round it; tiles wrap.
    """
    across, facing = _section(FLAT if width_mm.max() > 1.5 * thick_mm.max() else ROUND)
    half_mm = np.stack([width_mm, thick_mm], axis=1) / 2  # (P, 2)
    count = len(line_mm) * (SIDES + 1)
    vertices_mm, normals, uv = np.zeros((count, 3)), np.zeros((count, 3)), np.zeros((count, 2))
    aside, up = frames(line_mm, up)
    _fill_rings(line_mm, aside, up, half_mm, across, facing, vertices_mm, normals, uv)
    return Mesh(
        vertices_mm=vertices_mm,
        normals=normals,
        faces=_faces(len(line_mm)),
        uv=uv / strap.repeat_mm,
        occlusion=np.ones(count),
        material=strap.material,
    )


def sinking_mm(
    line_mm: FloatArray,
    up: FloatArray,
    width_mm: FloatArray,
    thick_mm: FloatArray,
    skin: ContactMap,
) -> FloatArray:
    """How much (P,) of its clearance the section of `swept` lacks, at its middle or an edge.

    Negative where it lies higher.
    """
    aside, up = frames(line_mm, up)
    lacks_mm = np.full(len(line_mm), -np.inf)
    _fill_lacks(skin, line_mm, aside, up, width_mm / 2, thick_mm / 2, CLEARANCE_MM, lacks_mm)
    return lacks_mm


@kernel
def _fill_lacks(
    skin: ContactMap,
    line_mm: FloatArray,
    aside: FloatArray,
    up: FloatArray,
    wide_mm: FloatArray,
    thick_mm: FloatArray,
    clearance_mm: float,
    lacks_mm: FloatArray,
) -> None:
    place_mm, normal = np.zeros(3), np.zeros(3)
    for p in range(len(line_mm)):
        for share in PROBED:
            for k in range(3):
                place_mm[k] = line_mm[p, k] + share * wide_mm[p] * aside[p, k]
            height_mm = skin_at(skin, place_mm, normal)
            facing = abs(normal[0] * up[p, 0] + normal[1] * up[p, 1] + normal[2] * up[p, 2])
            lacks_mm[p] = max(lacks_mm[p], clearance_mm + thick_mm[p] * facing - height_mm)


def frames(line_mm: FloatArray, up: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Unit directions (P, 3) across a strap, and off its flat side."""
    aside, off = np.zeros_like(line_mm), np.zeros_like(line_mm)
    _fillframes(tangents(line_mm), np.ascontiguousarray(up), aside, off)
    return aside, off


@kernel
def _fillframes(ahead: FloatArray, up: FloatArray, aside: FloatArray, off: FloatArray) -> None:
    """Unit vectors along up x ahead, and what closes them to a frame."""
    for p in range(len(ahead)):
        ax, ay, az = ahead[p]
        ux, uy, uz = up[p]
        x, y, z = uy * az - uz * ay, uz * ax - ux * az, ux * ay - uy * ax
        scale = 1.0 / (np.sqrt(x * x + y * y + z * z) + 1e-12)
        x, y, z = x * scale, y * scale, z * scale
        aside[p, 0], aside[p, 1], aside[p, 2] = x, y, z
        off[p, 0], off[p, 1], off[p, 2] = ay * z - az * y, az * x - ax * z, ax * y - ay * x


@lru_cache(maxsize=2)
def _section(exponent: float) -> tuple[FloatArray, FloatArray]:
    """Points and normals (SIDES + 1, 2) of a superellipse with half axes 1; the last is the first.

    The angle runs so that `swept` turns its faces outwards.
    """
    angle = np.arange(SIDES + 1) * 2 * np.pi / SIDES
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.sign(circle) * np.abs(circle) ** (2.0 / exponent)
    normals = np.sign(circle) * np.abs(circle) ** (2.0 - 2.0 / exponent)
    return points, normals


@kernel
def _fill_rings(
    line_mm: FloatArray,
    aside: FloatArray,
    up: FloatArray,
    half_mm: FloatArray,
    across: FloatArray,
    facing: FloatArray,
    vertices_mm: FloatArray,
    normals: FloatArray,
    uv_mm: FloatArray,
) -> None:
    """Vertices, normals, and the way along and round, of a section (S, 2) along a line (P, 3)."""
    way_mm = 0.0
    for p in range(len(line_mm)):
        if p > 0:
            way_mm += np.sqrt(((line_mm[p] - line_mm[p - 1]) ** 2).sum())
        wide_mm, thick_mm = max(half_mm[p, 0], LEAST_MM), max(half_mm[p, 1], LEAST_MM)
        round_mm = 0.0
        for s in range(len(across)):
            if s > 0:
                x_mm = wide_mm * (across[s, 0] - across[s - 1, 0])
                y_mm = thick_mm * (across[s, 1] - across[s - 1, 1])
                round_mm += np.sqrt(x_mm * x_mm + y_mm * y_mm)
            slant_x, slant_y = facing[s, 0] / wide_mm, facing[s, 1] / thick_mm
            slant = np.sqrt(slant_x * slant_x + slant_y * slant_y)
            v = p * len(across) + s
            uv_mm[v, 0], uv_mm[v, 1] = way_mm, round_mm
            for k in range(3):
                vertices_mm[v, k] = line_mm[p, k] + wide_mm * across[s, 0] * aside[p, k]
                vertices_mm[v, k] += thick_mm * across[s, 1] * up[p, k]
                normals[v, k] = (slant_x * aside[p, k] + slant_y * up[p, k]) / slant


@lru_cache(maxsize=8)  # straps of a kind have as many points
def _faces(points: int) -> IntArray:
    ring = np.arange(points * (SIDES + 1), dtype=np.int32).reshape(points, SIDES + 1)
    a, b = ring[:-1, :-1].ravel(), ring[:-1, 1:].ravel()
    d, c = ring[1:, :-1].ravel(), ring[1:, 1:].ravel()
    tube = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    fan = np.array([[0, k + 1, k] for k in range(1, SIDES - 1)], np.int32)
    faces: IntArray = np.concatenate([tube, fan, ring[-1, 0] + fan[:, ::-1]])
    faces.setflags(write=False)
    return faces
