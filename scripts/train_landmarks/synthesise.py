"""Turn nearly frontal crops to profile.

    python -m scripts.train_landmarks.synthesise --data DIR

Takes ``real.npz`` and ``fits.npz`` that `prepare` wrote, and writes ``turned.npz``:
the same faces, turned about the vertical axis of the head, with their labels
turned along. The idea is the face profiling of Zhu et al., "Face Alignment Across
Large Poses" (2016); the head model and the code are this project's own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mask3d.arrays import ByteArray, FloatArray
from mask3d.face_model import FaceModel, load_face_model
from scripts.train_landmarks.crops import CROP_PX
from scripts.train_landmarks.head_fit import HeadFits
from scripts.train_landmarks.points import PointBasis, point_basis, vertex_basis
from scripts.train_landmarks.turned_head import draw, texture_px, vertex_normals, without_head

MAX_SOURCE_YAW_DEG = 28.0
YAW_DEG = (35.0, 95.0)  # of the turned faces
MAX_NOD_DEG = 12.0
CENTRE_SIGMA_PX = 3.0
LIFT_REACH_MM = 10.0  # how far a displaced landmark lifts the skin around it
FREE_WEIGHT = 0.2  # of skin that stays: beyond the reach of the landmarks it wins
SEED = 0


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Turn nearly frontal crops to profile.")
    parser.add_argument("--data", type=Path, required=True, help="folder that prepare wrote")
    parser.add_argument("--count", type=int, default=6000, help="faces to make")
    args = parser.parse_args()
    with np.load(args.data / "fits.npz", allow_pickle=False) as data:
        fits = HeadFits(**{name: data[name] for name in data.files})
    with np.load(args.data / "real.npz", allow_pickle=False) as data:
        real = {name: data[name] for name in data.files}
    usable = real["good"] & ~real["held_out"] & (np.abs(fits.yaw_deg()) < MAX_SOURCE_YAW_DEG)
    rng = np.random.default_rng(SEED)
    rows = rng.choice(np.flatnonzero(usable), args.count)
    model = load_face_model()
    with np.load(args.data / "offsets.npz", allow_pickle=False) as data:
        basis = vertex_basis(model).moved(surface_offsets(model, data["offsets_mm"]))
    turned = [
        turned_face(model, basis, real["rgb"][i], real["points_px"][i], fits.part(i), rng)
        for i in tqdm(rows, "turning heads", disable=None)
    ]
    rgb, points_px, yaw_deg = (np.array(column) for column in zip(*turned, strict=True))
    np.savez(
        args.data / "turned.npz",
        rgb=rgb,
        points_px=points_px.astype(np.float32),
        yaw_deg=yaw_deg,
        good=np.ones(len(rgb), bool),
        held_out=np.zeros(len(rgb), bool),
    )


def surface_offsets(model: FaceModel, offsets_mm: FloatArray) -> FloatArray:
    """Displacement (V, 3) that lifts the skin to the landmarks displaced by `offsets_mm` (89, 3).

    Only along the normals: a landmark that slides over the skin takes no skin along.
    """
    points_mm = point_basis(model).mean_mm
    distances_mm = np.linalg.norm(model.mean_mm[:, None] - points_mm, axis=2)  # (V, 89)
    normals = vertex_normals(model.mean_mm, model.faces)
    lifts_mm = (normals[distances_mm.argmin(axis=0)] * offsets_mm).sum(axis=1)
    weights = np.exp(-0.5 * (distances_mm / LIFT_REACH_MM) ** 2)
    lift_mm = weights @ lifts_mm / (weights.sum(axis=1) + FREE_WEIGHT)
    offsets: FloatArray = normals * lift_mm[:, None]
    return offsets


def turned_face(
    model: FaceModel,
    basis: PointBasis,
    rgb: ByteArray,
    points_px: FloatArray,
    fit: HeadFits,
    rng: np.random.Generator,
) -> tuple[ByteArray, FloatArray, float]:
    """The face in another pose, its labels (68, 3) and its yaw in degrees."""
    head_px = fit.points_px(basis)[0]
    rotation, yaw_deg = _random_turn(fit, rng)
    pivot = head_px.mean(axis=0)
    turned_head = (head_px - pivot) @ rotation.T
    turned_points = (points_px - pivot) @ rotation.T
    middle = (turned_points.min(axis=0) + turned_points.max(axis=0)) / 2
    shift = np.append((CROP_PX - 1) / 2 + CENTRE_SIGMA_PX * rng.standard_normal(2) - middle[:2], 0)
    texture = texture_px(head_px, model.faces, model.mirror)
    behind = without_head(rgb, head_px, model.faces)
    picture = draw(rgb, turned_head + shift, model.faces, texture, behind)
    return picture, turned_points + shift, yaw_deg


def _random_turn(fit: HeadFits, rng: np.random.Generator) -> tuple[FloatArray, float]:
    """Rotation (3, 3) of points x right, y down, z nearer, toward the side that is seen less."""
    rotation, yaw_deg = fit.rotation[0], float(fit.yaw_deg()[0])
    goal_deg = rng.uniform(*YAW_DEG) * (1 if yaw_deg > 0 else -1)
    about_own_axis = _about(1, -np.radians(goal_deg - yaw_deg))
    nod = _about(0, np.radians(rng.uniform(-MAX_NOD_DEG, MAX_NOD_DEG)))
    relative = nod @ rotation @ about_own_axis @ rotation.T
    to_nearer = np.diag([1.0, 1.0, -1.0])  # the camera's z points away
    return to_nearer @ relative @ to_nearer, goal_deg


def _about(axis: int, angle_rad: float) -> FloatArray:
    """Rotation (3, 3) about a coordinate axis."""
    i, j = (axis + 1) % 3, (axis + 2) % 3
    rotation = np.eye(3)
    rotation[i, i] = rotation[j, j] = np.cos(angle_rad)
    rotation[j, i], rotation[i, j] = np.sin(angle_rad), -np.sin(angle_rad)
    return rotation


if __name__ == "__main__":
    main()
