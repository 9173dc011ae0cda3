"""The texture of a mask: its layout, in a colour, on a fabric, with a pattern.

A layout belongs to a shape and says where what goes: red is the share of the
main colour over the trim's, green a shade (128 leaves the colour as it is),
blue how far fabric and pattern show. Fabrics and patterns are tileable
pictures with a size in millimetres, listed in ``textures/textures.toml``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import ImageColor

from mask3d.arrays import ByteArray, FloatArray
from mask3d.assets import asset_path
from mask3d.colour import linear_from_srgb, srgb_from_linear
from mask3d.errors import BadMaskError
from mask3d.image_io import read_photo
from mask3d.material import Material, opaque

NEUTRAL = 128.0  # value of a shade that changes nothing


@dataclass(frozen=True, slots=True)
class Colour:
    """What a design is made of, as its ``mask.toml`` says.

    Attributes
    ----------
    main, trim, strap : CSS colour names or hex
    fabric : name in ``textures/textures.toml``
    pattern : name there, or None for plain
    """

    main: str
    trim: str
    strap: str
    fabric: str
    pattern: str | None = None


def mask_material(layout: ByteArray, layout_mm: tuple[float, float], colour: Colour) -> Material:
    """Material of a layout (H, W, 3) that measures `layout_mm` (width, height).

    Raises
    ------
    BadMaskError
        A colour, fabric or pattern is unknown.
    """
    tint, shade, shown = np.moveaxis(layout.astype(np.float64), 2, 0)[..., None] / 255.0
    wh_px = (layout.shape[1], layout.shape[0])
    main = np.broadcast_to(linear_colour(colour.main), layout.shape)
    if colour.pattern is not None:
        printed, ink = _tiled(colour.pattern, wh_px, layout_mm)
        main = main + (ink * shown) * (linear_from_srgb(printed) - main)
    albedo = linear_colour(colour.trim) + tint * (main - linear_colour(colour.trim))
    fabric, _ = _tiled(colour.fabric, wh_px, layout_mm)
    weave = 1.0 + shown * (fabric * 255.0 / NEUTRAL - 1.0)
    shaded = albedo * weave * (shade * 255.0 / NEUTRAL)
    return opaque(np.round(255.0 * srgb_from_linear(np.clip(shaded, 0.0, 1.0))).astype(np.uint8))


def plain_material(colour: str) -> Material:
    """Smooth material of one colour."""
    rgb = np.round(255.0 * srgb_from_linear(linear_colour(colour))).astype(np.uint8)
    return opaque(rgb[None, None])


def linear_colour(name: str) -> FloatArray:
    """Linear RGB (3,) of a CSS colour name or hex.

    Raises
    ------
    BadMaskError
        No such colour.
    """
    try:
        red, green, blue = ImageColor.getrgb(name)[:3]
    except ValueError as error:
        raise BadMaskError(f"{name!r} is no colour", "use a CSS name or #rrggbb") from error
    return np.asarray(linear_from_srgb(np.array([red, green, blue]) / 255.0))


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, Any]]:
    return tomllib.loads(asset_path("textures", "textures.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _tile(name: str) -> tuple[FloatArray, FloatArray, float]:
    """Colour (h, w, 3) in 0..1, ink (h, w, 1) in 0..1 and mm per repeat of a tile."""
    try:
        entry = _catalogue()[name]
    except KeyError as error:
        known = ", ".join(sorted(_catalogue()))
        raise BadMaskError(f"no texture is called {name!r}", f"choose one of {known}") from error
    photo = read_photo(asset_path("textures", entry["file"]))
    ink = np.ones(photo.rgb.shape[:2]) if photo.alpha is None else photo.alpha / 255.0
    return photo.rgb / 255.0, ink[..., None], float(entry["repeat_mm"])


def _tiled(
    name: str, wh_px: tuple[int, int], wh_mm: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Colour (h, w, 3) and ink (h, w, 1) of a tile repeated in true scale."""
    colour, ink, repeat_mm = _tile(name)
    rows = _texels(wh_px[1], wh_mm[1], repeat_mm, len(colour))
    columns = _texels(wh_px[0], wh_mm[0], repeat_mm, colour.shape[1])
    return colour[rows[:, None], columns], ink[rows[:, None], columns]


def _texels(count: int, length_mm: float, repeat_mm: float, texels: int) -> np.ndarray[Any, Any]:
    at_mm = (np.arange(count) + 0.5) * (length_mm / count)
    return (at_mm / repeat_mm * texels).astype(np.int64) % texels
