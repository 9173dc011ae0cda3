"""Score detectors on held-out crops.

    python -m scripts.train_landmarks.evaluate --in ../shared/train --data DIR

The error is that of the hand-set visible points of AFLW, over the size of the
face. Each detector's 68 points are turned into those points by the same fit of the
head model, so that no detector has an advantage by its labels.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mask3d.arrays import FloatArray
from mask3d.face_model import load_face_model
from mask3d.landmarks.embedded import MIN_PRESENCE, blend, confidence, mesh_share
from mask3d.landmarks.facemesh import FaceMesh
from mask3d.landmarks.pose import pose_of_points
from mask3d.landmarks.profile_net import ProfileNet
from mask3d.landmarks.yunet import YuNet
from scripts.train_landmarks.crops import BoolArray, Crops, held_out, read_crops
from scripts.train_landmarks.head_fit import Observed, fit_heads
from scripts.train_landmarks.labels import face_size_px
from scripts.train_landmarks.points import point_basis

YAW_EDGES_DEG = (0, 10, 20, 30, 40, 50, 60, 75, 91)  # of the yaw that the net sees
MESH_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # of FaceMesh in the mean of both
SIGMA_MM = 2.0  # of the detectors' points
MAX_OFF_PX = 35.0  # a detection farther from the labelled face is another one
MAX_ERROR = 25.0  # %; beyond, all errors count the same, or a few lost faces make the mean
EXPECTED_ERROR_EDGES = (0.0, 0.03, 0.035, 0.04, 0.05, 0.06, 0.08, 1.0)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Score detectors on held-out crops.")
    parser.add_argument("--in", dest="source", type=Path, required=True, help="../shared/train")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    args = parser.parse_args()
    crops = read_crops(args.source)
    crops = crops.rows(held_out(len(crops)))
    with np.load(args.data / "real.npz", allow_pickle=False) as data:
        crops = crops.rows(data["good"][data["held_out"]])
    with np.load(args.data / "offsets.npz", allow_pickle=False) as data:
        offsets_mm = data["offsets_mm"]
    looks = look(crops)
    found = on_the_face(looks, crops)
    print(f"{found.sum()} of {len(found)} faces found")
    crops = crops.rows(found)
    net, mesh, expected = (looks[name][found] for name in ("net", "mesh", "expected"))
    yaw_deg = np.array([pose_of_points(points).yaw_deg for points in net])
    errors = {
        f"{share:.1f}": hand_error(crops, net + share * (mesh - net), offsets_mm)
        for share in MESH_SHARES
    }
    print(by_yaw(errors, yaw_deg))
    both = [
        blend(a, b, mesh_share(yaw) * (presence >= MIN_PRESENCE))
        for a, b, yaw, presence in zip(net, mesh, yaw_deg, looks["presence"][found], strict=True)
    ]
    error = hand_error(crops, np.array(both), offsets_mm)
    print(by_yaw({"as gated": error}, yaw_deg))
    print(by_expected_error(error, expected))
    print(by_confidence(error, np.array([confidence(each) for each in expected])))


def look(crops: Crops) -> dict[str, FloatArray]:
    """Points of the net and of FaceMesh (N, 68, 3), expected error and presence (N,), or NaN."""
    yunet, net, mesh = YuNet(), ProfileNet(), FaceMesh()
    looks: dict[str, FloatArray] = {
        name: np.full((len(crops), 68, 3), np.nan) for name in ("net", "mesh")
    }
    looks |= {name: np.full(len(crops), np.nan) for name in ("expected", "presence")}
    for i, rgb in enumerate(tqdm(crops.rgb, "looking", disable=None)):
        for detection in yunet.detect(rgb)[:1]:
            looks["net"][i], looks["expected"][i] = net.look(rgb, detection)
            looks["mesh"][i], looks["presence"][i] = mesh.look(rgb, detection)
    return looks


def on_the_face(looks: dict[str, FloatArray], crops: Crops) -> BoolArray:
    """Which faces (N,) were found, and not another one beside them."""
    centres_px = np.nanmean(crops.points21_px, axis=1)
    off_px = np.linalg.norm(looks["net"][..., :2].mean(axis=1) - centres_px, axis=1)
    found: BoolArray = off_px < MAX_OFF_PX  # NaN is not
    return found


def hand_error(crops: Crops, points_px: FloatArray, offsets_mm: FloatArray) -> FloatArray:
    """Mean distance (N,) in % of the face from the visible hand-set points."""
    basis = point_basis(load_face_model()).moved(offsets_mm)
    known_px = np.zeros((len(crops), 89, 2))
    known_px[:, :68] = points_px[..., :2]
    per_mm = np.zeros((len(crops), 89))
    per_mm[:, :68] = 1 / SIGMA_MM
    yaw_deg = np.array([pose_of_points(points).yaw_deg for points in points_px])
    fits = fit_heads(basis, Observed(known_px, per_mm, yaw_deg))
    distances_px = np.linalg.norm(fits.points_px(basis)[:, 68:, :2] - crops.points21_px, axis=-1)
    error = 100 * np.nanmean(distances_px, axis=1) / face_size_px(points_px)
    capped: FloatArray = np.minimum(error, MAX_ERROR)
    return capped


def by_yaw(errors: dict[str, FloatArray], yaw_deg: FloatArray) -> str:
    """A table of mean errors."""
    lines = ["|yaw|      " + "".join(f"{name:>9}" for name in errors)]
    for low, high in pairwise(YAW_EDGES_DEG):
        rows = (np.abs(yaw_deg) >= low) & (np.abs(yaw_deg) < high)
        means = "".join(f"{np.mean(error[rows]):9.2f}" for error in errors.values())
        lines.append(f"{low:3d} to {high:3d} {means}  ({rows.sum()})")
    return "\n".join(lines)


def by_expected_error(error: FloatArray, expected: FloatArray) -> str:
    """How large the error is where the net expects how much."""
    lines = ["expected %          mean"]
    for low, high in pairwise(EXPECTED_ERROR_EDGES):
        rows = (expected >= low) & (expected < high)
        if rows.any():
            text = f"{np.mean(error[rows]):10.2f}  ({rows.sum()})"
            lines.append(f"{100 * low:4.1f} to {100 * high:5.1f} {text}")
    return "\n".join(lines)


def by_confidence(error: FloatArray, trust: FloatArray) -> str:
    """The error of the faces kept and of those rejected at the default threshold."""
    lines = []
    for name, rows in (("kept", trust >= 0.5), ("rejected", trust < 0.5)):
        if rows.any():
            tenth = np.percentile(error[rows], 90)
            mean = np.mean(error[rows])
            lines.append(f"{name}: {rows.sum()}, mean {mean:.2f} %, 90th percentile {tenth:.2f} %")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
