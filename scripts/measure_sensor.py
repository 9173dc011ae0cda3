"""How well `develop` gives masks the sharpness and the grain of photos.

    python -m scripts.measure_sensor FOLDER LANDMARKS.jsonl [--masks foam_grey,cloth_black]

Photo and mask are read by the same estimators: the photo about the face, the
mask inside (grain) and at its rim (edges), as rendered, developed, and
developed and written in the photo's own coding. Printed are the 10th, 50th and
90th percentile of mask over photo, and the share of the photos within 0.7 to
1.4. Use masks of plain cloth that is not white: a weave is detail of the mask,
not grain, and what is nearly white has little grain in any photo.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import Float32Array, FloatArray
from mask3d.bands import calm_bands
from mask3d.composite import composite_over
from mask3d.develop import develop
from mask3d.drape import drape_worn
from mask3d.face import fit_face
from mask3d.grain import measure_grain
from mask3d.image_io import Photo, read_photo, write_photo
from mask3d.landmarks import Landmarks, read_landmarks
from mask3d.lighting import estimate_lighting
from mask3d.masks import Mask, load_worn
from mask3d.mesh import Layer
from mask3d.patches import Patch, face_outline, ycc_of
from mask3d.pipeline import choices_of
from mask3d.recipe import draw_recipe
from mask3d.renderer import Renderer, open_renderer
from mask3d.sensor import estimate_sensor, surroundings
from mask3d.sharpness import measure_blur

BoolArray = NDArray[np.bool_]
COLUMNS = ("fine grain", "coarse grain", "edge width")
# What nobody sees is not compared: half a step of 8 bits is little more than rounding leaves, and
# narrower edges are as sharp as pixels are.
LEAST = np.array([0.5, 0.5, 0.4])
WITHIN = (0.7, 1.4)
INSIDE_PX, RIM_PX = 2, 4  # how far from the rim grain is read, and how far about it edges are
STRAP_PX = 6  # half of what is wider than a strap
MIN_INSIDE_PX = 2500  # pixels of a mask that grain is read from
OPAQUE = 0.98


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path, metavar="FOLDER")
    parser.add_argument("landmarks", type=Path, metavar="LANDMARKS.jsonl")
    parser.add_argument("--masks", default="foam_grey,cloth_black", metavar="NAMES")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth photo")
    args = parser.parse_args()
    faces = list(read_landmarks(args.landmarks).items())[:: args.every]
    renderer = open_renderer("numba")
    for name in args.masks.split(","):
        worn = load_worn(name)
        measured = defaultdict(list)
        for image, (landmarks, *_) in faces:
            for stage, ratio in ratios(read_photo(args.photos / image), landmarks, worn, renderer):
                measured[stage].append(ratio)
        for stage, found in measured.items():
            print(f"{name} {stage} ({len(found)}): {summary(np.array(found))}")


def ratios(
    photo: Photo, landmarks: Landmarks, worn: tuple[Mask, ...], renderer: Renderer
) -> Iterator[tuple[str, FloatArray]]:
    """Mask over photo (3,), as COLUMNS, in each stage; nothing if too little of it is seen."""
    fit = fit_face(landmarks, photo.image_wh, focal_px=photo.focal_px)
    sensor = estimate_sensor(photo.rgb, fit)
    own = reading(calm_bands(surroundings(photo.rgb, face_outline(fit))), sensor.blur_px2)
    recipe = draw_recipe(choices_of({"": worn}), 0, "", 0)
    lighting = estimate_lighting(photo.rgb, fit)
    rendered = renderer.render(drape_worn(worn, fit, recipe), fit, lighting)
    developed = develop(rendered, sensor, np.random.default_rng(0))
    masked = composite_over(developed, photo)
    for stage, after, layer in (
        ("rendered", composite_over(rendered, photo), rendered),
        ("developed", masked, developed),
        ("written", written(masked), developed),
    ):
        inside = eroded(cover_of(layer, photo.image_wh) >= OPAQUE)
        if inside.sum() >= MIN_INSIDE_PX:
            yield stage, read_mask(ycc_of(after.rgb), inside) / own


def read_mask(ycc: Float32Array, inside: BoolArray) -> FloatArray:
    """Grain inside of a mask and width of its rim (3,)."""
    core = eroded(inside, STRAP_PX)  # straps are lines, which no edge is
    rim = ~eroded(~core, STRAP_PX + INSIDE_PX + RIM_PX) & ~eroded(inside, RIM_PX - INSIDE_PX)
    bands = [Patch(ycc, inside)]
    return reading(calm_bands(bands), measure_blur([Patch(ycc, rim)], measure_grain(bands)))


def reading(bands: FloatArray, blur_px2: FloatArray) -> FloatArray:
    """What is compared (3,), as COLUMNS, from bands (2, 3) of grain and a covariance (2, 2)."""
    width_px = np.sqrt(max(np.trace(blur_px2) / 2, 0.0))
    compared: FloatArray = np.maximum([bands[0, 0], bands[1, 0], width_px], LEAST)
    return compared


def eroded(mask: BoolArray, by_px: int = INSIDE_PX) -> BoolArray:
    """Where all pixels up to `by_px` away are in the mask (H, W)."""
    window = np.ones((2 * by_px + 1, 2 * by_px + 1), np.uint8)
    return np.asarray(cv2.erode(mask.astype(np.uint8), window), bool)


def cover_of(layer: Layer, image_wh: tuple[int, int]) -> Float32Array:
    """Alpha (H, W) of the layer at each pixel of the photo."""
    (x0, y0), (width, height) = layer.origin_px, image_wh
    h, w = layer.rgba.shape[:2]
    cover = np.zeros((height, width), np.float32)
    rows, columns = slice(max(y0, 0), y0 + h), slice(max(x0, 0), x0 + w)
    seen = cover[rows, columns]
    seen[:] = layer.rgba[max(-y0, 0) :, max(-x0, 0) :, 3][: seen.shape[0], : seen.shape[1]]
    return cover


def written(photo: Photo) -> Photo:
    """The photo after its own file format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"photo.{photo.encoding.format.lower()}"
        write_photo(photo, path)
        return read_photo(path)


def summary(found: FloatArray) -> str:
    """Percentiles and the share within WITHIN of ratios (N, 3)."""
    low, middle, high = np.percentile(found, [10, 50, 90], axis=0)
    share = ((found >= WITHIN[0]) & (found <= WITHIN[1])).mean(axis=0)
    return ", ".join(
        f"{name} {low[k]:.2f}/{middle[k]:.2f}/{high[k]:.2f} ({share[k]:.0%})"
        for k, name in enumerate(COLUMNS)
    )


if __name__ == "__main__":
    main()
