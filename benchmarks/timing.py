"""What the benchmarks of single stages share: a photo, a fit, a clock, a reference.

The reference is decoding the photo's JPEG by OpenCV: the ratio to it depends on
the machine far less than the milliseconds do.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np

from mask3d.arrays import ByteArray
from mask3d.camera import Camera
from mask3d.face import FaceFit
from mask3d.face_model import load_face_model

SIDE_PX = 450
FOCAL_PX = 900.0
DISTANCE_MM = 700.0


def compare(description: str, actions: Mapping[str, Callable[[], object]]) -> None:
    """Print the median time of each action and its ratio to decoding the photo's JPEG."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    jpeg = cv2.imencode(".jpg", photo())[1]
    decode_ms = median_ms(lambda: cv2.imdecode(jpeg, cv2.IMREAD_COLOR), rounds)
    print(f"{'imdecode':24s} {decode_ms:7.2f} ms")
    for name, action in actions.items():
        ms = median_ms(action, rounds)
        print(f"{name:24s} {ms:7.2f} ms   {ms / decode_ms:6.1f} times reading the JPEG")


def add_photos(parser: argparse.ArgumentParser) -> None:
    """Add the options of benchmarks over real photos: ``source`` and ``mask``."""
    parser.add_argument(
        "--in",
        dest="source",
        type=Path,
        default=Path("demo_faces"),
        metavar="FOLDER",
        help="photos (default: demo_faces, which bash scripts/demo makes)",
    )
    parser.add_argument("--mask", default="surgical_blue")


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


def median_ms(
    action: Callable[[], object], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Median time of `action` after one round of warming up."""
    action()
    times_ms = np.zeros(rounds)
    for i in range(rounds):
        started = clock()
        action()
        times_ms[i] = (clock() - started) * 1e3
    return float(np.median(times_ms))
