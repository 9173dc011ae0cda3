"""Build the tileable pictures in ``textures/`` from numbers.

python -m scripts.build_textures [NAME ...]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from mask3d.arrays import ByteArray
from scripts.textures.catalogue import FABRICS, PATTERNS

TEXTURES = Path(__file__).resolve().parents[1] / "textures"


def write_png(path: Path, rgb: ByteArray) -> None:
    """Write a picture as small as PNG gets."""
    bgr = np.ascontiguousarray(rgb[..., ::-1])
    _, png = cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png.tobytes())


def main() -> None:
    """Build the pictures named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    names = parser.parse_args().names
    for folder, pictures in (("fabrics", FABRICS), ("patterns", PATTERNS)):
        for name in [name for name in pictures if not names or name in names]:
            write_png(TEXTURES / folder / f"{name}.png", pictures[name]().rgb())
            print(f"textures/{folder}/{name}.png")


if __name__ == "__main__":
    main()
