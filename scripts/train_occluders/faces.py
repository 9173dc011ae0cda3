"""Cut the training crops as the net will see them.

    python -m scripts.train_occluders.faces --in ../shared/train --out DIR

Writes ``faces.npz``: the faces that the landmark detector finds, a row a face.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mask3d.arrays import ByteArray, FloatArray
from mask3d.landmarks import Landmarks
from mask3d.landmarks.embedded import EmbeddedDetector
from mask3d.landmarks.region import crop_region
from mask3d.occluders.region import CROP_PX, points_in_crop, region_of_face
from scripts.train_landmarks.crops import BoolArray, held_out, read_crops

MIN_CONFIDENCE = 0.5  # of the landmarks
MAX_OFF = 0.5  # of the face's size: a detection farther from the labelled face is another one


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Faces as the net sees them.

    Attributes
    ----------
    rgb : (N, 96, 96, 3)
    points_px : (N, 68, 2) in the crop, by edges
    yaw_deg : (N,) > 0: nose toward image left
    doubt : (N, 96, 96) bool, where the face may be covered already: no truth there
    held_out : (N,) bool
    """

    rgb: ByteArray
    points_px: FloatArray
    yaw_deg: FloatArray
    doubt: BoolArray
    held_out: BoolArray

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.rgb)


def read_faces(path: Path) -> Faces:
    """What `write_faces` wrote."""
    with np.load(path, allow_pickle=False) as data:
        return Faces(*(data[name] for name in Faces.__slots__))


def write_faces(path: Path, faces: Faces) -> None:
    """One ``.npz`` of the fields."""
    np.savez(path, **{name: getattr(faces, name) for name in Faces.__slots__})


def cut(rgb: ByteArray, points_px: FloatArray) -> tuple[ByteArray, FloatArray]:
    """The crop (96, 96, 3) that the net sees of a face, and its points (68, 2) in it."""
    region = region_of_face(points_px)
    return crop_region(rgb, region, CROP_PX), points_in_crop(points_px, region)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Cut the training crops as the net sees them.")
    parser.add_argument("--in", dest="source", type=Path, required=True, help="../shared/train")
    parser.add_argument("--out", type=Path, required=True, help="folder for the data")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    crops = read_crops(args.source)
    detector, kept, pictures, points_px = EmbeddedDetector(), [], [], []
    for i, rgb in enumerate(tqdm(crops.rgb, "finding the points", disable=None)):
        for landmarks in detector.detect(rgb)[:1]:
            if is_the_face(landmarks, crops.points21_px[i]):
                picture, points = cut(rgb, landmarks.points_px)
                kept.append(i)
                pictures.append(picture)
                points_px.append(points)
    doubt = np.zeros((len(kept), CROP_PX, CROP_PX), bool)
    rows = np.array(kept)
    faces = Faces(
        np.array(pictures),
        np.array(points_px),
        crops.yaw_deg[rows],
        doubt,
        held_out(len(crops))[rows],
    )
    write_faces(args.out / "faces.npz", faces)
    print(f"{len(faces)} of {len(crops)} faces, {faces.held_out.sum()} held out")


def is_the_face(landmarks: Landmarks, points21_px: FloatArray) -> bool:
    """Whether a detection is of the face that the crop was cut for, and good."""
    middle_px = landmarks.points_px[:, :2].mean(axis=0)
    off_px = np.linalg.norm(middle_px - np.nanmean(points21_px, axis=0))
    size_px = np.sqrt(np.prod(np.ptp(landmarks.points_px[:, :2], axis=0)))
    return landmarks.confidence >= MIN_CONFIDENCE and bool(off_px < MAX_OFF * size_px)


if __name__ == "__main__":
    main()
