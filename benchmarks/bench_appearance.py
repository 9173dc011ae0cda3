"""Time that light, shadow, lens, sensor and occluders add to the plain render of a face.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.bench_appearance [--in FOLDER] [--rounds 7]

One thread, and its own time, so that other work on the machine counts little.
Each photo is cut to a square twice as wide as its face, 256 and 512 pixels
large. Printed are medians over the faces, also as ratios to the plain render
and to reading and writing the JPEG by OpenCV: the plain render (evenly lit,
with laying it over the photo), what all the parts add to that, and each part
alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import thread_time

import cv2
import numpy as np

import mask3d
from benchmarks.timing import add_photos, median_ms
from mask3d.appearance import EVEN, appear
from mask3d.arrays import ByteArray
from mask3d.composite import composite_over, darkened
from mask3d.develop import develop
from mask3d.drape import drape_worn
from mask3d.face import FaceFit, fit_face
from mask3d.landmarks.region import crop_region, region_around
from mask3d.lighting import estimate_lighting
from mask3d.masks import load_worn
from mask3d.occluders import OccluderFinder, hide
from mask3d.photo import Photo
from mask3d.recipe import Recipe
from mask3d.renderer import open_renderer
from mask3d.sensor import estimate_sensor
from mask3d.shadow import cast_shadow, lit_scene, self_shadowed
from mask3d.tuck import tucked

SIDES_PX = (256, 512)
LIMITS_MS = (15.0, 40.0)
SIDE_PER_FACE = 2.0  # side of the square over the longer side of the face's box
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 95]


def main() -> None:
    """Print the times of both sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_photos(parser)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--limit", type=int, default=20, help="photos at most (default: 20)")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    photos = [mask3d.read_photo(path) for path in mask3d.list_images(args.source)[: args.limit]]
    for side_px, limit_ms in zip(SIDES_PX, LIMITS_MS, strict=True):
        faces = list(fitted(photos, side_px))
        times_ms = [stages(rgb, fit, args.mask, args.rounds) for rgb, fit in faces]
        medians = {name: float(np.median([t[name] for t in times_ms])) for name in times_ms[0]}
        print(f"{side_px} px, {len(faces)} faces (limit of what is added: {limit_ms:g} ms)")
        report(medians)


def report(ms: dict[str, float]) -> None:
    """A line for each stage."""
    for name, stage_ms in ms.items():
        of_plain, of_jpeg = stage_ms / ms["plain"], stage_ms / ms["opencv"]
        print(f"  {name:12} {stage_ms:7.2f} ms {of_plain:6.2f} x plain {of_jpeg:6.1f} x JPEG")


def fitted(photos: list[Photo], side_px: int) -> Iterator[tuple[ByteArray, FaceFit]]:
    """The first face of each photo, in a square of it (side_px, side_px, 3)."""
    detector = mask3d.open_detector()
    for photo in photos:
        for landmarks in detector.detect(photo.rgb)[:1]:
            points_px = landmarks.points_px.copy()
            region = region_around(points_px[:, :2] + 0.5, 0.0, SIDE_PER_FACE)
            scale = side_px / region.side_px
            corner_px = region.photo_from_crop(side_px)[:, 2]
            points_px[:, :2] = (points_px[:, :2] + 0.5 - corner_px) * scale - 0.5
            moved = replace(landmarks, points_px=points_px)
            yield crop_region(photo.rgb, region, side_px), fit_face(moved, (side_px, side_px))


def recode(jpeg: ByteArray) -> ByteArray:
    """Read and write a JPEG with OpenCV."""
    bgr = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(cv2.imencode(".jpg", bgr, JPEG)[1], np.uint8)


def stages(rgb: ByteArray, fit: FaceFit, mask: str, rounds: int) -> dict[str, float]:
    """Milliseconds of each stage."""
    renderer, finder, photo = open_renderer("numba"), OccluderFinder(), Photo(rgb)
    recipe = Recipe(mask, (0.5,) * 4)
    meshes = drape_worn(load_worn(mask), fit, recipe)
    lighting = estimate_lighting(rgb, fit)
    even = replace(lighting, sh=EVEN, key=np.zeros(3))
    seen = tucked(meshes, fit, rgb, lighting)
    scene = lit_scene(seen, fit, lighting)
    sensor, layer = estimate_sensor(rgb, fit), renderer.render(seen, fit, lighting)
    jpeg = np.asarray(cv2.imencode(".jpg", rgb[..., ::-1], JPEG)[1], np.uint8)
    developed = develop(layer, sensor, np.random.default_rng(0))

    def whole() -> Photo:
        worn = appear(meshes, fit, rgb, recipe, renderer, finder.find(rgb, fit))
        return composite_over(worn.layer, darkened(photo, worn.shadow))

    actions: dict[str, Callable[[], object]] = {
        "opencv": lambda: recode(jpeg),
        "plain": lambda: composite_over(renderer.render(meshes, fit, even), photo),
        "added": whole,
        "light": lambda: estimate_lighting(rgb, fit),
        "loops": lambda: tucked(meshes, fit, rgb, lighting),
        "scene": lambda: lit_scene(seen, fit, lighting),
        "self-shadow": lambda: self_shadowed(scene, fit, seen),
        "shadow": lambda: darkened(photo, cast_shadow(scene, fit, rgb)),
        "sensor": lambda: estimate_sensor(rgb, fit),
        "develop": lambda: develop(layer, sensor, np.random.default_rng(0)),
        "in front": lambda: hide(developed, finder.find(rgb, fit)),
    }
    times_ms = {name: median_ms(action, rounds, thread_time) for name, action in actions.items()}
    times_ms["added"] -= times_ms["plain"]
    return times_ms


if __name__ == "__main__":
    main()
