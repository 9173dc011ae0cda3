"""Bands and tapes: taut round the back of the head, above or below the ears."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import push_out, skin_distance
from mask3d.jit import kernel
from mask3d.mesh import Mesh
from mask3d.straps.line import (
    along_mm,
    evened,
    hull_of_path,
    perpendicular,
    resampled,
    rounded,
    tangents,
)
from mask3d.straps.sweep import sinking_mm, swept
from mask3d.straps.types import CLEARANCE_MM, Strap, StrappedHead

POINTS = 140
EAR_MARGIN_MM = 3.0  # between a band's edge and the ear
ROUNDED_MM = 8.0  # over which a band bends round the ear
FAR_MM = 400.0  # a course goes on straight at both ends
SMOOTH_POINTS = 3  # over which its lift off the skin is evened


class _Course(NamedTuple):
    """The surface that a band runs in: straight across the head, bent where the ear holds the band.

    Attributes
    ----------
    middle_mm : (3,) of the band's ends
    axes : (3, 3) unit vectors to the left, back and up
    side_mm : (K, 2) back and up from the middle, as seen from the side
    way_mm : (K,) along that, 0 at the middle
    """

    middle_mm: FloatArray
    axes: FloatArray
    side_mm: FloatArray
    way_mm: FloatArray

    def rolled_out(self, points_mm: FloatArray) -> FloatArray:
        """Points (N, 3) as they lie to the left, along the course and over it."""
        aside_mm, back_mm, up_mm = self.axes @ (points_mm - self.middle_mm).T
        knots_back_mm, knots_up_mm = self.side_mm.T
        along_mm = np.interp(back_mm, knots_back_mm, self.way_mm)
        over_mm = up_mm - np.interp(back_mm, knots_back_mm, knots_up_mm)
        return np.stack([aside_mm, along_mm, over_mm], axis=1)

    def rolled_up(self, flat_mm: FloatArray) -> FloatArray:
        """Points (N, 3) of the face frame from places (N, 2) to the left and along the course."""
        aside_mm, along_mm = flat_mm.T
        side_mm = [np.interp(along_mm, self.way_mm, knots_mm) for knots_mm in self.side_mm.T]
        points_mm: FloatArray = self.middle_mm + np.stack([aside_mm, *side_mm], axis=1) @ self.axes
        return points_mm


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

    It is the hull of the head's section by the band's course, rolled out.
    """
    course = _course(strap, ends_mm, head)
    section_mm = _section(course.rolled_out(head.vertices_mm), head.skull_faces)
    half_mm = np.linalg.norm(ends_mm[0] - ends_mm[1]) / 2
    around_mm = _hull_behind(section_mm[section_mm[:, 1] > 0], float(half_mm))
    flat_mm = resampled(np.pad(around_mm, ((0, 0), (0, 1))), POINTS)
    rest_mm = strap.thickness_mm / 2 + CLEARANCE_MM
    flat_mm[1:-1] += rest_mm * perpendicular(tangents(flat_mm), np.array([0.0, 0.0, 1.0]))[1:-1]
    line_mm = rounded(course.rolled_up(flat_mm[:, :2]), ROUNDED_MM)
    return np.concatenate([line_mm[:1], push_out(head.skull, line_mm[1:-1], rest_mm), line_mm[-1:]])


def _course(strap: Strap, ends_mm: FloatArray, head: StrappedHead) -> _Course:
    """Course from the ends (2, 3) to the strap's place at the back and on."""
    middle_mm = ends_mm.mean(axis=0)
    aside = (ends_mm[0] - ends_mm[1]) / np.linalg.norm(ends_mm[0] - ends_mm[1])
    backward = np.array([0.0, 0.0, -1.0]) + aside[2] * aside
    backward /= np.linalg.norm(backward)
    axes = np.stack([aside, backward, perpendicular(aside, backward)])
    via_mm = axes[1:] @ (head.vertices_mm[strap.via_vertex] - middle_mm)
    ears_mm = (head.vertices_mm[head.ears] - middle_mm) @ axes[1:].T
    taut_mm = _past(ears_mm, via_mm, EAR_MARGIN_MM + strap.width_mm / 2)
    first, *_, last = np.diff(taut_mm, axis=0) if len(taut_mm) > 2 else [via_mm] * 2
    beyond_mm = FAR_MM * np.stack([-first, last]) / np.linalg.norm([first, last], axis=1)[:, None]
    side_mm = np.concatenate([beyond_mm[:1], taut_mm, via_mm + beyond_mm[1:]])
    return _Course(middle_mm, axes, side_mm, along_mm(side_mm) - FAR_MM)


def _past(ears_mm: FloatArray, via_mm: FloatArray, margin_mm: float) -> FloatArray:
    """Taut way (K, 2) from 0 to (2,), over the ears (E, 2) or under them, `margin_mm` off."""
    over = 1.0 if via_mm[1] > ears_mm[:, 1].mean() else -1.0
    away = over * np.array([-via_mm[1], via_mm[0]]) / np.linalg.norm(via_mm)
    met_mm = ears_mm + margin_mm * away
    met_mm = met_mm[(met_mm[:, 0] > 0.0) & (met_mm[:, 0] < via_mm[0])]
    path_mm = np.concatenate([np.zeros((1, 2)), met_mm[np.argsort(met_mm[:, 0])], via_mm[None]])
    taut_mm: FloatArray = path_mm[hull_of_path(path_mm * [1.0, -over])]
    return taut_mm


def _hull_behind(flat_mm: FloatArray, half_mm: float) -> FloatArray:
    """Hull (P, 2) of points behind a line, from its end `half_mm` to the left round to the right.

    By their angle about the line's middle they go round it counter-clockwise.
    """
    round_mm = flat_mm[np.argsort(np.arctan2(flat_mm[:, 1], flat_mm[:, 0]))]
    path_mm = np.concatenate([[[half_mm, 0.0]], round_mm, [[-half_mm, 0.0]]])
    around: FloatArray = path_mm[hull_of_path(path_mm)]
    return around


@kernel
def _section(points_mm: FloatArray, faces: IntArray) -> FloatArray:
    """Places (S, 2) where the edges of triangles between points (V, 3) cross the third one's 0."""
    found_mm = np.zeros((2 * len(faces), 2))
    count = 0
    for f in range(len(faces)):
        for e in range(3):
            i, j = faces[f, e], faces[f, (e + 1) % 3]
            over_mm, under_mm = points_mm[i, 2], points_mm[j, 2]
            if over_mm * under_mm < 0.0:
                share = over_mm / (over_mm - under_mm)
                for k in range(2):
                    found_mm[count, k] = points_mm[i, k]
                    found_mm[count, k] += share * (points_mm[j, k] - points_mm[i, k])
                count += 1
    return found_mm[:count]
