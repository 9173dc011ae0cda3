"""Knots and bows behind the head, with their loose ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.contact import ContactMap, push_out, skin_at, skin_distance
from mask3d.jit import kernel
from mask3d.mesh import Mesh
from mask3d.straps.line import evened, perpendicular, resampled
from mask3d.straps.sweep import sinking_mm, swept
from mask3d.straps.types import CLEARANCE_MM, Strap, StrappedHead

POINTS = 28  # of each part
SMOOTH_POINTS = 2  # over which the lift of a ribbon off the skin is evened
ASLANT, BESIDE = 0.25, 0.38  # of half the knot: lean of its turns, and how far apart they lie
TAIL_MM, MIN_TAIL_MM = 85.0, 15.0
END_MARGIN_MM = 6.0  # of the tails from where the model's neck ends: below, nothing hides them
# Width over that of the strap, by the way from the knot: a tape, and a corner of cloth.
RIBBON = ((0.0, 0.2), (0.55, 1.0))
CORNER = ((0.0, 0.55, 1.0), (0.6, 1.3, 0.15))
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
    """What ties two ends of cloth (2, 3): two turns, two tails, and what runs into the knot."""
    place = _place(strap, ends_mm[0], ends_mm[1], head)
    return [
        *_turns(strap, place, head),
        *_tails(strap, place, head),
        _gathered(strap, ends_mm, place),
    ]


def bow(strap: Strap, band_mm: FloatArray, head: StrappedHead) -> list[Mesh]:
    """What ties a tape along a line (P, 3), in its middle: two turns, two tails, two bows."""
    half = len(band_mm) // 2
    place = _place(strap, band_mm[half - 2], band_mm[half + 2], head)
    return [*_turns(strap, place, head), *_tails(strap, place, head), *_bows(strap, place, head)]


def _place(strap: Strap, left_mm: FloatArray, right_mm: FloatArray, head: StrappedHead) -> _Place:
    middle_mm = (left_mm + right_mm) / 2
    middle_mm = push_out(head.skin, middle_mm[None], strap.thickness_mm + CLEARANCE_MM)[0]
    outward = skin_distance(head.skin, middle_mm[None])[1][0]
    along = left_mm - right_mm
    along -= (along @ outward) * outward
    along /= np.linalg.norm(along)
    return _Place(middle_mm, along, perpendicular(outward, along), outward)


def _turns(strap: Strap, place: _Place, head: StrappedHead) -> list[Mesh]:
    """The cloth's two turns over itself: short, thick arches across it, side by side and aslant."""
    half_mm = min(KNOT_OVER_WIDTH * strap.width_mm, MAX_KNOT_MM)
    angle = np.linspace(-0.1, np.pi + 0.1, POINTS)[:, None]
    over = np.sin(angle[:, 0]).clip(0.0)
    up = np.cos(angle) * place.upward + np.sin(angle) * place.outward
    width_mm, thick_mm = np.full(POINTS, 0.95 * half_mm), half_mm * (0.4 + 0.45 * over)
    across = 0.9 * place.upward + ASLANT * place.along
    turns = []
    for side in (1.0, -1.0):
        line_mm = place.middle_mm + half_mm * (
            np.cos(angle) * across
            + BESIDE * side * place.along
            + (0.5 + 0.05 * side) * np.sin(angle) * place.outward
        )
        lift_mm = sinking_mm(line_mm, up, width_mm, thick_mm, head.skin).max()
        lift_mm = float(np.clip(lift_mm, 0.0, MAX_KNOT_LIFT_MM))
        turns.append(swept(line_mm + lift_mm * place.outward, up, width_mm, thick_mm, strap))
    return turns


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
    room_mm = place.middle_mm[1] - head.nape_end_mm(place.middle_mm[0]) - END_MARGIN_MM
    long_mm = float(np.clip(room_mm, MIN_TAIL_MM, TAIL_MM))
    tails = []
    for side, share in ((1.0, 1.0), (-1.0, 0.8)):
        lean = side * max(0.2, 0.7 * strap.width_mm / (share * long_mm)) * place.along
        line_mm = np.tile(place.middle_mm, (POINTS, 1))
        _hang(head.skin, lean, share * long_mm / (POINTS - 1), 1.5 * strap.thickness_mm, line_mm)
        tails.append(
            _ribbon(
                strap,
                line_mm,
                head,
                side,
                _width_mm(strap, CORNER if strap.kind == "knot" else RIBBON),
            )
        )
    return tails


