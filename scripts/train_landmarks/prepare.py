"""Give the real crops dense labels.

    python -m scripts.train_landmarks.prepare --in ../shared/train --out DIR

Writes ``teacher.npz`` (FaceMesh on every crop, kept between runs), ``offsets.npz``
(see `offsets`), ``fits.npz`` (the fitted heads) and ``real.npz`` (crops and labels).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.face_model import load_face_model
from scripts.train_landmarks.crops import Crops, held_out, read_crops
from scripts.train_landmarks.head_fit import HeadFits, Observed, fit_heads
from scripts.train_landmarks.labels import Labels, make_labels, observe, teacher_trust
from scripts.train_landmarks.offsets import learn_offsets
from scripts.train_landmarks.points import point_basis
from scripts.train_landmarks.teacher import teach

OFFSET_CROPS = 3000  # as many faces as the displacements are learnt from
OFFSET_SEED = 0


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Give the real crops dense labels.")
    parser.add_argument("--in", dest="source", type=Path, required=True, help="../shared/train")
    parser.add_argument("--out", type=Path, required=True, help="folder for the data")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    crops = read_crops(args.source)
    teacher_px, presence = _teacher(args.out / "teacher.npz", crops)
    trust = teacher_trust(crops, teacher_px, presence)
    observed = observe(crops, teacher_px, trust)
    basis = point_basis(load_face_model())
    offsets_mm = learn_offsets(basis, observed.part(_sample(crops, observed)))
    np.savez(args.out / "offsets.npz", offsets_mm=offsets_mm)
    fits = fit_heads(basis.moved(offsets_mm), observed)
    _save_fits(args.out / "fits.npz", fits)
    labels = make_labels(basis.moved(offsets_mm), crops, fits, teacher_px, trust)
    _save(args.out / "real.npz", crops, labels)
    print(_summary(crops, labels))


def _teacher(path: Path, crops: Crops) -> tuple[FloatArray, FloatArray]:
    """FaceMesh's answers, asked only once."""
    if not path.exists():
        points_px, presence = teach(crops)
        np.savez(path, points_px=points_px, presence=presence)
    with np.load(path, allow_pickle=False) as data:
        return data["points_px"], data["presence"]


def _sample(crops: Crops, observed: Observed) -> FloatArray:
    """Crops with enough points, of which none are held out."""
    usable = ((observed.per_mm > 0).sum(axis=1) >= 8) & ~held_out(len(crops))
    chosen = np.random.default_rng(OFFSET_SEED).permutation(np.flatnonzero(usable))
    return chosen[:OFFSET_CROPS]


def _save_fits(path: Path, fits: HeadFits) -> None:
    np.savez(
        path,
        rotation=fits.rotation,
        px_per_mm=fits.px_per_mm,
        origin_px=fits.origin_px,
        coefficients=fits.coefficients,
    )


def _save(path: Path, crops: Crops, labels: Labels) -> None:
    np.savez(
        path,
        rgb=crops.rgb,
        points_px=labels.points_px.astype(np.float32),
        yaw_deg=crops.yaw_deg,
        good=labels.good,
        held_out=held_out(len(crops)),
    )


def _summary(crops: Crops, labels: Labels) -> str:
    """A line for every 30° of yaw: how many labels, how many good ones, their error."""
    lines = []
    for low in (0, 30, 60, 90):
        rows = (np.abs(crops.yaw_deg) >= low) & (np.abs(crops.yaw_deg) < low + 30)
        error = 100 * np.median(labels.error[rows])
        lines.append(f"yaw {low}+: {labels.good[rows].sum()}/{rows.sum()} good, {error:.2f} %")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
