"""face-alignment (Bulat & Tzimiropoulos 2017) as landmark detector: the extra ``mask3d[fan]``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.errors import MissingPackageError
from mask3d.landmarks.detector import check_rgb, largest_first
from mask3d.landmarks.pose import pose_of_points, with_depth
from mask3d.landmarks.types import Landmarks
from mask3d.landmarks.weights import checked_path
from mask3d.landmarks.yunet import Detection, YuNet

SOURCE = "yunet-2023mar+face-alignment-3dfan4"
FILE_NAME = "3DFAN4-7835d9f11d.pth.tar"
FILE_SHA256_START = "7835d9f11d"  # all that is published of it: the suffix of the name
FILE_URL = f"https://www.adrianbulat.com/downloads/python-fan/{FILE_NAME}"
MIN_SCORE = 0.5  # of the detector; FAN puts 68 points on whatever it is given
# face-alignment scales its crop by a constant of each detector: 165 for YuNet, 195 for boxes
# from elsewhere.
BOX_ENLARGEMENT = 195 / 165
PEAK = 2.0  # of the heatmap of a point that is sure: 1 for the photo and 1 for its mirror image


class FanDetector:
    """Finds every face of a photo and its 68 points, in profile too; seconds a face on a CPU.

    The network gives x and y; z is that of the mean head.

    Parameters
    ----------
    weights_dir : folder with the file FILE_NAME
        None stands for the folder in which face-alignment keeps it.

    Raises
    ------
    MissingWeightsError
        The weights are absent or not the published ones. Nothing is downloaded.
    MissingPackageError
        face-alignment is not installed.
    """

    def __init__(self, weights_dir: Path | None = None) -> None:
        folder = default_weights_dir() if weights_dir is None else weights_dir
        remedy = f"download {FILE_URL} into that folder, or name its folder by --weights-dir"
        weights = checked_path(folder / FILE_NAME, FILE_SHA256_START, remedy)
        self._yunet = YuNet()
        self._fan = _load(weights)

    def detect(self, rgb: ByteArray) -> list[Landmarks]:
        """Landmarks of every face of a photo (H, W, 3), the largest first.

        Raises
        ------
        ValueError
            `rgb` is no (H, W, 3) array of bytes.
        """
        check_rgb(rgb)
        detections = [face for face in self._yunet.detect(rgb) if face.score >= MIN_SCORE]
        if not detections:
            return []
        boxes = [_enlarged(face.box_px) for face in detections]
        points, peaks, _ = self._fan.get_landmarks_from_image(
            rgb, detected_faces=boxes, return_landmark_score=True
        )
        faces = map(_landmarks, detections, points, peaks)
        return sorted(faces, key=largest_first)


def default_weights_dir() -> Path:
    """Where face-alignment keeps its downloads: the cache of torch.hub."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    torch_home = os.environ.get("TORCH_HOME", f"{cache}/torch")
    return Path(torch_home).expanduser() / "hub" / "checkpoints"


def _load(weights: Path) -> Any:
    """The network, from the file that was checked and no other."""
    try:
        import torch  # noqa: PLC0415  the extra is imported only where it is asked for
        from face_alignment import FaceAlignment, LandmarksType  # noqa: PLC0415
        from face_alignment.models import FAN  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError(
            f"face-alignment cannot be imported: {error}", "pip install 'mask3d[fan]'"
        ) from error

    class LocalFaceAlignment(FaceAlignment):  # type: ignore[misc]
        """FaceAlignment that looks for no weights of its own."""

        def _load_native(self, _name: str, size: int, device: str, dtype: Any) -> Any:
            network = FAN(size)
            network.load_state_dict(torch.load(weights, map_location=device, weights_only=True))
            return network.to(device, dtype=dtype).eval()

    return LocalFaceAlignment(
        LandmarksType.TWO_HALF_D, device="cpu", face_detector="folder", compile=False
    )


def _landmarks(detection: Detection, points_px: FloatArray, peaks: FloatArray) -> Landmarks:
    """What is known of one face; the confidence is the mean height of its heatmaps' peaks."""
    points_px = with_depth(np.asarray(points_px, np.float64))
    pose = pose_of_points(points_px)
    return Landmarks(
        points_px=points_px,
        box_px=detection.box_px,
        score=detection.score,
        confidence=float(np.clip(np.mean(peaks) / PEAK, 0.0, 1.0)),
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        source=SOURCE,
    )


def _enlarged(box_px: FloatArray) -> FloatArray:
    """The box (4,) as face-alignment expects it, about the same centre."""
    centre, half = (box_px[:2] + box_px[2:]) / 2, (box_px[2:] - box_px[:2]) / 2
    return np.concatenate([centre - BOX_ENLARGEMENT * half, centre + BOX_ENLARGEMENT * half])
