"""A sheet of cloth as data: one layer of points, its links, and where it may meet itself.

A pleat is a row of links whose length is free between folded and open, so that
pleats open by themselves where the face asks for it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from mask3d.arrays import FloatArray, IntArray

THREAD_COMPLIANCE = 0.1  # links that give way more stand for shear and bending
# Of their distance apart, from where two points may meet while a carried sheet settles. Flat cloth
# has the next but one at twice that.
CONTACT_REACH = 1.95
SHARPEST_FOLD = 0.6  # straight way between two points, over the way along the sheet


class Sheet(NamedTuple):
    """What holds a sheet together, as data of the design.

    Attributes
    ----------
    pairs : (C, 2) linked points
    bounds_mm : (C, 2) least and greatest length of a link
    compliance : (C,) 0 is rigid
    pulled : (P,) points that straps pull on
    wire : (W,) points that the nose wire presses to the skin
    tucked : (T,) points that the wearer tucks under the chin
    gaps : (G, 2) links across pleats, kept off the skin between their ends
    bridge : index of the point held on the bridge of the nose
    loose_mm : length of a strap without tension
    """

    pairs: IntArray
    bounds_mm: FloatArray
    compliance: FloatArray
    pulled: IntArray
    wire: IntArray
    tucked: IntArray
    gaps: IntArray
    bridge: int
    loose_mm: float = 0.0

    @property
    def is_thread(self) -> NDArray[np.bool_]:
        """Which links (C,) are threads of the cloth."""
        threads: NDArray[np.bool_] = self.compliance <= THREAD_COMPLIANCE
        return threads


class Contacts(NamedTuple):
    """Where a sheet may meet itself.

    Attributes
    ----------
    pairs : (K, 2) points that are no neighbours on the sheet
    apart_mm : (K,) how near they may come, at most about as far as neighbours are
    """

    pairs: IntArray
    apart_mm: FloatArray


NO_CONTACTS = Contacts(np.zeros((0, 2), np.int32), np.zeros(0))


def closed(sheet: Sheet) -> Sheet:
    """The sheet with its pleats held shut."""
    points, bounds_mm = int(sheet.pairs.max()) + 1, sheet.bounds_mm.copy()
    across = np.isin(sheet.pairs @ [points, 1], sheet.gaps @ [points, 1])
    bounds_mm[across, 1] = bounds_mm[across, 0]
    return sheet._replace(bounds_mm=bounds_mm)


def self_contacts(sheet: Sheet, points: int) -> Contacts:
    """All pairs of `points` that no thread joins.

    A cell keeps the points of another layer out of it when they stay as far
    apart as its own. Points that lie next but one have less way between them
    where cells are small, and come as near as a fold of SHARPEST_FOLD makes them.
    """
    threads, bounds_mm = sheet.pairs[sheet.is_thread], sheet.bounds_mm[sheet.is_thread]
    cell_mm = float(np.median(bounds_mm[:, 0]))
    open_mm = coo_array((bounds_mm[:, 1], tuple(threads.T)), shape=(points, points))
    way_mm = dijkstra(open_mm, directed=False, limit=cell_mm / SHARPEST_FOLD)
    joined = np.eye(points, dtype=bool)
    joined[threads, threads[:, ::-1]] = True
    pairs = np.argwhere(np.triu(~joined))
    apart_mm = np.minimum(SHARPEST_FOLD * way_mm[*pairs.T], cell_mm)
    return Contacts(pairs.astype(np.int32), apart_mm)


def within_reach(contacts: Contacts, points_mm: FloatArray) -> Contacts:
    """Those of the contacts whose points (N, 3) are near enough to meet soon."""
    ends_mm = points_mm[contacts.pairs]
    near = np.linalg.norm(ends_mm[:, 0] - ends_mm[:, 1], axis=1) < CONTACT_REACH * contacts.apart_mm
    return Contacts(contacts.pairs[near], contacts.apart_mm[near])
