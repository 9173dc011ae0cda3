"""Straps as surfaces: a cross-section swept along a line."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, skin_distance
from mask3d.jit import kernel
from mask3d.mesh import Mesh
from mask3d.straps.line import along_mm, tangents
from mask3d.straps.types import CLEARANCE_MM, Strap

SIDES = 12  # of the cross-section
PROBED = (-0.9, 0.0, 0.9)  # of the half width: middle and edges
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
    aside, up = _frames(line_mm, up)
    half_mm = np.stack([width_mm, thick_mm], axis=1) / 2  # (P, 2)
    across, facing = _section(FLAT if width_mm.max() > 1.5 * thick_mm.max() else ROUND)
    offset_mm = half_mm[:, None] * across  # (P, SIDES + 1, 2)
    slant = facing / np.maximum(half_mm, 1e-6)[:, None]
    slant /= np.linalg.norm(slant, axis=2, keepdims=True)
    vertices_mm = line_mm[:, None] + _in_frame(offset_mm, aside, up)
    return Mesh(
        vertices_mm=vertices_mm.reshape(-1, 3),
        normals=_in_frame(slant, aside, up).reshape(-1, 3),
        faces=_faces(len(line_mm)),
        uv=_uv(line_mm, offset_mm) / strap.repeat_mm,
        occlusion=np.ones(vertices_mm.size // 3),
        material=strap.material,
    )


def sinking_mm(
    line_mm: FloatArray,
    up: FloatArray,
    width_mm: FloatArray,
    thick_mm: FloatArray,
    skin: ContactMap,
) -> FloatArray:
    """How much (P,) of its clearance the section of `swept` lacks, at its middle or an edge."""
    aside, up = _frames(line_mm, up)
    lowest_mm = np.full(len(line_mm), np.inf)
    for share in PROBED:
        place_mm = line_mm + share / 2 * width_mm[:, None] * aside
        height_mm, normals = skin_distance(skin, place_mm)
        below_mm = thick_mm / 2 * np.abs(np.einsum("pd,pd->p", normals, up))
        lowest_mm = np.minimum(lowest_mm, height_mm - below_mm)
    return np.maximum(CLEARANCE_MM - lowest_mm, 0.0)


def _frames(line_mm: FloatArray, up: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Unit directions (P, 3) across a strap, and off its flat side."""
    aside, off = np.zeros_like(line_mm), np.zeros_like(line_mm)
    _fill_frames(tangents(line_mm), np.ascontiguousarray(up), aside, off)
    return aside, off


@kernel
def _fill_frames(ahead: FloatArray, up: FloatArray, aside: FloatArray, off: FloatArray) -> None:
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


def _in_frame(flat: FloatArray, aside: FloatArray, up: FloatArray) -> FloatArray:
    """(P, S, 2) in the frames (P, 3), (P, 3) of a line: (P, S, 3)."""
    turned: FloatArray = flat[..., :1] * aside[:, None] + flat[..., 1:] * up[:, None]
    return turned


@lru_cache(maxsize=4)  # straps of a kind have as many points
def _faces(points: int) -> IntArray:
    ring = np.arange(points * (SIDES + 1), dtype=np.int32).reshape(points, SIDES + 1)
    a, b = ring[:-1, :-1].ravel(), ring[:-1, 1:].ravel()
    d, c = ring[1:, :-1].ravel(), ring[1:, 1:].ravel()
    tube = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    fan = np.array([[0, k + 1, k] for k in range(1, SIDES - 1)], np.int32)
    faces: IntArray = np.concatenate([tube, fan, ring[-1, 0] + fan[:, ::-1]])
    faces.setflags(write=False)
    return faces


def _uv(line_mm: FloatArray, offset_mm: FloatArray) -> FloatArray:
    """Way along and way round (P * (SIDES + 1), 2), mm."""
    sides_mm = np.linalg.norm(np.diff(offset_mm, axis=1), axis=2)
    round_mm = np.pad(np.cumsum(sides_mm, axis=1), ((0, 0), (1, 0)))
    way_mm = np.broadcast_to(along_mm(line_mm)[:, None], round_mm.shape)
    return np.stack([way_mm, round_mm], axis=2).reshape(-1, 2)
