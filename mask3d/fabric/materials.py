"""The materials of masks and straps: an outfit laid out on a shape.

A layout belongs to a shape and says where what goes: red is the share of the
main colour over the trim's, green a shade (128 leaves the colour as it is),
blue how far fabric and pattern show, alpha, where it has one, a relief (128
is level, a step is RELIEF_STEP_MM): stitches, welding points, the wire.
"""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array
from mask3d.colour import linear_from_srgb
from mask3d.errors import BadMaskError
from mask3d.fabric.colours import encoded, linear_colour
from mask3d.fabric.outfit import LogoPlace, Outfit
from mask3d.fabric.tiles import NEUTRAL, fabric_tile, pattern_tile
from mask3d.material import Material, opaque

RELIEF_STEP_MM = 0.005


def mask_material(
    layout: ByteArray,
    layout_mm: tuple[float, float],
    outfit: Outfit,
    logo_place: LogoPlace | None = None,
) -> Material:
    """Material of a layout (H, W, 3 or 4) that measures `layout_mm` (width, height).

    Raises
    ------
    BadMaskError
        A colour, fabric or pattern is unknown, or the design has no place for the logo.
    """
    texels_per_mm = layout.shape[1] / layout_mm[0]
    fabric = fabric_tile(outfit.fabric, texels_per_mm)
    share, shade, shown = (_unit(layout[..., k]) for k in range(3))
    albedo = _printed(layout, layout_mm, outfit, shown)
    if outfit.logo is not None:
        _put_logo(albedo, outfit.logo, logo_place, texels_per_mm)
    trim = _trim_colour(outfit)
    albedo -= trim
    albedo *= share[..., None]
    albedo += trim
    if fabric.undyed.any():
        undyed = (_laid_out(fabric.undyed, layout, layout_mm, fabric.repeat_mm) * shown)[..., None]
        albedo += undyed * (_single(fabric.undyed_colour) - albedo)
    weave = 1 + shown * (_laid_out(fabric.shade, layout, layout_mm, fabric.repeat_mm) - 1)
    albedo *= (weave * (shade * np.float32(255.0 / NEUTRAL)))[..., None]
    slopes = _laid_out(fabric.slopes, layout, layout_mm, fabric.repeat_mm)
    slopes *= shown[..., None]
    if layout.shape[2] == 4:
        slopes += _relief_slopes(layout[..., 3], texels_per_mm)
    opacity = 1 - share * shown * np.float32(1.0 - fabric.opacity)
    return Material(
        _rgba(albedo, opacity), slopes, fabric.gloss, fabric.roughness, fabric.translucency
    )


def plain_material(colour: str) -> Material:
    """Matt, smooth material of one colour.

    Raises
    ------
    BadMaskError
        No such colour.
    """
    return opaque(encoded(_single(colour))[None, None])


def strap_material(outfit: Outfit, fabric: str) -> tuple[Material, float]:
    """Material of a strap, and the length of its one repeat in mm.

    The albedo is a tile: u runs along the strap, v round it, and both go on
    beyond 1, so that u = length_mm / repeat_mm shows it in its true scale.

    Parameters
    ----------
    outfit : Outfit
    fabric : of the straps that the design names, if the outfit names none

    Raises
    ------
    BadMaskError
        A colour or fabric is unknown.
    """
    tile = fabric_tile(outfit.strap_fabric or fabric)
    colour = _trim_colour(outfit) if outfit.strap is None else _single(outfit.strap)
    undyed = tile.undyed[..., None]
    albedo = colour + undyed * (_single(tile.undyed_colour) - colour)
    albedo *= tile.shade[..., None]
    rgba = _rgba(albedo, np.full(tile.shade.shape, tile.opacity, np.float32))
    material = Material(rgba, tile.slopes, tile.gloss, tile.roughness, tile.translucency)
    return material, tile.repeat_mm


