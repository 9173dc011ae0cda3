"""What a mask on many heads is held to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from mask3d.masks import Mask
from scripts.wardrobe_measures.measures import OneHead
from scripts.wardrobe_measures.rim import ZONES, median_gap_mm, pooled

MAX_DEPTH_MM = 0.5
MAX_HIDDEN_DEPTH_MM = 2.0  # behind the ear nobody sees a cord that digs in as elastic does
MAX_STRAIN_PCT = 5.0  # of the 95th percentile
MAX_LOOP_MM = 5.0
MAX_CROSSINGS = 0
SHEET_GAP_MM = MappingProxyType({"nose": 2.0, "cheeks": 3.0, "sides": 6.0, "chin": 10.0})
SHELL_GAP_MM = MappingProxyType(dict.fromkeys(ZONES, 2.0))
LOOSE_ZONES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "bandana": ("sides", "chin"),  # the hem hangs free from the knot to the corner
        "gaiter": ("chin",),  # a tube round the neck has no rim there
        "shield": ZONES,  # a visor stands off the face
    }
)
"""Where the rim of a design is not there to seal."""


class Finding(NamedTuple):
    """One number, and what it is held to.

    Attributes
    ----------
    label : what it is, with its unit
    value : NaN where the mask has no such thing
    limit : infinite where it is only told
    """

    label: str
    value: float
    limit: float = float("inf")

    @property
    def missed(self) -> bool:
        """Whether the value is over its limit."""
        return self.value > self.limit


def findings(mask: Mask, state: str, heads: Sequence[OneHead]) -> list[Finding]:
    """The numbers of a mask in one state over all heads."""
    strain_pct = np.concatenate([head.strain_pct for head in heads])
    median_pct, high_pct = np.percentile(strain_pct, [50, 95]) if len(strain_pct) else [np.nan] * 2
    return [
        Finding("mask depth mm", max(h.mask_depth_mm for h in heads), MAX_DEPTH_MM),
        Finding("strap depth mm", max(h.strap_depth_mm for h in heads), MAX_DEPTH_MM),
        Finding("behind ear mm", max(h.ear_depth_mm for h in heads), MAX_HIDDEN_DEPTH_MM),
        *_gap_findings(mask, state, heads),
        Finding("strain median %", float(median_pct)),
        Finding("p95 %", float(high_pct), MAX_STRAIN_PCT),
        Finding("crossings", max(h.crossings for h in heads), MAX_CROSSINGS),
        Finding("loop mm", max(h.loop_mm for h in heads), MAX_LOOP_MM),
        Finding("not finite", sum(not h.finite for h in heads), 0),
    ]


def _gap_findings(mask: Mask, state: str, heads: Sequence[OneHead]) -> list[Finding]:
    """Median gaps of the rim by zone; only a mask that covers has limits."""
    gaps = pooled([head.gaps for head in heads])
    limits = dict(SHELL_GAP_MM if mask.stiff else SHEET_GAP_MM) if state == "covered" else {}
    for zone in LOOSE_ZONES.get(mask.design_name, ()):
        limits.pop(zone, None)
    return [
        Finding(f"{zone} mm", median_gap_mm(gaps, k), limits.get(zone, float("inf")))
        for k, zone in enumerate(ZONES)
    ]
