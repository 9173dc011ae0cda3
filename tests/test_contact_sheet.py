from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mask3d.arrays import ByteArray
from mask3d.contact_sheet import BACKGROUND, Pair, contact_sheet, write_contact_sheet
from mask3d.errors import UnwritableImageError
from mask3d.image_io import read_photo

RED, BLUE, GREEN = (200, 0, 0), (0, 0, 200), (0, 160, 0)
CELL_PX = 64


def flat(colour: tuple[int, int, int], height: int = 40, width: int = 40) -> ByteArray:
    return np.full((height, width, 3), colour, np.uint8)


def pairs(count: int, caption: str = "") -> list[Pair]:
    return [(flat(RED), flat(BLUE), caption)] * count


def area(sheet: ByteArray, colour: tuple[int, int, int]) -> int:
    return int((sheet == colour).all(axis=2).sum())


def box(sheet: ByteArray, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """First and last row, first and last column."""
    rows, columns = np.nonzero((sheet == colour).all(axis=2))
    return rows.min(), rows.max(), columns.min(), columns.max()


def has_text(sheet: ByteArray) -> bool:
    return bool((sheet.min(axis=2) > BACKGROUND[0] + 50).any())


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6])
def test_each_image_fills_its_cell(count: int) -> None:
    sheet = contact_sheet(pairs(count), columns=2, cell_px=CELL_PX)
    assert area(sheet, RED) == area(sheet, BLUE) == count * CELL_PX**2
    assert area(sheet, BACKGROUND) == sheet.shape[0] * sheet.shape[1] - 2 * count * CELL_PX**2


def test_before_stands_left_of_after() -> None:
    sheet = contact_sheet(pairs(1), cell_px=CELL_PX)
    top, bottom, left, right = box(sheet, RED)
    assert box(sheet, BLUE) == (top, bottom, left + CELL_PX, right + CELL_PX)


def test_rows_fill_from_the_left() -> None:
    marked = [(flat(GREEN), flat(GREEN), "")]
    sheet = contact_sheet([*pairs(2), *marked], columns=2, cell_px=CELL_PX)
    assert box(sheet, GREEN)[0] > box(sheet, RED)[1]
    assert box(sheet, GREEN)[2] == box(sheet, RED)[2]


@pytest.mark.parametrize(("height", "width"), [(10, 40), (400, 100)])
def test_shape_is_kept_in_the_cell(height: int, width: int) -> None:
    sheet = contact_sheet([(flat(RED, height, width), flat(BLUE), "")], cell_px=CELL_PX)
    top, bottom, left, right = box(sheet, RED)
    assert (bottom - top + 1) / (right - left + 1) == height / width
    assert max(bottom - top, right - left) + 1 == CELL_PX


def test_caption_is_cut_at_the_cell_and_may_hold_anything() -> None:
    bare = contact_sheet(pairs(2), columns=2, cell_px=CELL_PX)
    long = [(flat(RED), flat(BLUE), "Zoë 写真\n" + 99 * "w"), *pairs(1)]
    captioned = contact_sheet(long, columns=2, cell_px=CELL_PX)
    assert captioned.shape == bare.shape
    changed = np.nonzero((captioned != bare).any(axis=2))
    _, bottom, left, _ = box(bare, RED)
    assert changed[0].min() > bottom
    assert left <= changed[1].min() and changed[1].max() < left + 2 * CELL_PX
    assert has_text(captioned)


def test_what_is_not_ascii_becomes_a_question_mark() -> None:
    odd, plain = (contact_sheet(pairs(1, text), cell_px=CELL_PX) for text in ("Zoë\n写", "Zo???"))
    np.testing.assert_array_equal(odd, plain)


def test_a_row_is_no_wider_than_its_pairs() -> None:
    few = contact_sheet(pairs(2), columns=9, cell_px=CELL_PX)
    np.testing.assert_array_equal(few, contact_sheet(pairs(2), columns=2, cell_px=CELL_PX))


def test_pairs_are_taken_as_they_come_and_no_more_than_needed() -> None:
    taken = 0

    def endless() -> Iterator[Pair]:
        nonlocal taken
        while True:
            taken += 1
            yield pairs(1)[0]

    sheet = contact_sheet(endless(), columns=2, cell_px=CELL_PX, max_rows=3)
    assert taken == 7
    full = contact_sheet(pairs(6), columns=2, cell_px=CELL_PX, max_rows=3)
    np.testing.assert_array_equal(sheet[: len(full)], full)
    assert has_text(sheet[len(full) :])  # the note that there is more


def test_a_run_without_photos_has_a_sheet() -> None:
    assert has_text(contact_sheet([], cell_px=CELL_PX))


def test_numbers_below_one_are_refused() -> None:
    for columns, cell_px, max_rows in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="< 1"):
            contact_sheet([], columns, cell_px, max_rows)


def test_sheet_is_written_as_a_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "masked" / "contact_sheet.jpg"
    write_contact_sheet(pairs(3), path, columns=3, cell_px=CELL_PX)
    photo = read_photo(path)
    assert photo.encoding.format == "JPEG"
    sheet = contact_sheet(pairs(3), columns=3, cell_px=CELL_PX)
    assert np.abs(photo.rgb.astype(float) - sheet).mean() < 3
    with pytest.raises(UnwritableImageError):
        write_contact_sheet(pairs(1), path / "below_a_file.jpg", cell_px=CELL_PX)
