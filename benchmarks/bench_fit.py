"""How well `fit_face` recovers heads: in mm on heads that are known, in % on labelled photos.

    python -m benchmarks.bench_fit [--heads 200] [--labels labels.json]

``heads``: random heads of the model seen from every yaw, with noise on the
landmarks; the fitted face against the true one after a similarity alignment,
beside the mean head, which every fit has to beat.

``outlines``: such heads whose hidden jaw points lie on the visible outline, as
in 300-W, fitted as what they are and as the contour that they are not.

``labels``: 68 labelled points of photos (``tests/aflw2000.py`` says where):
the residual in percent of the points' box, and the depth of the 68 points that
the labels also give, in mm, again beside the mean head. The labels come from
another head model, so they show what the fit is worth outside of its own.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray, IntArray
from mask3d.camera import Camera, transform
from mask3d.face import FaceFit, fit_face, pose_deg
from mask3d.face_model import FaceModel, load_face_model
from mask3d.landmarks.types import Landmarks, Outline
from tests.aflw2000 import AFLW2000_DIR, read_labels
from tests.known_heads import CAMERA, angle_deg, view
from tests.outline import outline_points_px

NOISE = 0.015
"""Mean distance of a noisy landmark from the true one / sqrt(w * h) of their box."""
MEAN_OF_RAYLEIGH = 1.2533
"""Mean distance of a 2D normal deviate with unit variance on each axis."""
EXPRESSION_SCALE = 0.5
"""Mild expressions: half of the standard deviations that the model allows."""
FACE_REGIONS = ("nose_bridge", "nose_tip", "cheeks", "lips", "chin", "jaw")
FACE_LENGTH_MM = 145.0
"""sqrt(w * h) of the box of the 68 points of a frontal head; turns label units into mm."""
IMAGE_WH = (640, 480)
YAW_BINS_DEG = (0, 15, 30, 45, 60, 75, 90)
OUTLINE_YAWS_DEG = (0, 20, 40, 60, 75)
HEADS_PER_OUTLINE = 10
"""The outline of one head takes as long as the fits of 50."""


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heads", type=int, default=200, help="random heads (default 200)")
    parser.add_argument("--labels", type=Path, default=AFLW2000_DIR / "labels.json")
    arguments = parser.parse_args()
    model = load_face_model()
    print_heads(model, arguments.heads)
    print_outlines(model, max(arguments.heads // HEADS_PER_OUTLINE, 1))
    if arguments.labels.is_file():
        labels = list(read_labels(arguments.labels).values())
        print_labels(model, labels)
        print_depths(model, labels)


def print_heads(model: FaceModel, count: int) -> None:
    """Errors in mm on random heads of the model, by yaw."""
    print(f"{count} random heads a row, noise {NOISE:.1%}; vertex and point-to-surface, median mm")
    print(" yaw  mean head     fit          ratio        worse than the mean head")
    for yaw_deg in YAW_BINS_DEG:
        generator = np.random.default_rng([2, yaw_deg])
        errors_mm = np.array([_head_errors_mm(model, yaw_deg, generator) for _ in range(count)])
        mean_mm, fit_mm = np.median(errors_mm, axis=0)  # (2 measures) each
        worse = (errors_mm[:, 1] > errors_mm[:, 0]).mean(axis=0)
        print(f"{yaw_deg:4d}  {_row(mean_mm)}  {_row(fit_mm)}  {_row(fit_mm / mean_mm)}", end="")
        print(f"  {worse[0]:.0%} {worse[1]:.0%}")


def print_outlines(model: FaceModel, count: int) -> None:
    """Errors of heads with points on the visible outline, by yaw and by what they are taken for."""
    print(f"{count} heads a row, hidden jaw points on the outline, noise {NOISE:.1%}; median")
    print(" yaw ", *(f"as {outline:9s} turn, vertices" for outline in get_args(Outline)), sep="   ")
    for yaw_deg in OUTLINE_YAWS_DEG:
        generator = np.random.default_rng([4, yaw_deg])
        errors = np.array([_outline_errors(model, yaw_deg, generator) for _ in range(count)])
        cells = (f"{turn:15.1f} deg {mm:6.2f} mm" for turn, mm in np.median(errors, axis=0))
        print(f"{yaw_deg:4d}", *cells, sep="   ")


def print_labels(model: FaceModel, labels: list[Landmarks]) -> None:
    """Residuals, coefficients, pose and time on labelled photos."""
    fits, seconds = [], []
    for landmarks in labels:
        started = time.perf_counter()
        fits.append(fit_face(landmarks, (450, 450), model))
        seconds.append(time.perf_counter() - started)
    residuals = np.array([fit.residual for fit in fits])
    yaws_deg = np.array([abs(landmarks.yaw_deg) for landmarks in labels])
    print(f"{len(fits)} labelled photos, {1000 * np.median(seconds):.1f} ms a fit")
    for low, high in ((0, 30), (30, 60), (60, 100), (0, 100)):
        chosen = residuals[(yaws_deg >= low) & (yaws_deg < high)]
        print(f"yaw {low:2d}-{high:3d}: residual {_percentiles(chosen)}")
    coefficients = np.array([np.append(fit.identity, fit.expression) for fit in fits])
    print(f"largest coefficient {_percentiles(np.abs(coefficients).max(axis=1) / 100)} x 100 sigma")
    truth_deg = np.array([[at.yaw_deg, at.pitch_deg, at.roll_deg] for at in labels])
    errors_deg = np.array([pose_deg(fit) for fit in fits]) - truth_deg
    errors_deg = (errors_deg + 180.0) % 360.0 - 180.0
    print("yaw, pitch, roll: median error", np.median(errors_deg, axis=0).round(1), end="")
    print(", median absolute", np.median(np.abs(errors_deg), axis=0).round(1))


def print_depths(model: FaceModel, labels: list[Landmarks]) -> None:
    """Errors in mm of the 68 points in 3D when labelled heads are seen from other yaws."""
    print("labelled heads turned to a yaw: 68 points in 3D, mean mm")
    print(" yaw  mean head    fit  ratio  worse than the mean head")
    for yaw_deg in YAW_BINS_DEG:
        generator = np.random.default_rng([3, yaw_deg])
        errors_mm = np.array([_depth_errors_mm(model, at, yaw_deg, generator) for at in labels])
        mean_mm, fit_mm = np.mean(errors_mm, axis=0)
        worse = np.mean(errors_mm[:, 1] > errors_mm[:, 0])
        print(f"{yaw_deg:4d}  {mean_mm:9.2f}  {fit_mm:5.2f}  {fit_mm / mean_mm:5.2f}  {worse:.0%}")


def _head_errors_mm(
    model: FaceModel, yaw_deg: float, generator: np.random.Generator
) -> list[list[float]]:
    """Vertex and surface error of the mean head, and of the fit to a random head."""
    true_mm = random_head_mm(model, generator)
    cam_from_face = random_view(yaw_deg, generator)
    camera = Camera(900.0, (np.array(IMAGE_WH) - 1.0) / 2.0, IMAGE_WH)
    points_px = camera.project(transform(cam_from_face, model.landmarks_mm(true_mm)))
    fit = fit_noisy(points_px, model, generator)
    return [
        _surface_errors_mm(model, vertices_mm, true_mm)
        for vertices_mm in (model.mean_mm, fit.vertices_mm)
    ]


def _outline_errors(
    model: FaceModel, yaw_deg: float, generator: np.random.Generator
) -> list[list[float]]:
    """Turn in degrees and vertex error in mm of a head, by what its points are taken for."""
    true_mm = random_head_mm(model, generator)
    cam_from_face = view(yaw_deg * generator.choice([-1, 1]), generator.uniform(-15.0, 15.0), 0.0)
    points_px, _ = outline_points_px(model, true_mm, cam_from_face, CAMERA)
    landmarks = noisy(points_px, generator)
    fits = [
        fit_face(replace(landmarks, outline=outline), CAMERA.image_wh, model)
        for outline in get_args(Outline)
    ]
    return [
        [
            angle_deg(fit.cam_from_face[:3, :3].T @ cam_from_face[:3, :3]),
            _surface_errors_mm(model, fit.vertices_mm, true_mm)[0],
        ]
        for fit in fits
    ]


def _depth_errors_mm(
    model: FaceModel, landmarks: Landmarks, yaw_deg: float, generator: np.random.Generator
) -> list[float]:
    """Error of the 68 points of the mean head, and of the fit to the labelled head."""
    head_mm = landmarks.points_px * [1.0, -1.0, 1.0]
    mean_mm = model.landmarks_mm(model.mean_mm)
    head_mm = aligned(head_mm, mean_mm)  # upright, frontal, in mm
    turned_mm = head_mm @ random_view(yaw_deg, generator)[:3, :3].T
    points_px = 1.5 * turned_mm[:, :2] + 225.0  # the labels know no perspective
    fit = fit_noisy(points_px, model, generator)
    candidates_mm = (mean_mm, model.landmarks_mm(fit.vertices_mm))
    return [
        float(np.linalg.norm(aligned(points_mm, head_mm) - head_mm, axis=1).mean())
        for points_mm in candidates_mm
    ]


def random_head_mm(model: FaceModel, generator: np.random.Generator) -> FloatArray:
    """Vertices (V, 3) of a head as likely as the model says, with a mild expression."""
    identity = generator.standard_normal(len(model.identity_modes_mm))
    expression = EXPRESSION_SCALE * generator.standard_normal(len(model.expression_modes_mm))
    return model.vertices_mm(identity, expression)


def random_view(yaw_deg: float, generator: np.random.Generator) -> FloatArray:
    """``cam_from_face`` (4, 4) with that yaw to either side, and a little pitch and roll."""
    yaw, pitch, roll = np.radians(
        [yaw_deg * generator.choice([-1, 1]), *generator.uniform(-15.0, 15.0, 2)]
    )
    axes = np.diag([1.0, -1.0, -1.0])
    cam_from_face = np.eye(4)
    cam_from_face[:3, :3] = _turn(2, roll) @ _turn(0, pitch) @ _turn(1, yaw) @ axes
    cam_from_face[:3, 3] = [*generator.uniform(-60.0, 60.0, 2), generator.uniform(600.0, 2000.0)]
    return cam_from_face


def fit_noisy(points_px: FloatArray, model: FaceModel, generator: np.random.Generator) -> FaceFit:
    """Fit to `points_px` (68, 2) with `NOISE` added."""
    return fit_face(noisy(points_px, generator), IMAGE_WH, model)


def noisy(points_px: FloatArray, generator: np.random.Generator) -> Landmarks:
    """`points_px` (68, 2) with `NOISE` added."""
    sigma_px = NOISE / MEAN_OF_RAYLEIGH * np.sqrt(np.prod(np.ptp(points_px, axis=0)))
    noisy_px = points_px + sigma_px * generator.standard_normal((68, 2))
    box_px = np.concatenate([noisy_px.min(axis=0), noisy_px.max(axis=0)])
    points_px = np.column_stack([noisy_px, np.zeros(68)])
    return Landmarks(points_px, box_px, 1.0, 1.0, 0.0, 0.0, 0.0, "benchmark")


def face_vertices(model: FaceModel) -> IntArray:
    """Vertices from the nose bridge to the jaw: what a mask lies on."""
    return np.unique(np.concatenate([model.regions[name] for name in FACE_REGIONS]))


def _surface_errors_mm(
    model: FaceModel, vertices_mm: FloatArray, true_mm: FloatArray
) -> list[float]:
    """Median distance of corresponding vertices, and of vertices from the true surface."""
    chosen = face_vertices(model)
    true_mm = true_mm[chosen]
    placed_mm = aligned(vertices_mm[chosen], true_mm)
    vertex_mm = np.linalg.norm(placed_mm - true_mm, axis=1)
    _, neighbours = cKDTree(true_mm).query(placed_mm, k=3)
    corner, *others = np.moveaxis(true_mm[neighbours], 1, 0)  # (V, 3) each
    normals = np.cross(others[0] - corner, others[1] - corner)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    surface_mm = np.abs(np.sum((placed_mm - corner) * normals, axis=1))
    return [float(np.median(vertex_mm)), float(np.median(surface_mm))]


def aligned(points_mm: FloatArray, target_mm: FloatArray) -> FloatArray:
    """`points_mm` (N, 3) turned, moved and scaled onto `target_mm` (Umeyama 1991)."""
    centred = points_mm - points_mm.mean(axis=0)
    target_centred = target_mm - target_mm.mean(axis=0)
    left, scales, right = np.linalg.svd(target_centred.T @ centred)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    scale = float(scales @ signs) / float(np.sum(centred**2))
    moved: FloatArray = scale * centred @ (left * signs @ right).T + target_mm.mean(axis=0)
    return moved


def _turn(axis: int, angle: float) -> FloatArray:
    """Rotation (3, 3) about a coordinate axis."""
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.eye(3)
    after, last = (axis + 1) % 3, (axis + 2) % 3
    turn[[after, last], [after, last]] = cos
    turn[last, after], turn[after, last] = sin, -sin
    return turn


def _percentiles(values: FloatArray) -> str:
    """Median, 95th percentile and maximum in percent."""
    median, high, top = 100.0 * np.percentile(values, [50, 95, 100])
    return f"median {median:.2f} 95th {high:.2f} max {top:.2f} %"


def _row(values: FloatArray) -> str:
    """Two numbers of a table."""
    return f"{values[0]:5.2f} {values[1]:5.2f}"


if __name__ == "__main__":
    main()
