"""Put things before the faces, by the thousand.

    python -m scripts.train_occluders.prepare --data DIR --count 40000

Writes ``train.npz`` and, of the faces held out, ``held_out.npz`` into DIR.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mask3d.occluders.region import CROP_PX
from scripts.train_occluders.composite import Rows, compose
from scripts.train_occluders.faces import Faces, read_faces

HELD_OUT_COUNT = 2000


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Put things before the faces.")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces.npz")
    parser.add_argument("--count", type=int, required=True, help="of training pictures")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    faces = read_faces(args.data / "faces.npz")
    for name, rows, count in (
        ("held_out", np.flatnonzero(faces.held_out), HELD_OUT_COUNT),
        ("train", np.flatnonzero(~faces.held_out), args.count),
    ):
        write_composites(args.data / f"{name}.npz", faces, rows, count, args.seed)


def write_composites(path: Path, faces: Faces, rows: Rows, count: int, seed: int) -> None:
    """`count` pictures of the faces `rows`, each as often as the others, as one ``.npz``."""
    rgb = np.zeros((count, CROP_PX, CROP_PX, 3), np.uint8)
    cover = np.zeros((count, CROP_PX, CROP_PX), np.uint8)
    weight, face, kinds = np.zeros_like(cover), np.zeros_like(cover), []
    for i in tqdm(range(count), path.stem, disable=None):
        draw = np.random.default_rng([seed, i])
        made = compose(faces, int(rows[i % len(rows)]), rows, draw)
        rgb[i], cover[i], weight[i], face[i] = made.rgb, made.cover, made.weight, made.face
        kinds.append(made.kind)
    np.savez(path, rgb=rgb, cover=cover, weight=weight, face=face, kind=np.array(kinds))


if __name__ == "__main__":
    main()
