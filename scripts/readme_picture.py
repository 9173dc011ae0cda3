"""Draw the README's picture from the demo faces: run ``scripts/demo`` first.

python -m scripts.readme_picture demo_faces docs/demo.jpg
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from mask3d.arrays import ByteArray
from mask3d.contact_sheet import Pair, write_contact_sheet
from mask3d.image_io import read_photo
from mask3d.landmarks import Landmarks, read_landmarks
from mask3d.pipeline import open_masker

SHOWN = (
    ("grace_hopper.jpg", "surgical_blue"),
    ("astronaut.png", "cloth_floral"),
    ("heads/mean_0_yaw-90.jpg", "kn95_white"),
    ("heads/other_1_yaw-60.jpg", "foam_grey"),
    ("heads/mean_4_yaw+30.jpg", "n95_valve_white"),
    ("heads/other_6_yaw+90.jpg", "surgical_green"),
)
MARGIN = 1.75  # side of a picture over that of the face in it
COLUMNS, CELL_PX = 3, 220


def main() -> None:
    """Write the picture."""
    write_pairs(__doc__, pairs, COLUMNS, CELL_PX)


def write_pairs(
    usage: str, pairs_of: Callable[[Path], Iterable[Pair]], columns: int, cell_px: int
) -> None:
    """Write a sheet of what `pairs_of` makes of a folder; both are on the command line."""
    parser = argparse.ArgumentParser(description=usage.splitlines()[0])
    parser.add_argument("faces", type=Path, metavar="FOLDER")
    parser.add_argument("picture", type=Path)
    args = parser.parse_args()
    write_contact_sheet(pairs_of(args.faces), args.picture, columns=columns, cell_px=cell_px)


def pairs(folder: Path) -> Iterator[Pair]:
    """Before and after of each face that is shown, cut to the face."""
    table = read_landmarks(folder / "landmarks.jsonl")
    for image, mask in SHOWN:
        photo = read_photo(folder / image)
        face = table[image][0]
        with open_masker([mask]) as masker:
            masked = masker.mask_photo(photo, [face], image).photo
        yield cut(photo.rgb, face), cut(masked.rgb, face), mask


def cut(rgb: ByteArray, face: Landmarks) -> ByteArray:
    """Square about a face, MARGIN times as large as its box."""
    x0, y0, x1, y1 = face.box_px
    half_px = MARGIN * max(x1 - x0, y1 - y0) / 2
    corner = np.array([(x0 + x1) / 2 - half_px, (y0 + y1) / 2 - half_px]).round().astype(int)
    left, top = corner.clip(0)
    return rgb[top : top + int(2 * half_px), left : left + int(2 * half_px)]


if __name__ == "__main__":
    main()
