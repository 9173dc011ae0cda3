"""Time of building every mask design from its script, beside decoding a 450-px JPEG.

python -m benchmarks.bench_assets [NAME ...]
"""

from __future__ import annotations

import argparse
import tomllib

import cv2

from benchmarks.timing import median_ms, photo
from mask3d.face_model import load_face_model
from scripts.build_masks import DESIGNS, MESHES

ROUNDS = 1  # after one to warm up: a build takes seconds
REFERENCE_ROUNDS = 30


def main() -> None:
    """Print one line for each design."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *DESIGNS], metavar="NAME")
    jpeg = cv2.imencode(".jpg", photo())[1]
    reference_ms = median_ms(lambda: cv2.imdecode(jpeg, cv2.IMREAD_COLOR), REFERENCE_ROUNDS)
    print(f"reference: decoding a 450-px JPEG takes {reference_ms:.2f} ms")
    total_ms = 0.0
    for name in parser.parse_args().names or DESIGNS:
        ms = build_ms(name)
        total_ms += ms
        print(f"{name:14s} {ms / 1e3:7.2f} s {ms / reference_ms:8.0f} times")
    print(f"{'all':14s} {total_ms / 1e3:7.2f} s {total_ms / reference_ms:8.0f} times")


def build_ms(name: str) -> float:
    """Time of making one design, nothing written."""
    spec = tomllib.loads((MESHES / name / "mask.toml").read_text(encoding="utf-8"))
    model = load_face_model()
    return median_ms(lambda: DESIGNS[name].build(model, spec), ROUNDS)


if __name__ == "__main__":
    main()
