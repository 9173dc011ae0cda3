"""Time of the whole run for a face: read, detect, fit, light, drape, render, composite, write.

    python -m benchmarks.bench_render [--in FOLDER] [--mask surgical_blue] [--renderer numba]

One process, photos shrunk to 450 px and written as JPEG first, detection
included, the first photo left out (it pays for loading and compiling). The
last line compares the run with reading and writing the same JPEGs by OpenCV.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

import mask3d
from benchmarks.timing import add_photos
from mask3d.drape import drape_worn
from mask3d.photo import Encoding, Photo

LONG_SIDE_PX = 450
JPEG_QUALITY = 95


class Stopwatch:
    """Sum of the time of each stage."""

    def __init__(self) -> None:
        self.ms: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to a stage."""
        start = perf_counter()
        yield
        self.ms[name] += 1e3 * (perf_counter() - start)


def main() -> None:
    """Print the milliseconds for a face, stage by stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_photos(parser)
    parser.add_argument("--renderer", default="auto")
    parser.add_argument("--limit", type=int, default=60, help="photos at most (default: 60)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        paths = shrink(mask3d.list_images(args.source)[: args.limit], Path(scratch))
        report(paths, args.mask, args.renderer)


def shrink(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Write the photos as JPEGs whose long side is LONG_SIDE_PX."""
    shrunk = []
    for number, path in enumerate(paths):
        rgb = mask3d.read_photo(path).rgb
        scale = LONG_SIDE_PX / max(rgb.shape)
        small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        shrunk.append(folder / f"{number:04d}.jpg")
        mask3d.write_photo(Photo(small, encoding=Encoding("JPEG")), shrunk[-1])
    return shrunk


def report(paths: Sequence[Path], mask_name: str, renderer_name: str) -> None:
    """Run over the photos, then print what each stage took."""
    detector = mask3d.open_detector()
    with mask3d.open_masker([mask_name], renderer=renderer_name) as masker:
        mask_timed(paths[0], detector, masker, Stopwatch())
        watch = Stopwatch()
        faces = sum(mask_timed(path, detector, masker, watch) for path in paths[1:])
    opencv = Stopwatch()
    for path in paths[1:]:
        recode(path, opencv)
    total_ms, opencv_ms = sum(watch.ms.values()), sum(opencv.ms.values())
    for stage, ms in watch.ms.items():
        print(f"{stage:10} {ms / faces:7.1f} ms a face")
    print(f"{'all':10} {total_ms / faces:7.1f} ms a face, {faces} faces, {masker.renderer.name}")
    print(f"{'opencv':10} {opencv_ms / len(paths[1:]):7.1f} ms a photo: read and write the JPEG")
    print(f"the run takes {total_ms / opencv_ms:.1f} times as long")


def mask_timed(
    path: Path, detector: mask3d.LandmarkDetector, masker: mask3d.Masker, watch: Stopwatch
) -> int:
    """Mask a photo with a watch on it; returns the number of masked faces.

    What `Masker.mask_photo` does, without the stages that `bench_appearance` times.
    """
    with watch.stage("read"):
        photo = mask3d.read_photo(path)
    with watch.stage("detect"):
        faces = detector.detect(photo.rgb)
    masked = 0
    for face, landmarks in enumerate(faces):
        with watch.stage("fit"):
            fit = mask3d.fit_face(landmarks, (photo.rgb.shape[1], photo.rgb.shape[0]))
        with watch.stage("light"):
            lighting = mask3d.estimate_lighting(photo.rgb, fit)
        with watch.stage("drape"):
            recipe = mask3d.draw_recipe(masker.choices, masker.seed, path.name, face)
            meshes = drape_worn(masker.worn[recipe.mask], fit, recipe)
        with watch.stage("render"):
            layer = masker.renderer.render(meshes, fit, lighting)
        with watch.stage("composite"):
            photo = mask3d.composite_over(layer, photo)
        masked += 1
    with watch.stage("write"):
        mask3d.write_photo(photo, path.with_name("out.jpg"))
    return masked


def recode(path: Path, watch: Stopwatch) -> None:
    """Read and write a JPEG with OpenCV."""
    with watch.stage("opencv"):
        bgr = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        if bgr is None:
            raise ValueError(f"{path} is no JPEG")
        data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
        path.with_name("opencv.jpg").write_bytes(data.tobytes())


if __name__ == "__main__":
    main()
