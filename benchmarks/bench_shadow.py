"""Time of the shadows of a mask, beside decoding the JPEG of a 450-px photo.

python -m benchmarks.bench_shadow [--rounds 30] [--masks a,b]
"""

from __future__ import annotations

import argparse

import cv2
import numpy as np

from benchmarks.timing import SIDE_PX, frontal_fit, median_ms, photo
from mask3d.arrays import ByteArray
from mask3d.camera import Camera
from mask3d.composite import darkened
from mask3d.drape import drape_worn
from mask3d.face import FaceFit
from mask3d.lighting import estimate_lighting
from mask3d.masks import load_worn
from mask3d.photo import Photo
from mask3d.recipe import CREASE_SETS, Recipe
from mask3d.shadow import cast_shadow, lit_scene, self_shadowed

MASKS = ("surgical_white", "n95_white", "cloth_black", "bandana_black")


def main() -> None:
    """Print a line for each mask and size of the photo: all, its ratio, and the parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--masks", type=lambda text: text.split(","), default=[*MASKS])
    args = parser.parse_args()
    jpeg = cv2.imencode(".jpg", photo())[1]
    decode_ms = median_ms(lambda: cv2.imdecode(jpeg, cv2.IMREAD_COLOR), args.rounds)
    print(f"reference: decoding a 450-px JPEG takes {decode_ms:.2f} ms")
    for side_px in (256, 512):
        rgb, fit = resized(side_px)
        for mask in args.masks:
            times_ms = stages(mask, rgb, fit, args.rounds)
            whole_ms = sum(times_ms.values())
            parts = ", ".join(f"{name} {ms:.2f}" for name, ms in times_ms.items())
            print(
                f"{side_px} px {mask:16s} {whole_ms:6.2f} ms "
                f"{whole_ms / decode_ms:5.1f} times   {parts}"
            )


def resized(side_px: int) -> tuple[ByteArray, FaceFit]:
    """The photo of the benchmarks at another size, and its head."""
    fit, scale = frontal_fit(), side_px / SIDE_PX
    camera = Camera(fit.camera.focal_px * scale, np.full(2, (side_px - 1) / 2), (side_px, side_px))
    rgb = cv2.resize(photo(), (side_px, side_px), interpolation=cv2.INTER_AREA)
    return rgb.astype(np.uint8), FaceFit(
        fit.model,
        camera,
        fit.cam_from_face,
        fit.identity,
        fit.expression,
        fit.vertices_mm,
        fit.residual,
    )


def stages(name: str, rgb: ByteArray, fit: FaceFit, rounds: int) -> dict[str, float]:
    """Milliseconds of each stage."""
    lighting = estimate_lighting(rgb, fit)
    meshes = drape_worn(load_worn(name), fit, Recipe(name, (0.5,) * CREASE_SETS))
    scene = lit_scene(meshes, fit, lighting)
    shadow, original = cast_shadow(scene, fit, rgb), Photo(rgb)
    return {
        "scene": median_ms(lambda: lit_scene(meshes, fit, lighting), rounds),
        "self-shadow": median_ms(lambda: self_shadowed(scene, fit, meshes), rounds),
        "cast": median_ms(lambda: cast_shadow(scene, fit, rgb), rounds),
        "darken": median_ms(lambda: darkened(original, shadow), rounds),
    }


if __name__ == "__main__":
    main()
