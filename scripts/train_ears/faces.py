"""Fit the head model to the training crops, from the points of the detector as in real use.

    python -m scripts.train_ears.faces --in ../shared/train --out DIR --count 12000

Writes ``faces.npz``: all faces held out and `--count` of the others, a row a face.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import Camera
from mask3d.face import MAX_RESIDUAL, FaceFit, fit_face
from mask3d.face_model import load_face_model
from mask3d.landmarks import EmbeddedDetector
from scripts.train_landmarks.crops import CROP_PX, BoolArray, Crops, held_out, read_crops
from scripts.train_landmarks.points import LEFT_LOBE, RIGHT_LOBE
from scripts.train_occluders.faces import is_the_face

IMAGE_WH = (CROP_PX, CROP_PX)
SIDES = (LEFT_LOBE, RIGHT_LOBE)  # points of the subject's left ear, then of the right one


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Crops, the heads fitted to them, and the lobes that were set by hand.

    Attributes
    ----------
    rgb : (N, 120, 120, 3)
    focal_px : (N,)
    cam_from_face : (N, 4, 4)
    identity, expression : (N, I), (N, E)
    lobes_px : (N, 2, 2) of the subject's left and right ear, NaN where hidden
    held_out : (N,)
    """

    rgb: ByteArray
    focal_px: FloatArray
    cam_from_face: FloatArray
    identity: FloatArray
    expression: FloatArray
    lobes_px: FloatArray
    held_out: BoolArray

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.rgb)

    def fit(self, row: int) -> FaceFit:
        """The fitted head of a face."""
        model = load_face_model()
        camera = Camera(float(self.focal_px[row]), (np.array(IMAGE_WH) - 1.0) / 2.0, IMAGE_WH)
        identity, expression = self.identity[row], self.expression[row]
        vertices_mm = model.vertices_mm(identity, expression)
        pose = self.cam_from_face[row]
        return FaceFit(model, camera, pose, identity, expression, vertices_mm, 0.0)


def read_faces(path: Path) -> Faces:
    """What `main` wrote."""
    with np.load(path, allow_pickle=False) as data:
        return Faces(*(data[name] for name in Faces.__slots__))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Fit the head model to the training crops.")
    parser.add_argument("--in", dest="source", type=Path, required=True, help="../shared/train")
    parser.add_argument("--out", type=Path, required=True, help="folder for the data")
    parser.add_argument("--count", type=int, required=True, help="of training faces at most")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    crops = read_crops(args.source)
    kept_out = held_out(len(crops))
    trained_on = np.random.default_rng(args.seed).permutation(np.flatnonzero(~kept_out))
    rows = np.concatenate([np.flatnonzero(kept_out), trained_on[: args.count]])
    faces = fit_crops(crops, rows, kept_out)
    np.savez(args.out / "faces.npz", **{name: getattr(faces, name) for name in Faces.__slots__})
    print(f"{len(faces)} of {len(rows)} faces fitted, {faces.held_out.sum()} held out")


def fit_crops(crops: Crops, rows: NDArray[np.intp], kept_out: BoolArray) -> Faces:
    """The faces of `rows` that the detector finds and the head explains."""
    detector, kept, fits = EmbeddedDetector(), [], []
    for row in tqdm(rows, "fitting heads", disable=None):
        for landmarks in detector.detect(crops.rgb[row])[:1]:
            fit = fit_face(landmarks, IMAGE_WH)
            if is_the_face(landmarks, crops.points21_px[row]) and fit.residual <= MAX_RESIDUAL:
                kept.append(row)
                fits.append(fit)
    chosen = np.array(kept)
    return Faces(
        crops.rgb[chosen],
        np.array([fit.camera.focal_px for fit in fits]),
        np.array([fit.cam_from_face for fit in fits]),
        np.array([fit.identity for fit in fits]),
        np.array([fit.expression for fit in fits]),
        crops.points21_px[chosen][:, SIDES],
        kept_out[chosen],
    )


if __name__ == "__main__":
    main()
