"""Draw what each effect does, without it and with it: run ``scripts/demo`` first.

python -m scripts.effects_picture demo_faces docs/effects.jpg
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from mask3d.arrays import FloatArray
from mask3d.contact_sheet import Pair
from mask3d.image_io import read_photo
from mask3d.landmarks import read_landmarks
from mask3d.photo import Photo
from mask3d.pipeline import open_masker
from mask3d.recipe import ALL_EFFECTS
from scripts.readme_picture import cut, write_pairs

COLUMNS, CELL_PX = 2, 300
BLUR_PX, NOISE, GRAIN_PX, HAZE = 2.5, 14.0, 0.8, 60.0


class Shown(NamedTuple):
    """An effect, and a photo that needs it."""

    effect: str
    image: str
    mask: str
    spoil: Callable[[FloatArray], FloatArray]


def as_it_is(pixels: FloatArray) -> FloatArray:
    """Nothing done to (H, W, 3)."""
    return pixels


def out_of_focus(pixels: FloatArray) -> FloatArray:
    """A lens that is focused elsewhere."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), BLUR_PX))


def noisy(pixels: FloatArray) -> FloatArray:
    """A sensor with too little light."""
    white = NOISE * np.random.default_rng(0).standard_normal(pixels.shape)
    return pixels + np.asarray(cv2.GaussianBlur(white, (0, 0), GRAIN_PX))


def hazy(pixels: FloatArray) -> FloatArray:
    """Fog, or stray light in the lens."""
    return HAZE + pixels * (1 - HAZE / 255)


SHOWN = (
    Shown("light", "heads/other_1_yaw-60.jpg", "cloth_white", as_it_is),
    Shown("self_shadow", "heads/mean_4_yaw+30.jpg", "surgical_white", as_it_is),
    Shown("shadow", "heads/mean_5_yaw+60.jpg", "n95_white", as_it_is),
    Shown("sharpness", "astronaut.png", "cloth_floral", out_of_focus),
    Shown("grain", "grace_hopper.jpg", "surgical_blue", noisy),
    Shown("tone", "astronaut.png", "cloth_black", hazy),
)


def main() -> None:
    """Write the picture."""
    write_pairs(__doc__, pairs, COLUMNS, CELL_PX)


def pairs(folder: Path) -> Iterator[Pair]:
    """The same face without an effect and with it, all others on."""
    table = read_landmarks(folder / "landmarks.jsonl")
    for effect, image, mask, spoil in SHOWN:
        face, pixels = table[image][0], spoil(read_photo(folder / image).rgb.astype(np.float64))
        photo = Photo(np.clip(pixels, 0, 255).round().astype(np.uint8))
        views = []
        for effects in (replace(ALL_EFFECTS, **{effect: False}), ALL_EFFECTS):
            with open_masker([mask], effects=effects) as masker:
                views.append(cut(masker.mask_photo(photo, [face], image).photo.rgb, face))
        yield views[0], views[1], f"{effect.replace('_', '-')}: without, with"


if __name__ == "__main__":
    main()
