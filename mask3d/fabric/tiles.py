"""The tileable pictures of fabrics and patterns under ``textures/``.

``textures.toml`` lists them with their size in millimetres. A fabric's
picture holds in red its shade (128 leaves a colour as it is), in green its
height (255 is ``height_mm``), in blue the share of threads that take no dye.
A pattern's holds in red, green and blue the shares of inks 2, 3 and 4 over
the colour of the ground.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from mask3d.arrays import Float32Array
from mask3d.assets import asset_path
from mask3d.errors import BadMaskError
from mask3d.fabric.colours import nearest
from mask3d.fabric.outfit import PLAIN
from mask3d.image_io import read_photo

NEUTRAL = 128.0  # value of a shade that changes nothing
CACHED_TILES = 64  # all that ship; about 1 MB each


@dataclass(frozen=True, slots=True, eq=False)
class FabricTile:
    """One repeat of a fabric.

    Attributes
    ----------
    shade : (N, N) factor of a colour, 1 on average
    slopes : (N, N, 2) rise along the columns and down the rows, mm per mm
    undyed : (N, N) share of threads that no dye reaches
    undyed_colour : of those
    repeat_mm : length of either side
    gloss, roughness, translucency : see `Material`
    opacity : 1 hides what is behind
    """

    shade: Float32Array
    slopes: Float32Array
    undyed: Float32Array
    undyed_colour: str
    repeat_mm: float
    gloss: float
    roughness: float
    opacity: float
    translucency: float


@dataclass(frozen=True, slots=True, eq=False)
class PatternTile:
    """One repeat of a pattern.

    Attributes
    ----------
    shares : (N, N, 3) of inks 2, 3 and 4, none above 1 in sum
    colours : of the ground and of each ink that it uses
    repeat_mm : length of either side
    """

    shares: Float32Array
    colours: tuple[str, ...]
    repeat_mm: float


def list_fabrics() -> tuple[str, ...]:
    """Names of all fabrics, sorted."""
    return tuple(sorted(_catalogue()["fabrics"]))


def list_patterns() -> tuple[str, ...]:
    """Names of all patterns, sorted; ``plain`` is one."""
    return tuple(sorted({PLAIN, *_catalogue()["patterns"]}))


@lru_cache(maxsize=CACHED_TILES)
def fabric_tile(name: str, texels_per_mm: float | None = None) -> FabricTile:
    """The fabric `name`, as fine as it was made or averaged to `texels_per_mm`.

    Raises
    ------
    BadMaskError
        There is none of that name.
    """
    entry = _entry("fabric", name)
    repeat_mm = float(entry["repeat_mm"])
    picture = _averaged(_picture("fabrics", name), repeat_mm, texels_per_mm)
    height_mm = picture[..., 1] * np.float32(entry["height_mm"] / 255.0)
    return FabricTile(
        shade=picture[..., 0] / np.float32(NEUTRAL),
        slopes=_slopes(height_mm, repeat_mm / len(height_mm)),
        undyed=picture[..., 2] / np.float32(255.0),
        undyed_colour=str(entry.get("undyed", "white")),
        repeat_mm=repeat_mm,
        gloss=float(entry["gloss"]),
        roughness=float(entry["roughness"]),
        opacity=float(entry.get("opacity", 1.0)),
        translucency=float(entry.get("translucency", 0.0)),
    )


@lru_cache(maxsize=CACHED_TILES)
def pattern_tile(name: str, texels_per_mm: float) -> PatternTile:
    """The pattern `name`, averaged to `texels_per_mm`.

    Raises
    ------
    BadMaskError
        There is none of that name.
    """
    if name == PLAIN:
        return PatternTile(np.zeros((1, 1, 3), np.float32), ("white",), 1.0)
    entry = _entry("pattern", name)
    repeat_mm = float(entry["repeat_mm"])
    picture = _averaged(_picture("patterns", name), repeat_mm, texels_per_mm)
    return PatternTile(picture / np.float32(255.0), tuple(entry["colours"]), repeat_mm)


def _entry(kind: str, name: str) -> Mapping[str, Any]:
    known: Mapping[str, Mapping[str, Any]] = _catalogue()[f"{kind}s"]
    if name not in known:
        names = list_fabrics() if kind == "fabric" else list_patterns()
        hint = nearest(name, names)
        raise BadMaskError(f"no {kind} is called {name!r}", f"{hint}choose of {', '.join(names)}")
    return known[name]


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, Any]]:
    return tomllib.loads(asset_path("textures", "textures.toml").read_text(encoding="utf-8"))


def _picture(folder: str, name: str) -> Float32Array:
    rgb = read_photo(asset_path("textures", folder, f"{name}.png")).rgb
    return rgb.astype(np.float32)


def _averaged(picture: Float32Array, repeat_mm: float, texels_per_mm: float | None) -> Float32Array:
    """The picture with fewer texels, if so many are not wanted."""
    texels = len(picture) if texels_per_mm is None else round(repeat_mm * texels_per_mm)
    if texels >= len(picture):
        return picture
    size = (max(texels, 1), max(texels, 1))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _slopes(height_mm: Float32Array, texel_mm: float) -> Float32Array:
    """Slopes (N, N, 2) of a height (N, N) that goes on after its border as at the other side."""
    rise_mm = [np.roll(height_mm, -1, axis) - np.roll(height_mm, 1, axis) for axis in (1, 0)]
    slopes: Float32Array = np.stack(rise_mm, axis=2) * np.float32(0.5 / texel_mm)
    return slopes
