"""Score the shipped net on composites of faces held out.

    python -m scripts.train_occluders.evaluate --data DIR

For each kind of thing: intersection over union of its pixels, and the share of the
pictures in which at least half of it is kept after `certain`. Of pictures with nothing
in front: how many lose more than `LOST` of the face all the same.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mask3d.occluders.certain import certain
from mask3d.occluders.net import OccluderNet
from scripts.train_occluders.composite import NOTHING

LOST = 0.03  # of the face
COVERED = 127  # level from which a pixel is covered


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Score the net on faces held out.")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    args = parser.parse_args()
    net = OccluderNet()
    with np.load(args.data / "held_out.npz", allow_pickle=False) as data:
        rgb, cover, face, kinds = (data[name] for name in ("rgb", "cover", "face", "kind"))
    found = np.zeros((2, *cover.shape), np.float32)  # by the net, and what is kept of it
    for i, picture in enumerate(tqdm(rgb, "looking", disable=None)):
        found[0, i] = net.look(picture, face[i])
        found[1, i] = certain(found[0, i], face[i]).cover
    truth, known = cover > COVERED, face > 0
    print("kind         pictures  IoU of the net  IoU kept  half of it kept")
    for kind in sorted(set(kinds) - {NOTHING}):
        rows = (kinds == kind) & truth.any(axis=(1, 2))
        seen = found[:, rows] > 0.5
        both = (seen & (truth & known)[rows]).sum(axis=(2, 3))
        either = ((seen | truth[rows]) & known[rows]).sum(axis=(2, 3))
        iou = both.sum(axis=1) / either.sum(axis=1)
        half = np.mean(both[1] >= 0.5 * (truth & known)[rows].sum(axis=(1, 2)))
        print(f"{kind:12s} {rows.sum():8d} {iou[0]:15.2f} {iou[1]:9.2f} {100 * half:14.0f} %")
    rows = kinds == NOTHING
    lost = ((found[1, rows] > 0.5) & known[rows]).sum(axis=(1, 2)) / known[rows].sum(axis=(1, 2))
    print(f"nothing: {(lost > LOST).sum()} of {rows.sum()} lose more than {100 * LOST:g} %")


if __name__ == "__main__":
    main()
