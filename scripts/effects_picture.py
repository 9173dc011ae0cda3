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
from mask3d.landmarks import Landmarks, read_landmarks
from mask3d.photo import Photo
from mask3d.pipeline import open_masker
from mask3d.recipe import ALL_EFFECTS
from scripts.demo_faces import exact_landmarks
from scripts.light_truth.photo import true_photo
from scripts.readme_picture import cut, write_pairs

COLUMNS, CELL_PX = 3, 250  # a row an effect
LIT_SEED = 1  # of heads in known light
BLUR_PX, NOISE, GRAIN_PX, HAZE = 2.5, 14.0, 0.8, 60.0


class Shown(NamedTuple):
    """An effect, and a photo that needs it: an image of the folder, or the number of a lit head."""

    effect: str
    image: str | int
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
    Shown("light", 31, "cloth_white", as_it_is),
    Shown("light", 35, "surgical_blue", as_it_is),
    Shown("light", "heads/other_1_yaw-60.jpg", "kn95_white", as_it_is),
    Shown("self_shadow", 16, "surgical_white", as_it_is),
    Shown("self_shadow", 21, "respirator_grey", as_it_is),
    Shown("self_shadow", "heads/mean_4_yaw+30.jpg", "cloth_pleated_grey", as_it_is),
    Shown("shadow", 55, "kf94_white", as_it_is),
    Shown("shadow", 40, "surgical_green", as_it_is),
    Shown("shadow", "heads/mean_5_yaw+60.jpg", "n95_white", as_it_is),
    Shown("sharpness", "astronaut.png", "cloth_floral", out_of_focus),
    Shown("sharpness", "grace_hopper.jpg", "surgical_blue", out_of_focus),
    Shown("sharpness", "heads/mean_2_yaw-30.jpg", "bandana_red", out_of_focus),
    Shown("grain", "grace_hopper.jpg", "surgical_blue", noisy),
    Shown("grain", "astronaut.png", "cloth_black", noisy),
    Shown("grain", "heads/other_6_yaw+90.jpg", "kn95_white", noisy),
    Shown("tone", "astronaut.png", "cloth_black", hazy),
    Shown("tone", "grace_hopper.jpg", "n95_white", hazy),
    Shown("tone", "heads/mean_1_yaw-60.jpg", "cloth_navy", hazy),
    Shown("occluders", "astronaut.png", "surgical_blue", as_it_is),
    Shown("occluders", "grace_hopper.jpg", "kn95_white", as_it_is),
    Shown("occluders", "heads/mean_5_yaw+60.jpg", "surgical_blue", as_it_is),
)


def main() -> None:
    """Write the picture."""
    write_pairs(__doc__, pairs, COLUMNS, CELL_PX)


def pairs(folder: Path) -> Iterator[Pair]:
    """The same face without an effect and with it, all others on."""
    table = read_landmarks(folder / "landmarks.jsonl")
    for effect, image, mask, spoil in SHOWN:
        if isinstance(image, int):
            photo, face = lit_head(image)
        else:
            photo, face = read_photo(folder / image), table[image][0]
        spoilt = np.clip(spoil(photo.rgb.astype(np.float64)), 0, 255).round().astype(np.uint8)
        views = []
        for effects in (replace(ALL_EFFECTS, **{effect: False}), ALL_EFFECTS):
            with open_masker([mask], effects=effects) as masker:
                masked = masker.mask_photo(Photo(spoilt), [face], str(image)).photo
            views.append(cut(masked.rgb, face))
        yield views[0], views[1], f"{effect.replace('_', '-')}: without, with"


def lit_head(number: int) -> tuple[Photo, Landmarks]:
    """A head of the face model in one-sided light, and its points."""
    true = true_photo(LIT_SEED, number)
    return Photo(true.rgb), exact_landmarks(true.head)


if __name__ == "__main__":
    main()
