"""Bands and tapes: taut round the back of the head, above or below the ears."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import push_out, skin_distance
from mask3d.jit import kernel
from mask3d.mesh import Mesh
from mask3d.straps.line import evened, hull_of_path, perpendicular, resampled, tangents
from mask3d.straps.sweep import sinking_mm, swept
from mask3d.straps.types import CLEARANCE_MM, Strap, StrappedHead

POINTS = 140
EAR_MARGIN_MM = 3.0  # between a band's edge and the ear
SMOOTH_POINTS = 3  # over which its lift off the skin is evened


class _Plane(NamedTuple):
    """Of a band: middle of its ends (3,) and unit axes (3,) to the left, back and across it."""

    middle_mm: FloatArray
    aside: FloatArray
    backward: FloatArray
    across: FloatArray


def head_band(strap: Strap, line_mm: FloatArray, head: StrappedHead) -> Mesh:
    """Band along the line of `head_band_line` (POINTS, 3), lifted where its edges would sink."""
    _, up = skin_distance(head.skull, line_mm)
    width_mm, thick_mm = np.full(POINTS, strap.width_mm), np.full(POINTS, strap.thickness_mm)
    sunk_mm = sinking_mm(line_mm, up, width_mm, thick_mm, head.skull).clip(0.0)
    lift_mm = evened(sunk_mm, SMOOTH_POINTS)
    lift_mm[[0, -1]] = 0.0
    return swept(line_mm + lift_mm[:, None] * up, up, width_mm, thick_mm, strap)


def head_band_line(strap: Strap, ends_mm: FloatArray, head: StrappedHead) -> FloatArray:
    """Middle (POINTS, 3) of a band from one end on the mask (2, 3) round the head to the other.

    It is the hull of the head's section by the band's plane.
    """
    plane = _plane(strap, ends_mm, head)
    section_mm = _section(head.vertices_mm, head.skull_faces, plane.middle_mm, plane.across)
    flat = (section_mm - plane.middle_mm) @ np.stack([plane.aside, plane.backward], axis=1)
    half_mm = np.linalg.norm(ends_mm[0] - ends_mm[1]) / 2
    around = _hull_behind(flat[flat[:, 1] > 0], float(half_mm))
    axes = np.stack([plane.aside, plane.backward])  # (2, 3)
    line_mm = resampled(plane.middle_mm + around @ axes, POINTS)
    rest_mm = strap.thickness_mm / 2 + CLEARANCE_MM
    line_mm[1:-1] += rest_mm * perpendicular(tangents(line_mm), plane.across)[1:-1]
    return np.concatenate([line_mm[:1], push_out(head.skull, line_mm[1:-1], rest_mm), line_mm[-1:]])


def _plane(strap: Strap, ends_mm: FloatArray, head: StrappedHead) -> _Plane:
    """Plane through the ends and the strap's place at the back, tilted clear of the ears."""
    middle_mm = ends_mm.mean(axis=0)
    aside = (ends_mm[0] - ends_mm[1]) / np.linalg.norm(ends_mm[0] - ends_mm[1])
    backward = np.array([0.0, 0.0, -1.0]) + aside[2] * aside
    backward /= np.linalg.norm(backward)
    upward = perpendicular(aside, backward)
    via_mm = head.vertices_mm[strap.via_vertex] - middle_mm
    slope = np.arctan2(via_mm @ upward, via_mm @ backward)
    ears_mm = head.vertices_mm[head.ears] - middle_mm
    above = bool(via_mm[1] > ears_mm[:, 1].mean())
    ears_mm = ears_mm @ np.stack([backward, upward], axis=1)
    slope = _clear_of(slope, ears_mm, EAR_MARGIN_MM + strap.width_mm / 2, above=above)
    turned = np.cos(slope) * backward + np.sin(slope) * upward
    return _Plane(middle_mm, aside, turned, perpendicular(aside, turned))


def _clear_of(slope: float, ears_mm: FloatArray, margin_mm: float, *, above: bool) -> float:
    """Slope of a line from 0 nearest to `slope`, `margin_mm` above or below all of (E, 2)."""
    behind_mm = ears_mm[ears_mm[:, 0] > 0.0]
    if not len(behind_mm):
        return slope
    slopes = np.arctan2(behind_mm[:, 1], behind_mm[:, 0])
    margins = np.arcsin(np.minimum(margin_mm / np.linalg.norm(behind_mm, axis=1), 1.0))
    if above:
        return max(slope, float((slopes + margins).max()))
    return min(slope, float((slopes - margins).min()))


def _hull_behind(flat_mm: FloatArray, half_mm: float) -> FloatArray:
    """Hull (P, 2) of points behind a line, from its end `half_mm` to the left round to the right.

    By their angle about the line's middle they go round it counter-clockwise.
    """
    round_mm = flat_mm[np.argsort(np.arctan2(flat_mm[:, 1], flat_mm[:, 0]))]
    path_mm = np.concatenate([[[half_mm, 0.0]], round_mm, [[-half_mm, 0.0]]])
    around: FloatArray = path_mm[hull_of_path(path_mm)]
    return around


@kernel
def _section(
    vertices_mm: FloatArray, faces: IntArray, point_mm: FloatArray, across: FloatArray
) -> FloatArray:
    """Points (S, 3) where the edges of triangles cross a plane."""
    height_mm = np.zeros(len(vertices_mm))
    for i in range(len(vertices_mm)):
        for k in range(3):
            height_mm[i] += (vertices_mm[i, k] - point_mm[k]) * across[k]
    found_mm = np.zeros((2 * len(faces), 3))
    count = 0
    for f in range(len(faces)):
        for e in range(3):
            i, j = faces[f, e], faces[f, (e + 1) % 3]
            if height_mm[i] * height_mm[j] < 0.0:
                share = height_mm[i] / (height_mm[i] - height_mm[j])
                for k in range(3):
                    found_mm[count, k] = vertices_mm[i, k]
                    found_mm[count, k] += share * (vertices_mm[j, k] - vertices_mm[i, k])
                count += 1
    return found_mm[:count]
