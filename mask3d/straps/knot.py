"""Knots and bows behind the head, with their loose ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.contact import push_out, skin_distance
from mask3d.mesh import Mesh
from mask3d.straps.line import evened, resampled
from mask3d.straps.sweep import sinking_mm, swept
from mask3d.straps.types import CLEARANCE_MM, Strap, StrappedHead

POINTS = 28  # of each part
SMOOTH_POINTS = 2  # over which the lift of a ribbon off the skin is evened
TAIL_MM = 85.0
BOW_MM = 38.0
KNOT_OVER_WIDTH = 0.8  # half the height of what is tied, over the width of the cloth
MAX_KNOT_MM = 11.0
MAX_KNOT_LIFT_MM = 2.5  # off the head: what is tied tight is pressed in
GATHERED, SPREAD = 0.6, 0.9  # width of tied cloth in the knot and where it runs into it
REACH_BACK = 0.1  # of its half, that lies on the cloth


class _Place(NamedTuple):
    """Of a knot: its middle (3,) and unit axes (3,) along what it ties, upwards and outwards."""

    middle_mm: FloatArray
    along: FloatArray
    upward: FloatArray
    outward: FloatArray


def knot(strap: Strap, ends_mm: FloatArray, head: StrappedHead) -> list[Mesh]:
    """What ties two ends of cloth (2, 3): a knot, what runs into it, and two tails."""
    place = _place(strap, ends_mm[0], ends_mm[1], head)
    return [
        _lump(strap, place, head),
        *_tails(strap, place, head),
        _gathered(strap, ends_mm, place),
    ]


def bow(strap: Strap, band_mm: FloatArray, head: StrappedHead) -> list[Mesh]:
    """What ties a tape along a line (P, 3), in its middle: a bow and two loose ends."""
    half = len(band_mm) // 2
    place = _place(strap, band_mm[half - 2], band_mm[half + 2], head)
    return [_lump(strap, place, head), *_tails(strap, place, head), *_bows(strap, place, head)]


def _place(strap: Strap, left_mm: FloatArray, right_mm: FloatArray, head: StrappedHead) -> _Place:
    middle_mm = (left_mm + right_mm) / 2
    middle_mm = push_out(head.skull, middle_mm[None], strap.thickness_mm + CLEARANCE_MM)[0]
    outward = skin_distance(head.skull, middle_mm[None])[1][0]
    along = left_mm - right_mm
    along -= (along @ outward) * outward
    along /= np.linalg.norm(along)
    return _Place(middle_mm, along, np.cross(outward, along), outward)


def _lump(strap: Strap, place: _Place, head: StrappedHead) -> Mesh:
    """The tape's turn over itself: a short, thick arch across it."""
    half_mm = min(KNOT_OVER_WIDTH * strap.width_mm, MAX_KNOT_MM)
    angle = np.linspace(-0.1, np.pi + 0.1, POINTS)[:, None]
    line_mm = place.middle_mm + half_mm * np.cos(angle) * (0.9 * place.upward + 0.3 * place.along)
    line_mm = line_mm + 0.55 * half_mm * np.sin(angle) * place.outward
    thick_mm = half_mm * (0.5 + 0.5 * np.sin(angle[:, 0].clip(0.0, np.pi)))
    up = np.cos(angle) * place.upward + np.sin(angle) * place.outward
    width_mm = np.full(POINTS, 1.3 * half_mm)
    lift_mm = sinking_mm(line_mm, up, width_mm, thick_mm, head.skull).max()
    lift_mm = min(float(lift_mm), MAX_KNOT_LIFT_MM)
    return swept(line_mm + lift_mm * place.outward, up, width_mm, thick_mm, strap)


def _gathered(strap: Strap, ends_mm: FloatArray, place: _Place) -> Mesh:
    """The cloth between its ends (2, 3), drawn together under the knot."""
    into_mm = ends_mm + REACH_BACK * (ends_mm - place.middle_mm)
    line_mm = resampled(np.stack([into_mm[0], place.middle_mm, into_mm[1]]), POINTS)
    from_knot = np.abs(np.linspace(-1.0, 1.0, POINTS))
    width_mm = strap.width_mm * (GATHERED + (SPREAD - GATHERED) * from_knot)
    thick_mm = strap.thickness_mm * (1.0 + 2.0 * (1.0 - from_knot))
    return swept(line_mm, np.tile(place.outward, (POINTS, 1)), width_mm, thick_mm, strap)


def _tails(strap: Strap, place: _Place, head: StrappedHead) -> list[Mesh]:
    """Two loose ends that hang down the head, one longer than the other."""
    t = np.linspace(0.0, 1.0, POINTS)[:, None]
    tails = []
    for side, share in ((1.0, 1.0), (-1.0, 0.8)):
        leaning = side * (0.42 * t - 0.22 * t * t) * place.along
        way = leaning - t * np.array([0.0, 1.0, 0.0]) + 0.12 * np.sin(np.pi * t) * place.outward
        tails.append(_ribbon(strap, place.middle_mm + TAIL_MM * share * way, head, side))
    return tails


def _bows(strap: Strap, place: _Place, head: StrappedHead) -> list[Mesh]:
    """The two loops of a bow, which droop a little."""
    angle = np.linspace(0.0, 2 * np.pi, POINTS)[:, None]
    bows = []
    for side in (1.0, -1.0):
        reach = side * (1.0 - np.cos(angle)) / 2 * place.along
        open_ = 0.22 * np.sin(angle) * (place.outward + 0.6 * place.upward)
        droop = 0.28 * (1.0 - np.cos(angle)) / 2 * np.array([0.0, -1.0, 0.0])
        line_mm = place.middle_mm + BOW_MM * (reach + open_ + droop + 0.06 * place.outward)
        bows.append(_ribbon(strap, line_mm, head, side))
    return bows


def _ribbon(strap: Strap, line_mm: FloatArray, head: StrappedHead, twist: float) -> Mesh:
    """Flat ribbon along a line (P, 3) over the head, tapered where it leaves the knot."""
    line_mm = resampled(push_out(head.skin, line_mm, 1.5 * strap.thickness_mm), POINTS)
    _, normals = skin_distance(head.skin, line_mm)
    t = np.linspace(0.0, 1.0, POINTS)
    up = normals + np.outer(0.5 * twist * np.sin(2.5 * t), [0.0, 0.3, -0.2])
    width_mm = strap.width_mm * (0.55 + 0.45 * np.clip(t * 5.0, 0.0, 1.0))
    thick_mm = np.full(POINTS, strap.thickness_mm)
    lift_mm = evened(sinking_mm(line_mm, up, width_mm, thick_mm, head.skin), SMOOTH_POINTS)
    return swept(line_mm + lift_mm[:, None] * normals, up, width_mm, thick_mm, strap)
