"""What the ``mask.toml`` of an own design says, read with care: people write it by hand."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.errors import BadMaskError
from mask3d.straps.types import KINDS, ROUND_THE_EAR

DESIGN_FILE = "mask.toml"
END_COUNTS = (1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class OwnStrap:
    """Where a strap of an own design is fastened.

    Attributes
    ----------
    ends_mm : (2, 3) upper and lower end on the subject's left; the right side is its mirror image
    via_mm : (3,) at the back of the head, that a band runs over or where ends are tied;
        None for what goes round an ear
    """

    ends_mm: FloatArray
    via_mm: FloatArray | None


def read_toml(folder: Path) -> dict[str, Any]:
    """The ``mask.toml`` of a design's folder.

    Raises
    ------
    BadMaskError
        It is missing or no TOML.
    """
    path = folder / DESIGN_FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMaskError(
            f"{path} cannot be read: {error}", "docs/own_masks.md has one to start from"
        ) from error


def own_strap(entry: dict[str, Any]) -> OwnStrap:
    """One entry of ``[[straps]]``; a band has one end a side, given once.

    Raises
    ------
    BadMaskError
        The entry lacks something.
    """
    kind, ends = entry.get("kind"), _points(entry, "ends_mm")
    if kind not in KINDS:
        raise BadMaskError(f"a strap is of kind {kind!r}", f"choose one of {', '.join(KINDS)}")
    if len(ends) not in END_COUNTS:
        raise BadMaskError(f"a strap has {len(ends)} ends_mm", "give one or two points [x, y, z]")
    if kind in ROUND_THE_EAR:
        return OwnStrap(ends[[0, -1]], None)
    return OwnStrap(ends[[0, -1]], _points(entry, "via_mm")[0])


def _points(entry: dict[str, Any], key: str) -> FloatArray:
    """Points (K, 3) of a key that holds one or several."""
    try:
        return np.array(entry[key], float).reshape(-1, 3)
    except (KeyError, ValueError, TypeError) as error:
        raise BadMaskError(
            f"a strap of kind {entry.get('kind')!r} lacks {key}", f"give {key} = [[x, y, z], …]"
        ) from error
