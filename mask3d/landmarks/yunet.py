"""YuNet, the face detector: boxes, five points and a score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np

from mask3d.arrays import ByteArray, FloatArray, freeze_fields
from mask3d.landmarks.weights import YUNET, embedded_weights

MIN_SCORE = 0.3  # keeps 99 % of the profiles beyond 75°; the mesh sorts out the false ones
COARSE_PX, FINE_PX = 640, 1280  # long sides searched: for large faces, then for those of 1 %
MIN_SIDE_PX = 64  # OpenCV 4.10 sees infinite boxes in photos of 32 rows or fewer
MAX_OVERLAP = 0.3  # IoU beyond which two boxes are one face
MAX_INSIDE = 0.7  # share of the smaller box within the larger beyond which they are one face


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face as the detector sees it.

    Attributes
    ----------
    box_px : (4,) x0, y0, x1, y1
    keypoints_px : (5, 2)
        The subject's right and left eye, nose tip, right and left mouth corner.
    score : 0..1
    """

    box_px: FloatArray
    keypoints_px: FloatArray
    score: float

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        freeze_fields(self, {"box_px": ((4,), np.float64), "keypoints_px": ((5, 2), np.float64)})

    @property
    def eyes_to_mouth(self) -> FloatArray:
        """Direction (2,) from the eyes to the mouth, steadier in profile than that of the eyes."""
        right_eye, left_eye, _, right_mouth, left_mouth = self.keypoints_px
        down: FloatArray = (right_mouth + left_mouth) - (right_eye + left_eye)
        return down


class YuNet:
    """Finds faces from about 10 px up to the whole frame.

    Raises
    ------
    MissingWeightsError
        The embedded weights are absent or altered.
    """

    def __init__(self) -> None:
        path = embedded_weights(YUNET)
        with _quiet_opencv():
            self._net = cv2.FaceDetectorYN.create(str(path), "", (0, 0), MIN_SCORE, MAX_OVERLAP)

    def detect(self, rgb: ByteArray) -> list[Detection]:
        """Every face of a photo (H, W, 3), the highest score first."""
        found = self._detect_at(rgb, COARSE_PX)
        if max(rgb.shape[:2]) > COARSE_PX:
            found += self._detect_at(rgb, FINE_PX)
        return without_duplicates(sorted(found, key=lambda face: -face.score))

    def _detect_at(self, rgb: ByteArray, long_side_px: int) -> list[Detection]:
        """Faces of the photo cut down to `long_side_px`."""
        image_wh = np.array(rgb.shape[1::-1])
        shrunk_wh = np.maximum(1, np.round(image_wh * min(1.0, long_side_px / image_wh.max())))
        width, height = (int(side) for side in shrunk_wh)
        shrunk = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
        padded = _padded(shrunk)
        self._net.setInputSize(padded.shape[1::-1])
        _, rows = self._net.detect(cv2.cvtColor(padded, cv2.COLOR_RGB2BGR))
        return [] if rows is None else [_detection(row, image_wh / shrunk_wh) for row in rows]


def without_duplicates(faces: Sequence[Detection]) -> list[Detection]:
    """Keep the first of every group of boxes that show one face."""
    kept: list[Detection] = []
    for face in faces:
        if not any(same_face(face.box_px, other.box_px) for other in kept):
            kept.append(face)
    return kept


def same_face(box_px: FloatArray, other_px: FloatArray) -> bool:
    """Whether two boxes x0, y0, x1, y1 overlap so far that they are one face."""
    low, high = np.maximum(box_px[:2], other_px[:2]), np.minimum(box_px[2:], other_px[2:])
    common = np.prod(np.clip(high - low, 0, None))
    areas = np.prod(box_px[2:] - box_px[:2]), np.prod(other_px[2:] - other_px[:2])
    return bool(common > MAX_OVERLAP * (sum(areas) - common) or common > MAX_INSIDE * min(areas))


def _padded(rgb: ByteArray) -> ByteArray:
    """The photo with black below and on the right up to MIN_SIDE_PX."""
    below, right = (max(0, MIN_SIDE_PX - side) for side in rgb.shape[:2])
    return cv2.copyMakeBorder(rgb, 0, below, 0, right, cv2.BORDER_CONSTANT).astype(np.uint8)


def _detection(row: FloatArray, photo_from_shrunk: FloatArray) -> Detection:
    """Read YuNet's row: x, y, w, h, five points, score."""
    corner, wh, keypoints = row[:2], row[2:4], row[4:14].reshape(5, 2)
    return Detection(
        box_px=np.concatenate([corner, corner + wh]) * np.tile(photo_from_shrunk, 2),
        keypoints_px=keypoints * photo_from_shrunk,
        score=float(row[14]),
    )


@contextmanager
def _quiet_opencv() -> Iterator[None]:
    """Hold back a warning that OpenCV 5, and only 5, prints for every net of its new engine."""
    logging = getattr(cv2.utils, "logging", None)
    if logging is None:
        yield
        return
    level = logging.setLogLevel(logging.LOG_LEVEL_ERROR)
    try:
        yield
    finally:
        logging.setLogLevel(level)