def _printed(
    layout: ByteArray, layout_mm: tuple[float, float], outfit: Outfit, shown: Float32Array
) -> Float32Array:
    """Linear colour (H, W, 3) of the ground with the pattern on it."""
    pattern = pattern_tile(outfit.pattern, layout.shape[1] / layout_mm[0])
    colours = _colours(outfit)
    ground, inks = colours[0], colours[1:4]
    ink = pattern.shares[..., : len(inks)] @ (inks - ground)  # (N, N, K) @ (K, 3)
    if not len(inks):
        return np.broadcast_to(ground, (*layout.shape[:2], 3)).copy()
    printed = _laid_out(ink, layout, layout_mm, pattern.repeat_mm)
    printed *= shown[..., None]
    printed += ground
    return printed


def _colours(outfit: Outfit) -> Float32Array:
    """Linear colours (1 + inks, 3): those of the outfit, after them the pattern's own."""
    own = pattern_tile(outfit.pattern, 1.0).colours
    if len(outfit.colours) > len(own):
        raise BadMaskError(
            f"{len(outfit.colours)} colours are too many for the pattern {outfit.pattern!r}",
            f"give at most {len(own)}",
        )
    names = (*outfit.colours, *own[len(outfit.colours) :])
    return np.stack([_single(name) for name in names])


def _trim_colour(outfit: Outfit) -> Float32Array:
    return _colours(outfit)[0] if outfit.trim is None else _single(outfit.trim)


def _put_logo(
    albedo: Float32Array, logo: ByteArray, place: LogoPlace | None, texels_per_mm: float
) -> None:
    """Print a logo over linear colours (H, W, 3), in place; what hangs over is cut off."""
    if place is None:
        raise BadMaskError("this design has no place for a logo", "choose another, or no logo")
    width = max(1, round(place.width_mm * texels_per_mm))
    height = max(1, round(width * logo.shape[0] / logo.shape[1]))
    opacity = _unit(logo[..., 3:])
    premultiplied = np.dstack([linear_from_srgb(logo[..., :3]) * opacity, opacity])
    resized = cv2.resize(premultiplied, (width, height), interpolation=cv2.INTER_AREA)
    small: Float32Array = np.asarray(resized, np.float32)
    if place.turn_deg:
        small = _turned(small, place.turn_deg)
    left, top = (
        round(centre_mm * texels_per_mm - length / 2)
        for centre_mm, length in zip(place.centre_mm, small.shape[1::-1], strict=True)
    )
    cut = small[max(0, -top) : albedo.shape[0] - top, max(0, -left) : albedo.shape[1] - left]
    under = albedo[max(0, top) :, max(0, left) :][: cut.shape[0], : cut.shape[1]]
    under *= 1 - cut[..., 3:]
    under += cut[..., :3]


def _turned(picture: Float32Array, turn_deg: float) -> Float32Array:
    """A picture (H, W, 4) turned about its middle in a square that holds all of it."""
    side = int(np.ceil(np.hypot(*picture.shape[:2])))
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), turn_deg, 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    return np.asarray(cv2.warpAffine(picture, turn, (side, side)), np.float32)


def _relief_slopes(relief: ByteArray, texels_per_mm: float) -> Float32Array:
    """Slopes (H, W, 2) of a layout's relief (H, W)."""
    height_mm = (relief.astype(np.float32) - np.float32(NEUTRAL)) * np.float32(RELIEF_STEP_MM)
    down, along = np.gradient(height_mm * np.float32(texels_per_mm))
    return np.stack([along, down], axis=2)


def _laid_out(
    tile: Float32Array, layout: ByteArray, layout_mm: tuple[float, float], repeat_mm: float
) -> Float32Array:
    """The tile (N, N, ...) repeated in its true scale over a layout, (H, W, ...)."""
    rows, columns = (
        ((np.arange(count) + 0.5) * (length_mm / count / repeat_mm * len(tile))).astype(np.int32)
        % len(tile)
        for count, length_mm in zip(layout.shape[:2], layout_mm[::-1], strict=True)
    )
    laid_out: Float32Array = tile[:, columns][rows]  # whole rows are copied faster than texels
    return laid_out


def _single(colour: str) -> Float32Array:
    return linear_colour(colour).astype(np.float32)


def _unit(values: ByteArray) -> Float32Array:
    return values * np.float32(1.0 / 255.0)


def _rgba(albedo: Float32Array, opacity: Float32Array) -> ByteArray:
    return np.dstack([encoded(albedo), np.round(255.0 * opacity).astype(np.uint8)])
