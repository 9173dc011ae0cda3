"""The sheet of a surgical mask: its size, its pleats, and the links that hold it together."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import IntArray
from mask3d.sheet import Sheet

WIDTH_MM, HEIGHT_MM = 175.0, 95.0  # adult size of makers' sheets, folded
COLUMNS, ROWS = 41, 25  # of the cage
U_MM = np.linspace(-WIDTH_MM / 2, WIDTH_MM / 2, COLUMNS)
V_MM = np.linspace(0.0, HEIGHT_MM, ROWS)
DU_MM, DV_MM = WIDTH_MM / (COLUMNS - 1), HEIGHT_MM / (ROWS - 1)
PLEAT_ROWS = (5, 11, 17)  # the pleat lies between this row and the next
PLEAT_DEPTH_MM = 11.0
PLEAT_MEMORY_MM = 6.0  # a pressed pleat draws itself together to this opening, if weakly
PLEAT_MEMORY_COMPLIANCE = 200.0
PLEAT_CHORD = 0.92  # least share of its length that the sheet is bent to where a pleat starts
WELD_MM = 10.0  # side band in which the pleats are welded shut
WELD_CHORD = 0.8  # least share of its length that the stiff weld is bent to
WIRE_HALF_MM = 20.0
BAND_ROWS = 5  # doubled cloth at the nose
TUCK_HALF_MM = 26.0
HEM_ROWS = 2  # the lower edge is folded over and stiff: it rounds the chin
LOOSE_LOOP_MM = 28.0  # from a corner to the ear: loops of 160 to 190 mm less the way round the ear

Links = list[tuple[int, int, float, float, float]]


def index(row: int, column: int) -> int:
    """Cage point of a row and a column."""
    return row * COLUMNS + column


def in_weld(column: float) -> bool:
    """Whether a column (or the middle between two) lies in a side weld."""
    return bool(abs(np.interp(column, np.arange(COLUMNS), U_MM)) > WIDTH_MM / 2 - WELD_MM)


def sheet() -> Sheet:
    """Links of the pleated sheet."""
    links: Links = []
    _weave(links)
    _shear(links)
    _bending(links)
    _welds(links)
    order = np.random.default_rng(0).permutation(len(links))  # in order, a solve drifts sideways
    table = np.array(links)[order]
    wire = [index(0, c) for c in range(COLUMNS) if abs(U_MM[c]) < WIRE_HALF_MM]
    tucked = [index(ROWS - 1, c) for c in range(COLUMNS) if abs(U_MM[c]) < TUCK_HALF_MM]
    gaps = [(index(r, c), index(r + 1, c)) for r in PLEAT_ROWS for c in range(COLUMNS)]
    return Sheet(
        pairs=table[:, :2].astype(np.int32),
        bounds_mm=table[:, 2:4].copy(),
        compliance=table[:, 4].copy(),
        pulled=_corners().ravel().astype(np.int32),
        wire=np.array(wire, np.int32),
        tucked=np.array(tucked, np.int32),
        gaps=np.array(gaps, np.int32),
        bridge=index(0, COLUMNS // 2),
        loose_mm=LOOSE_LOOP_MM,
    )


def _corners() -> IntArray:
    """Corner points, subject's left side first, upper end first, (2, 2)."""
    left, right = COLUMNS - 1, 0
    last = ROWS - 1
    return np.array([[index(0, left), index(last, left)], [index(0, right), index(last, right)]])


def _weave(links: Links) -> None:
    for r in range(ROWS):
        links += [(index(r, c), index(r, c + 1), DU_MM, DU_MM, 0.02) for c in range(COLUMNS - 1)]
    for r in range(ROWS - 1):
        for c in range(COLUMNS):
            free = 2 * PLEAT_DEPTH_MM if r in PLEAT_ROWS and not in_weld(c) else 0.0
            links.append((index(r, c), index(r + 1, c), DV_MM, DV_MM + free, 0.0))
            if free:
                memory = (DV_MM, DV_MM + PLEAT_MEMORY_MM, PLEAT_MEMORY_COMPLIANCE)
                links.append((index(r, c), index(r + 1, c), *memory))


def _shear(links: Links) -> None:
    diagonal_mm = float(np.hypot(DU_MM, DV_MM))
    for r in range(ROWS - 1):
        for c in range(COLUMNS - 1):
            if r in PLEAT_ROWS and not in_weld(c + 0.5):
                continue
            give = 0.0 if r < BAND_ROWS else 0.5
            links.append((index(r, c), index(r + 1, c + 1), diagonal_mm, diagonal_mm, give))
            links.append((index(r, c + 1), index(r + 1, c), diagonal_mm, diagonal_mm, give))
    for k in (2, 3):  # the doubled band is stiff in its plane: the top edge stays straight
        for c in range(COLUMNS - k):
            for r in range(BAND_ROWS - k + 1):
                reach_mm = k * diagonal_mm
                bounds = (0.985 * reach_mm, reach_mm, 0.0)
                links.append((index(r, c), index(r + k, c + k), *bounds))
                links.append((index(r, c + k), index(r + k, c), *bounds))


def _bending(links: Links) -> None:
    for r in range(ROWS):
        hem = r >= ROWS - HEM_ROWS
        for c in range(COLUMNS - 2):
            nose = 20.0 if abs(U_MM[c + 1]) < WIRE_HALF_MM else 0.5
            give = nose if r < 3 else 1.0 if hem else 20.0
            links.append((index(r, c), index(r, c + 2), 2 * DU_MM, 2 * DU_MM, give))
        for c in range(COLUMNS - 4 if hem else 0):
            links.append((index(r, c), index(r, c + 4), 3.8 * DU_MM, 4 * DU_MM, 1.0))
    for r in range(ROWS - 2):
        for c in range(COLUMNS):
            weld = abs(U_MM[c]) > WIDTH_MM / 2 - WELD_MM - 1
            pair = index(r, c), index(r + 2, c)
            if (r in PLEAT_ROWS or r + 1 in PLEAT_ROWS) and not weld:
                open_mm = 2 * DV_MM + 2 * PLEAT_DEPTH_MM
                links.append((*pair, PLEAT_CHORD * 2 * DV_MM, open_mm, 0.5))
                continue
            give = 1.0 if weld else 10.0
            links.append((*pair, 2 * DV_MM, 2 * DV_MM, give))


def _welds(links: Links) -> None:
    """The welded side is many layers thick: it keeps a least length over any stretch."""
    for c in range(COLUMNS):
        if abs(U_MM[c]) <= WIDTH_MM / 2 - WELD_MM - 1:
            continue
        for span in (4, 8, 12, 24):
            for r in range(0, ROWS - span, 2 if span < 12 else 4):
                length_mm = span * DV_MM
                pair = (index(r, c), index(r + span, c))
                links.append((*pair, WELD_CHORD * length_mm, length_mm, 1.0))
