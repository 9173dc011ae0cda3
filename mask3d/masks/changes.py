"""What a run changes of the outfits that a design comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mask3d.errors import BadMaskError
from mask3d.fabric import Outfit
from mask3d.masks.picture import read_rgba


@dataclass(frozen=True, slots=True)
class Changes:
    """Fabric, print and colours instead of a preset's; what is left out stays.

    Attributes
    ----------
    fabric, pattern : names of `list_fabrics` and `list_patterns`
    colours : CSS names or hex, the ground's first, then the inks'
    logo : picture that is printed where the design has its place for one
    """

    fabric: str | None = None
    pattern: str | None = None
    colours: tuple[str, ...] = ()
    logo: Path | None = None

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return self != Changes()

    def dress(self, outfit: Outfit, design: Mapping[str, Any]) -> Outfit:
        """The outfit with these changes, for a design whose ``mask.toml`` is given.

        Another pattern brings its own inks, another ground its own trim.

        Raises
        ------
        BadMaskError
            The design does not take the fabric or pattern.
        UnreadableImageError
            The logo is no image.
        """
        _check_taken(design, "fabrics", self.fabric)
        _check_taken(design, "patterns", self.pattern)
        if self.fabric is not None:
            outfit = replace(outfit, fabric=self.fabric)
        if self.pattern is not None:
            outfit = replace(outfit, pattern=self.pattern, colours=outfit.colours[:1])
        if self.colours:
            outfit = replace(outfit, colours=self.colours, trim=None)
        if self.logo is not None:
            outfit = replace(outfit, logo=read_rgba(self.logo))
        return outfit


AS_SOLD = Changes()


def _check_taken(design: Mapping[str, Any], key: str, name: str | None) -> None:
    taken: Sequence[str] | None = design.get(key)
    if name is not None and taken is not None and name not in taken:
        raise BadMaskError(
            f"{design['title'].partition(':')[0]} takes no {key.removesuffix('s')} {name!r}",
            f"choose of {', '.join(taken)}",
        )
