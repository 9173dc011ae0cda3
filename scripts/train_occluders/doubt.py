"""Note where the faces seem to be covered already, by a net trained without knowing.

    python -m scripts.train_occluders.doubt --data DIR --run RUN --out DIR2

Writes ``faces.npz`` into DIR2: the truth is not known where the first net is not sure
that the face is free, nor anywhere on a face of which it sees more than `MAX_SHARE` covered.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from mask3d.arrays import ByteArray, Float32Array
from mask3d.occluders.region import face_outline
from scripts.train_landmarks.crops import BoolArray
from scripts.train_occluders.data import inputs
from scripts.train_occluders.faces import read_faces, write_faces
from scripts.train_occluders.net import OccluderNet
from scripts.train_occluders.train import full_size

FREE = 0.3  # chance of something in front below which a pixel counts as free
ON_FACE = 0.2  # share of a region that lies on the face, or it is background
AROUND_PX = 5  # window around what is not, which is not known either
MAX_SHARE = 0.5  # of a face in doubt; such a face teaches nothing but what is put before it


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Note where faces seem covered already.")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces.npz")
    parser.add_argument("--run", type=Path, required=True, help="folder of the first checkpoint")
    parser.add_argument("--out", type=Path, required=True, help="folder for the new faces.npz")
    args = parser.parse_args()
    torch.set_num_threads(1)
    net = OccluderNet().eval()
    net.load_state_dict(torch.load(args.run / "checkpoint.pt", weights_only=True)["average"])
    faces = read_faces(args.data / "faces.npz")
    outlines = np.array([face_outline(points) for points in faces.points_px])
    found = doubtful(chances(net, faces.rgb, outlines), outlines)
    share = (found & (outlines > 0)).sum(axis=(1, 2)) / np.maximum(outlines.sum(axis=(1, 2)), 1)
    found[share > MAX_SHARE] = True
    args.out.mkdir(parents=True, exist_ok=True)
    write_faces(args.out / "faces.npz", replace(faces, doubt=found))
    shares = " ".join(f"{100 * np.mean(share > limit):.1f}" for limit in (0.01, 0.1, MAX_SHARE))
    print(f"more than 1, 10, {100 * MAX_SHARE:.0f} % of the face in doubt: {shares} % of the faces")


@torch.no_grad()  # type: ignore[untyped-decorator]
def chances(net: OccluderNet, rgb: ByteArray, face: ByteArray) -> Float32Array:
    """Chance (N, 96, 96) that something is in front, the mean of both sides of a picture."""
    parts = []
    for part in torch.arange(len(rgb)).split(128):
        picture = inputs(torch.from_numpy(rgb[part]), torch.from_numpy(face[part]))
        mirrored = full_size(net(picture.flip(-1))).flip(-1)
        parts.append(torch.sigmoid((full_size(net(picture)) + mirrored) / 2))
    return np.asarray(torch.cat(parts).numpy(), np.float32)


def doubtful(chance: Float32Array, face: ByteArray) -> BoolArray:
    """Where (N, 96, 96) a face is not sure to be free, and a little around.

    What lies beside the face for the most part is background, and known to be free.
    """
    window = np.ones((AROUND_PX, AROUND_PX), np.uint8)
    found = np.zeros(chance.shape, bool)
    for i, each in enumerate(chance):
        count, labels = cv2.connectedComponents((each > FREE).astype(np.uint8))
        for region in (labels == label for label in range(1, count)):
            if (region & (face[i] > 0)).sum() >= ON_FACE * region.sum():
                found[i] |= cv2.dilate(region.astype(np.uint8), window) > 0
    return found


if __name__ == "__main__":
    main()
