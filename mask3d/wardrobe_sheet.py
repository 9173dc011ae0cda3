"""The wardrobe at a glance: masks on a mannequin, a panel for each, with its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mask3d.arrays import ByteArray
from mask3d.image_io import write_photo
from mask3d.mannequin import wearing_head
from mask3d.masks import Mask
from mask3d.photo import Encoding, Photo
from mask3d.recipe import Recipe, Wearing
from mask3d.renderer import Renderer, open_renderer

YAWS_DEG = (0.0, 45.0, 90.0)
COVERED = Wearing()
CREASES = (0.4, 0.3, 0.5, 0.2)  # of a mask that has been worn for an hour
OVERSAMPLING = 2  # views are drawn larger and averaged: smooth edges, quiet weaves
PAPER, INK, FAINT = (250, 250, 250), (28, 30, 34), (108, 112, 120)  # sRGB
GAP = 0.06  # between panels, of a view's side
CAPTION = 0.17  # height of the caption, of a view's side
TEXT, NOTE = 0.075, 0.055  # height of the letters

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One way of wearing something, from several sides.

    Attributes
    ----------
    name, note : written below, the note in fainter ink on the right
    worn : masks worn together, the inner one first
    wearing : Wearing
    yaws_deg : of the views, side by side
    """

    name: str
    note: str
    worn: tuple[Mask, ...]
    wearing: Wearing = COVERED
    yaws_deg: tuple[float, ...] = YAWS_DEG


def draw_wardrobe(panels: Iterable[Panel], columns: int = 2, view_px: int = 320) -> ByteArray:
    """Picture (H, W, 3) of panels in rows of `columns`, each view `view_px` wide and high.

    Raises
    ------
    ValueError
        There is no panel, or a number is below 1.
    """
    if min(columns, view_px) < 1:
        raise ValueError(f"columns {columns}, view_px {view_px}: one is < 1")
    with closing(open_renderer("numba")) as renderer:  # the same picture everywhere
        drawn = [_drawn(panel, view_px, renderer) for panel in panels]
    if not drawn:
        raise ValueError("there is no panel to draw")
    return _laid_out(drawn, min(columns, len(drawn)), round(GAP * view_px))


def write_wardrobe(
    panels: Iterable[Panel], path: Path, columns: int = 2, view_px: int = 320
) -> None:
    """Write `draw_wardrobe` as a JPEG or PNG, by the suffix.

    Raises
    ------
    UnwritableImageError
        The disk refuses.
    """
    sheet = draw_wardrobe(panels, columns, view_px)
    encoding = Encoding("PNG" if path.suffix.lower() == ".png" else "JPEG")
    write_photo(Photo(sheet, encoding=encoding), path)


def _drawn(panel: Panel, view_px: int, renderer: Renderer) -> Image.Image:
    """The views of a panel side by side, its caption below."""
    large_px = OVERSAMPLING * view_px
    recipe = Recipe(panel.name, CREASES, panel.wearing)
    views = [
        cv2.resize(
            wearing_head(panel.worn, recipe, yaw_deg, large_px, renderer),
            (view_px, view_px),
            interpolation=cv2.INTER_AREA,
        )
        for yaw_deg in panel.yaws_deg
    ]
    picture = Image.new("RGB", (view_px * len(views), view_px + round(CAPTION * view_px)), PAPER)
    picture.paste(Image.fromarray(np.concatenate(views, axis=1)), (0, 0))
    _caption(picture, panel, view_px)
    return picture


def _caption(picture: Image.Image, panel: Panel, view_px: int) -> None:
    draw = ImageDraw.Draw(picture)
    name_font = ImageFont.load_default(max(TEXT * view_px, 8.0))
    note_font = ImageFont.load_default(max(NOTE * view_px, 7.0))
    baseline = view_px + 0.6 * CAPTION * view_px
    margin = 0.02 * view_px
    draw.text((margin, baseline), panel.name, INK, font=name_font, anchor="ls")
    room_px = picture.width - 4 * margin - name_font.getlength(panel.name)
    note = _shortened(panel.note, note_font, room_px)
    draw.text((picture.width - margin, baseline), note, FAINT, font=note_font, anchor="rs")


def _shortened(text: str, font: Font, room_px: float) -> str:
    """`text`, or its first words where it is wider than the room."""
    if font.getlength(text) <= room_px:
        return text
    while text and font.getlength(f"{text} …") > room_px:
        text = text.rpartition(" ")[0]
    return f"{text} …" if text else ""


def _laid_out(drawn: Sequence[Image.Image], columns: int, gap_px: int) -> ByteArray:
    width, height = drawn[0].size
    rows = -(-len(drawn) // columns)
    sheet = Image.new(
        "RGB", (columns * (width + gap_px) + gap_px, rows * (height + gap_px) + gap_px), PAPER
    )
    for number, picture in enumerate(drawn):
        row, column = divmod(number, columns)
        at = (gap_px + column * (width + gap_px), gap_px + row * (height + gap_px))
        sheet.paste(picture, at)
    return np.asarray(sheet)
