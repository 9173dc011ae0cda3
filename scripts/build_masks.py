"""Build the mask designs in ``meshes/`` from their scripts: cage, rig and texture layout.

    python -m scripts.build_masks [NAME ...]

Run it again after the face model has changed; the same model gives the same bytes.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path

import cv2

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.face_model import load_face_model
from mask3d.rig import write_rig
from scripts.mask_designs import (
    bandana,
    cloth,
    cloth_filter,
    cloth_pleated,
    duckbill,
    foam,
    gaiter,
    kf94,
    kn95,
    n95,
    n95_valve,
    respirator,
    shield,
    surgical,
    surgical_tie,
)

MESHES = Path(__file__).resolve().parent.parent / "meshes"
DESIGNS = {
    "bandana": bandana,
    "cloth": cloth,
    "cloth_filter": cloth_filter,
    "cloth_pleated": cloth_pleated,
    "duckbill": duckbill,
    "foam": foam,
    "gaiter": gaiter,
    "kf94": kf94,
    "kn95": kn95,
    "n95": n95,
    "n95_valve": n95_valve,
    "respirator": respirator,
    "shield": shield,
    "surgical": surgical,
    "surgical_tie": surgical_tie,
}


def write_obj(path: Path, points_mm: FloatArray, faces: IntArray) -> None:
    """Write the cage as Wavefront OBJ, millimetres, face frame."""
    lines = ["# millimetres, x to the subject's left, y up, z out of the face"]
    lines += [f"v {x:.4f} {y:.4f} {z:.4f}" for x, y, z in points_mm + 0.0]
    lines += [f"f {a} {b} {c}" for a, b, c in faces + 1]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def write_layout(path: Path, layout: ByteArray) -> None:
    """Write a layout (H, W, 4) as PNG."""
    _, png = cv2.imencode(".png", cv2.cvtColor(layout, cv2.COLOR_RGBA2BGRA))
    path.write_bytes(png.tobytes())


def build(name: str) -> None:
    """Build one design into its folder."""
    folder = MESHES / name
    design = tomllib.loads((folder / "mask.toml").read_text(encoding="utf-8"))
    module = DESIGNS[name]
    made = module.build(load_face_model(), design)
    covered = made.rig.pose_names.index("covered")
    write_obj(folder / "mask.obj", made.rig.poses_mm[covered], made.faces)
    write_rig(made.rig, folder / "rig.npz")
    write_layout(folder / "layout.png", made.layout)


def main() -> None:
    """Build the designs named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *DESIGNS], metavar="NAME")
    for name in parser.parse_args().names or DESIGNS:
        build(name)
        print(f"meshes/{name}")


if __name__ == "__main__":
    main()
