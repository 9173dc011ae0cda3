"""What a mask is dressed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mask3d.arrays import ByteArray, freeze_fields
from mask3d.errors import BadMaskError

PLAIN = "plain"  # the pattern that prints nothing


@dataclass(frozen=True, slots=True, eq=False)
class Outfit:
    """Fabric, print and colours of a mask; a colour is a CSS name or hex.

    Attributes
    ----------
    fabric, pattern : names of `list_fabrics` and `list_patterns`
    colours : the ground's, then the inks'; those left out are the pattern's own
    trim : of what the layout keeps out of the main colour, None for the ground's
    strap : colour of the straps, None for the trim's
    strap_fabric : None for the one that the design names
    logo : (H, W, 4) sRGB picture, its last channel not encoded opacity, or None
    """

    fabric: str = "cotton"
    pattern: str = PLAIN
    colours: tuple[str, ...] = ()
    trim: str | None = None
    strap: str | None = None
    strap_fabric: str | None = None
    logo: ByteArray | None = None

    def __post_init__(self) -> None:
        """Check and freeze the logo."""
        object.__setattr__(self, "colours", tuple(self.colours))
        if self.logo is not None:
            freeze_fields(self, {"logo": ((None, None, 4), np.uint8)})


PRESET_KEYS = ("fabric", "pattern", "colours", "trim", "strap", "strap_fabric")


def read_outfit(preset: Mapping[str, Any]) -> Outfit:
    """The outfit of a ``[presets.NAME]`` of a ``mask.toml``.

    Raises
    ------
    BadMaskError
        A key is unknown.
    """
    for key in preset:
        if key not in PRESET_KEYS:
            raise BadMaskError(f"a preset has no {key!r}", f"choose of {', '.join(PRESET_KEYS)}")
    return Outfit(**preset)


@dataclass(frozen=True, slots=True)
class LogoPlace:
    """Where a design takes a logo.

    Attributes
    ----------
    centre_mm : in the layout, from its top-left corner
    width_mm : of the logo; its height follows
    turn_deg : by which its right side is higher in the layout than its left
    """

    centre_mm: tuple[float, float]
    width_mm: float
    turn_deg: float = 0.0
