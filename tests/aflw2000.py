"""The photos of ``../shared/faces/aflw2000_dev`` and their labels; only tests read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from mask3d.landmarks.types import Landmarks

AFLW2000_DIR = Path(__file__).resolve().parents[2] / "shared" / "faces" / "aflw2000_dev"


def read_labels(labels_path: Path) -> dict[str, Landmarks]:
    """Landmarks by file name of the photo."""
    labels = json.loads(labels_path.read_text(encoding="utf-8"))
    return {image: _landmarks(label) for image, label in sorted(labels.items())}


def labels_to_jsonl(labels_path: Path, out_path: Path) -> None:
    """Write the labels as the landmarks file that ``render --landmarks`` reads."""
    lines = (
        json.dumps(_json_line(image, landmarks))
        for image, landmarks in read_labels(labels_path).items()
    )
    out_path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _landmarks(label: dict[str, Any]) -> Landmarks:
    """One label; the box is that of the points."""
    points_px = np.array(label["points68"], float)
    box_px = np.concatenate([points_px[:, :2].min(axis=0), points_px[:, :2].max(axis=0)])
    yaw_deg, pitch_deg, roll_deg = label["yaw_deg"], label["pitch_deg"], label["roll_deg"]
    return Landmarks(points_px, box_px, 1.0, 1.0, yaw_deg, pitch_deg, roll_deg, "aflw2000")


def _json_line(image: str, landmarks: Landmarks) -> dict[str, object]:
    """The line of one face."""
    return {
        "image": image,
        "face": 0,
        "box_px": landmarks.box_px.tolist(),
        "points_px": landmarks.points_px.tolist(),
        "score": landmarks.score,
        "confidence": landmarks.confidence,
        "yaw_deg": landmarks.yaw_deg,
        "pitch_deg": landmarks.pitch_deg,
        "roll_deg": landmarks.roll_deg,
        "source": landmarks.source,
    }
