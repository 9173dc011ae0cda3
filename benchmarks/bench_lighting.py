"""Time of `estimate_lighting` for a face in a 450-px photo, beside decoding the same JPEG.

    python -m benchmarks.bench_lighting [--rounds 50]

The ratio does not depend on the machine as much as the milliseconds do.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import cv2
import numpy as np

from mask3d.arrays import ByteArray
from mask3d.camera import Camera
from mask3d.face import FaceFit
from mask3d.face_model import load_face_model
from mask3d.lighting import estimate_lighting

SIDE_PX = 450
FOCAL_PX = 900.0
DISTANCE_MM = 700.0


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    rgb = photo()
    jpeg = cv2.imencode(".jpg", rgb)[1]
    fit = frontal_fit()
    light_ms = median_ms(lambda: estimate_lighting(rgb, fit), rounds)
    decode_ms = median_ms(lambda: cv2.imdecode(jpeg, cv2.IMREAD_COLOR), rounds)
    print(f"estimate_lighting {light_ms:.1f} ms, imdecode {decode_ms:.1f} ms: ", end="")
    print(f"{light_ms / decode_ms:.1f} times reading the JPEG")


def photo() -> ByteArray:
    """Smooth coloured noise, about as hard to decode as a portrait."""
    noise = np.random.default_rng(0).normal(0, 1, (SIDE_PX, SIDE_PX, 3))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3) * 200 + noise * 4 + (100, 120, 160)
    pixels: ByteArray = np.clip(smooth, 0, 255).astype(np.uint8)
    return pixels


def frontal_fit() -> FaceFit:
    """The mean head in the middle of the photo."""
    model = load_face_model()
    cam_from_face = np.diag([1.0, -1.0, -1.0, 1.0])
    cam_from_face[2, 3] = DISTANCE_MM
    return FaceFit(
        model=model,
        camera=Camera(FOCAL_PX, np.full(2, (SIDE_PX - 1) / 2), (SIDE_PX, SIDE_PX)),
        cam_from_face=cam_from_face,
        identity=np.zeros(len(model.identity_modes_mm)),
        expression=np.zeros(len(model.expression_modes_mm)),
        vertices_mm=model.mean_mm,
        residual=0.0,
    )


def median_ms(action: Callable[[], object], rounds: int) -> float:
    """Median time of `action` after one round of warming up."""
    action()
    times_ms = np.zeros(rounds)
    for i in range(rounds):
        started = time.perf_counter()
        action()
        times_ms[i] = (time.perf_counter() - started) * 1e3
    return float(np.median(times_ms))


if __name__ == "__main__":
    main()
