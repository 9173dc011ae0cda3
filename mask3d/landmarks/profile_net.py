"""The project's own net: a face seen from any side in, 68 points and their expected error out.

Trained by ``scripts/train_landmarks``; see ``mask3d/weights/landmarks68.md``.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.landmarks.region import Region, crop_region, mirrored_points, upright_rad
from mask3d.landmarks.upright import region_of_points
from mask3d.landmarks.weights import PROFILE_NET, embedded_weights, open_onnx
from mask3d.landmarks.yunet import Detection

CROP_PX = 80  # side of the net's input
CROP_PER_BOX = 1.07  # side of the first region over the longer side of YuNet's box; of both,
BOX_DROP = 0.115  # the points' centre lies below that of the box by this share: as on the crops
MID_GREY, TO_UNIT = 127.5, 1 / 127.5  # bytes to -1..1
EDGES_FROM_CENTRES = (0.5, 0.5, 0.0)


class ProfileView(NamedTuple):
    """What the net sees.

    Attributes
    ----------
    points_px : (68, 3) in photo pixels, z nearer is larger
    error : mean distance that the points are expected to be off by, over the
        square root of the area of their box
    """

    points_px: FloatArray
    error: float


class _Answer(NamedTuple):
    """Points (68, 3) by edges and their expected error, both in crop pixels."""

    points: FloatArray
    error_px: float


class ProfileNet:
    """The net.

    Raises
    ------
    MissingWeightsError
        The embedded weights are absent or altered.
    """

    def __init__(self) -> None:
        self._net = open_onnx(embedded_weights(PROFILE_NET))

    def look(self, rgb: ByteArray, detection: Detection) -> ProfileView:
        """The points of one detected face of a photo (H, W, 3).

        The first look centres the region; then the net sees it and its mirror
        image, and the mean of the two prefers no side of it.
        """
        first = region_of_detection(detection)
        seen = self._run(crop_region(rgb, first, CROP_PX))
        region = region_of_points(first.to_photo(seen.points, CROP_PX))
        crop = crop_region(rgb, region, CROP_PX)
        seen, mirrored = self._run(crop), self._run(crop[:, ::-1])
        points = region.to_photo(
            (seen.points + mirrored_points(mirrored.points, CROP_PX)) / 2, CROP_PX
        )
        error_px = (seen.error_px + mirrored.error_px) / 2 * region.side_px / CROP_PX
        error = error_px / float(np.sqrt(np.prod(np.ptp(points[:, :2], axis=0))))
        return ProfileView(points - EDGES_FROM_CENTRES, error)

    def _run(self, crop: ByteArray) -> _Answer:
        """The net's answer for a crop (80, 80, 3)."""
        self._net.setInput(cv2.dnn.blobFromImage(crop, TO_UNIT, mean=(MID_GREY,) * 3))
        return _answer(self._net.forward().astype(np.float64).reshape(-1))


def _answer(row: FloatArray) -> _Answer:
    """Read the outputs (272,): 68 times x, y, z from the centre, then the logarithms of errors."""
    points, log_errors = np.split(row, [3 * 68])
    centre = (CROP_PX / 2, CROP_PX / 2, 0.0)
    error_px = float(np.exp(log_errors).mean()) * CROP_PX
    return _Answer(points.reshape(68, 3) * CROP_PX + centre, error_px)


def region_of_detection(detection: Detection) -> Region:
    """Upright along the line from the eyes to the mouth, as in `region_of_points`."""
    down = detection.eyes_to_mouth / max(float(np.hypot(*detection.eyes_to_mouth)), 1e-9)
    low, high = detection.box_px[:2], detection.box_px[2:]
    side_px = float((high - low).max())
    centre_px = (low + high) / 2 + BOX_DROP * side_px * down
    return Region(centre_px, CROP_PER_BOX * side_px, upright_rad(detection.eyes_to_mouth))
