"""Everything random about one face, drawn once, as data."""

from __future__ import annotations

from dataclasses import dataclass

CREASE_SETS = 4


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the seed decided for one face.

    Attributes
    ----------
    mask : preset name, e.g. ``surgical_blue``
    crease_weights : CREASE_SETS numbers
        How strongly each of the design's crease patterns shows; all 0 is the smooth mask.
    """

    mask: str
    crease_weights: tuple[float, ...] = (0.0,) * CREASE_SETS
