"""Cut the ears out of the fitted faces, as the net will see them but with a wider margin.

    python -m scripts.train_ears.prepare --data DIR

Writes ``train.npz`` and ``held_out.npz`` into DIR.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from mask3d.arrays import ByteArray, FloatArray
from mask3d.ears import (
    CROP_PX,
    LEFT,
    MIN_FACING,
    RIGHT,
    SIDE_MM,
    SIGN,
    ear_region,
    facing,
    lobe_mm,
    points_in_crop,
    to_crop,
    upright_ear,
)
from mask3d.landmarks.region import crop_region
from scripts.train_ears.faces import Faces, read_faces
from scripts.train_landmarks.crops import BoolArray

WIDE = 1.5  # side of the picture that is kept over that of the crop
WIDE_PX = round(WIDE * CROP_PX)
MM_PER_PX = SIDE_MM / CROP_PX  # of the crop


@dataclass(frozen=True, slots=True, eq=False)
class LabelledEars:
    """Ears as the net sees them: the back of the head is on the right.

    Attributes
    ----------
    rgb : (N, 72, 72, 3)
        The crop is its middle.
    outline : (N, 48, 48) of the fitted ear
    fitted, labelled : (N, 2) the lobe in the crop, by edges; NaN where it is hidden
    facing : (N,)
    face, side : (N,) which ear it is
    """

    rgb: ByteArray
    outline: ByteArray
    fitted: FloatArray
    labelled: FloatArray
    facing: FloatArray
    face: FloatArray
    side: FloatArray

    @property
    def is_visible(self) -> BoolArray:
        """Whether (N,) the lobe is seen."""
        return np.isfinite(self.labelled[:, 0])

    @property
    def offset_mm(self) -> FloatArray:
        """From the lobe of the fit to that of the label (N, 2)."""
        return (self.labelled - self.fitted) * MM_PER_PX


def read_ears(path: Path) -> LabelledEars:
    """Read a file of `prepare`."""
    with np.load(path, allow_pickle=False) as data:
        return LabelledEars(*(data[name] for name in LabelledEars.__slots__))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Cut the ears out of the fitted faces.")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces.npz")
    args = parser.parse_args()
    faces = read_faces(args.data / "faces.npz")
    for name, rows in (("held_out", faces.held_out), ("train", ~faces.held_out)):
        ears = cut_ears(faces, np.flatnonzero(rows))
        path = args.data / f"{name}.npz"
        np.savez(path, **{field: getattr(ears, field) for field in LabelledEars.__slots__})
        print(f"{name}: {len(ears.face)} ears, {ears.is_visible.sum()} seen")


def cut_ears(faces: Faces, rows: NDArray[np.intp]) -> LabelledEars:
    """The ears of some of the faces that are not turned away."""
    columns: list[tuple[object, ...]] = []
    for row in tqdm(rows, "cutting", disable=None):
        fit = faces.fit(row)
        for side in (LEFT, RIGHT):
            if facing(fit, side) < MIN_FACING:
                continue
            region = ear_region(fit, side)
            wide = crop_region(
                faces.rgb[row], replace(region, side_px=WIDE * region.side_px), WIDE_PX
            )
            _, outline = upright_ear(faces.rgb[row], fit, side, region)
            fitted = points_in_crop(fit, side, region, lobe_mm(fit, side))
            labelled = to_crop(faces.lobes_px[row, side], side, region)
            mirrored = wide[:, :: int(SIGN[side])]
            columns.append((mirrored, outline, fitted, labelled, facing(fit, side), row, side))
    return LabelledEars(*(np.array(column) for column in zip(*columns, strict=True)))


if __name__ == "__main__":
    main()