@kernel
def _hang(
    skin: ContactMap, lean: FloatArray, step_mm: float, rest_mm: float, line_mm: FloatArray
) -> None:
    """Let a line (P, 3) hang from its first point: straight down, over the skin in its way.

    It starts out at twice `lean` (3,) to the side, and ends upright.
    """
    normal, way = np.zeros(3), np.zeros(3)
    for p in range(1, len(line_mm)):
        height_mm = skin_at(skin, line_mm[p - 1], normal)
        aside = 2.0 * (1.0 - p / len(line_mm))
        inward = 0.0
        for k in range(3):
            way[k] = aside * lean[k] - (1.0 if k == 1 else 0.0)
            inward -= way[k] * normal[k]
        slide = inward if height_mm < rest_mm + step_mm else 0.0
        length = 0.0
        for k in range(3):
            way[k] += max(slide, 0.0) * normal[k]
            length += way[k] * way[k]
        for k in range(3):
            line_mm[p, k] = line_mm[p - 1, k] + step_mm * way[k] / (np.sqrt(length) + 1e-9)
        lack_mm = rest_mm - skin_at(skin, line_mm[p], normal)
        for k in range(3):
            line_mm[p, k] += max(lack_mm, 0.0) * normal[k]


def _bows(strap: Strap, place: _Place, head: StrappedHead) -> list[Mesh]:
    """The two loops of a bow, which droop a little."""
    angle = np.linspace(0.0, 2 * np.pi, POINTS)[:, None]
    bows = []
    for side in (1.0, -1.0):
        reach = side * (1.0 - np.cos(angle)) / 2 * place.along
        open_ = 0.22 * np.sin(angle) * (place.outward + 0.6 * place.upward)
        droop = -0.28 * (1.0 - np.cos(angle)) / 2 * place.upward
        line_mm = place.middle_mm + BOW_MM * (reach + open_ + droop + 0.06 * place.outward)
        bows.append(_ribbon(strap, line_mm, head, side, _width_mm(strap, RIBBON)))
    return bows


def _ribbon(
    strap: Strap, line_mm: FloatArray, head: StrappedHead, twist: float, width_mm: FloatArray
) -> Mesh:
    """Flat ribbon along a line (P, 3) over the head."""
    line_mm = resampled(push_out(head.skin, line_mm, 1.5 * strap.thickness_mm), POINTS)
    _, normals = skin_distance(head.skin, line_mm)
    t = np.linspace(0.0, 1.0, POINTS)
    up = normals + np.outer(0.5 * twist * np.sin(2.5 * t), [0.0, 0.3, -0.2])
    thick_mm = np.full(POINTS, strap.thickness_mm)
    sunk_mm = sinking_mm(line_mm, up, width_mm, thick_mm, head.skin).clip(0.0)
    lift_mm = evened(sunk_mm, SMOOTH_POINTS)
    return swept(line_mm + lift_mm[:, None] * normals, up, width_mm, thick_mm, strap)


def _width_mm(strap: Strap, shape: tuple[tuple[float, ...], tuple[float, ...]]) -> FloatArray:
    """Width (POINTS,) of what comes out of a knot, by the way from it."""
    width_mm: FloatArray = strap.width_mm * np.interp(np.linspace(0.0, 1.0, POINTS), *shape)
    return width_mm
