"""Draw the picture of the occluders for docs: rendered heads with drawn things in front.

    python -m scripts.occluders_picture [--out docs/occluders.jpg]

A row a head: the photo, what was found, the mask behind it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from mask3d.image_io import write_photo
from mask3d.masks import load_worn
from mask3d.occluders import OccluderFinder, hide
from mask3d.photo import Encoding, Photo
from mask3d.renderer import open_renderer
from scripts.measure_occluders import Shown, drawn, tiles
from tests.occluded_heads import occluded_head

MASK = "surgical_blue"
SCENES = (  # what is in front, yaw, seed of its shape
    ("hand", 0.0, 1),
    ("hand", 45.0, 3),
    ("cup", 0.0, 2),
    ("microphone", -20.0, 2),
    ("cloth", 20.0, 0),
    ("hair", 0.0, 5),
)
COLUMNS = 2


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Draw the picture of the occluders.")
    parser.add_argument("--out", type=Path, default=Path("docs/occluders.jpg"))
    args = parser.parse_args()
    masks, renderer, finder = load_worn(MASK), open_renderer("numba"), OccluderFinder()
    rows = []
    for kind, yaw_deg, seed in SCENES:
        scene = occluded_head(kind, yaw_deg, seed)
        photo = Photo(scene.rgb)
        layer = drawn(photo, scene.fit, masks, renderer)
        occluders = finder.find(photo.rgb, scene.fit)
        shown = Shown(kind, photo, scene.fit, layer, occluders, hide(layer, occluders))
        rows.append(tiles(shown))
    lines = [np.hstack(rows[i : i + COLUMNS]) for i in range(0, len(rows), COLUMNS)]
    write_photo(Photo(np.vstack(lines), encoding=Encoding("JPEG")), args.out)


if __name__ == "__main__":
    main()
