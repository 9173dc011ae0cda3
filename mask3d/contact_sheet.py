"""Many photos at a glance: before and after, side by side, in one picture."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from mask3d.arrays import ByteArray
from mask3d.image_io import write_photo
from mask3d.photo import Encoding, Photo

BACKGROUND, INK = (118, 118, 118), (255, 255, 255)  # sRGB; the middle grey favours no photo
PADDING_PX = 4
CAPTION_PX = 16  # height of a line of text
MAX_ROWS = 60  # a JPEG ends at 65500 px, and a sheet lies in memory as a whole

Pair = tuple[ByteArray, ByteArray, str]


def contact_sheet(
    pairs: Iterable[Pair], columns: int = 3, cell_px: int = 256, max_rows: int = MAX_ROWS
) -> ByteArray:
    """Sheet of thumbnails with a caption under each pair.

    Pairs are taken one at a time and only their thumbnails are kept, so that
    `pairs` may be a generator that reads thousands of photos; it is asked for
    one pair more than fits, at most, and a last line then says so.

    Parameters
    ----------
    pairs : of (before, after, caption)
        The images are (H, W, 3) uint8 RGB of any shape. What is not ASCII in a
        caption becomes a question mark.
    columns : int
        Pairs in a row.
    cell_px : int
        Side of the square that an image is fitted into.
    max_rows : int

    Returns
    -------
    (H, W, 3) uint8 RGB

    Raises
    ------
    ValueError
        A number is below 1.
    """
    if min(columns, cell_px, max_rows) < 1:
        raise ValueError(f"columns {columns}, cell_px {cell_px}, max_rows {max_rows}: one is < 1")
    source = iter(pairs)
    cells = [_cell(pair, cell_px) for pair in islice(source, columns * max_rows)]
    sheet = _grid(cells, columns) if cells else _blank(2 * cell_px, PADDING_PX)
    if not cells:
        sheet = _with_line(sheet, "no photos")
    elif next(source, None) is not None:
        sheet = _with_line(sheet, f"only the first {len(cells)} photos are shown")
    return np.asarray(sheet)


def write_contact_sheet(
    pairs: Iterable[Pair],
    path: Path,
    columns: int = 3,
    cell_px: int = 256,
    max_rows: int = MAX_ROWS,
) -> None:
    """Write `contact_sheet` as a JPEG, whole or not at all.

    Raises
    ------
    UnwritableImageError
        The disk refuses.
    """
    sheet = contact_sheet(pairs, columns, cell_px, max_rows)
    write_photo(Photo(sheet, encoding=Encoding("JPEG")), path)


def _blank(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), BACKGROUND)


def _cell(pair: Pair, cell_px: int) -> Image.Image:
    """One pair with its caption, and padding on the right and below."""
    before, after, caption = pair
    cell = _blank(2 * cell_px + PADDING_PX, cell_px)
    for i, rgb in enumerate((before, after)):
        thumbnail = ImageOps.pad(Image.fromarray(rgb), (cell_px, cell_px), color=BACKGROUND)
        cell.paste(thumbnail, (i * cell_px, 0))
    return _with_line(cell, caption)


def _grid(cells: list[Image.Image], columns: int) -> Image.Image:
    width, height = cells[0].size
    columns = min(columns, len(cells))
    rows = -(-len(cells) // columns)
    sheet = _blank(columns * width + PADDING_PX, rows * height + PADDING_PX)
    for i, cell in enumerate(cells):
        row, column = divmod(i, columns)
        sheet.paste(cell, (PADDING_PX + column * width, PADDING_PX + row * height))
    return sheet


def _with_line(image: Image.Image, text: str) -> Image.Image:
    """`image` with a line of text below, cut to the width."""
    taller = _blank(image.width, image.height + CAPTION_PX + PADDING_PX)
    taller.paste(image, (0, 0))
    font = ImageFont.load_default()
    plain = "".join(c if " " <= c <= "~" else "?" for c in text)
    while plain and font.getlength(plain) > image.width - 2 * PADDING_PX:
        plain = plain[:-1]
    ImageDraw.Draw(taller).text((PADDING_PX, image.height), plain, INK, font=font)
    return taller
