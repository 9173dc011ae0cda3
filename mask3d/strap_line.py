"""Straps of a photo, ring by ring: where they run, and what is left where something covers them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray
from mask3d.camera import transform
from mask3d.face import FaceFit
from mask3d.mesh import Mesh

STUB_MM = 6.0  # of a strap's end; what is left of a shorter one would be a speck


class StrapLine(NamedTuple):
    """Rings of a strap from end to end: (R, 3), (R, 2), and those of its vertices (V,).

    A loop begins at its upper end, a band at the subject's left.
    """

    points_mm: FloatArray
    points_px: FloatArray
    ring_of: NDArray[np.intp]


def line_of(strap: Mesh, fit: FaceFit) -> StrapLine:
    """The middle of a strap's rings (R), which lie one behind the other along u."""
    _, ring_of, size = np.unique(strap.uv[:, 0], return_inverse=True, return_counts=True)
    sums_mm = [np.bincount(ring_of, axis_mm) for axis_mm in strap.vertices_mm.T]
    points_mm = np.stack(sums_mm, axis=1) / size[:, None]
    return StrapLine(
        points_mm, fit.camera.project(transform(fit.cam_from_face, points_mm)), ring_of
    )


def is_first_half(line: StrapLine) -> NDArray[np.bool_]:
    """Whether rings (R,) are in the half that begins at the first end."""
    upper: NDArray[np.bool_] = np.arange(len(line.points_mm)) < len(line.points_mm) // 2
    return upper


def way_mm_of(line: StrapLine) -> FloatArray:
    """Way (R,) along the strap from its first end."""
    steps_mm = np.linalg.norm(np.diff(line.points_mm, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps_mm)])


def cut(strap: Mesh, line: StrapLine, covered: FloatArray) -> Mesh:
    """A strap from either end up to where `covered` (R,) passes zero on the way to the middle.

    An end of less than `STUB_MM` is left out.
    """
    middle = len(covered) // 2
    upper, lower = seen_ends(covered)
    rings = np.arange(len(covered))
    way_mm = way_mm_of(line)
    to_upper, to_lower = np.interp((upper, lower), rings, way_mm)
    upper = upper if to_upper >= STUB_MM else -1.0
    lower = lower if way_mm[-1] - to_lower >= STUB_MM else float(len(covered))
    at = np.where(rings < middle, np.minimum(rings, upper), np.maximum(rings, lower))
    moved_mm = np.column_stack([np.interp(at, rings, axis_mm) for axis_mm in line.points_mm.T])
    shift_mm = (moved_mm - line.points_mm)[line.ring_of]
    beyond = (rings >= upper + 1) & (rings <= lower - 1)
    faces = strap.faces[~beyond[line.ring_of][strap.faces].any(axis=1)]
    return replace(strap, vertices_mm=strap.vertices_mm + shift_mm, faces=faces)


def seen_ends(covered: FloatArray) -> tuple[float, float]:
    """Rings up to which a strap is seen from its first end, and from which on to its last."""
    middle = len(covered) // 2
    first_ends = min(passes(covered[:middle]), middle - 1)
    last_begins = max(len(covered) - 1 - passes(covered[middle:][::-1]), middle)
    return first_ends, last_begins


def passes(covered: FloatArray) -> float:
    """Ring, and part of the way to the next, where `covered` (R,) passes zero first.

    -1 where it is covered from the start, R where it never is.
    """
    deep = np.flatnonzero(covered >= 0)
    if not len(deep):
        return float(len(covered))
    k = int(deep[0])
    return k - covered[k] / (covered[k] - covered[k - 1]) if k else -1.0
