"""What of the net's chances is sure enough to keep: whole regions, or nothing."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array

LIKELY = 0.35  # chance from which on a pixel belongs to a region
SURE = 0.5  # chance that a region has at its core
MIN_CORE = 0.006  # of the face's area: as much of a region must be sure
MIN_MEAN = 0.45  # chance of a region on the average, where it lies on the face
DEEP_PX = 3  # of the crop: a core lies so far inside of the outline; what only touches is behind
FREE, FULL = 0.2, 0.55  # chances at which all or nothing of the face is seen, within a region
POSSIBLE = 0.25  # chance from which on a pixel is in doubt
RIM_PX = 1.5  # of the crop: so far beyond its pixels a region fades out


class Certain(NamedTuple):
    """What is kept.

    Attributes
    ----------
    cover : (96, 96) 0..1
    doubt : share of the face that was in doubt and is not kept
    """

    cover: Float32Array
    doubt: float


def certain(chance: Float32Array, face: ByteArray) -> Certain:
    """The regions that are sure to lie in front, of chances (96, 96) and the face's 1s."""
    count, labels = cv2.connectedComponents((chance > LIKELY).astype(np.uint8), connectivity=8)
    kept = np.zeros(chance.shape, bool)
    face_area = max(int(face.sum()), 1)
    deep = cv2.erode(face, np.ones((2 * DEEP_PX + 1,) * 2, np.uint8)) > 0
    for label in range(1, count):
        region = labels == label
        core = ((chance > SURE) & region & deep).sum()
        if core >= MIN_CORE * face_area and chance[region & (face > 0)].mean() >= MIN_MEAN:
            kept |= region
    near = cv2.GaussianBlur(kept.astype(np.float32), (0, 0), RIM_PX)
    hidden = np.clip((chance - FREE) / (FULL - FREE), 0, 1)
    cover = np.where(kept, hidden, np.minimum(hidden, near))
    doubt = ((chance > POSSIBLE) & ~kept & (face > 0)).sum() / face_area
    return Certain(np.asarray(cover, np.float32), float(doubt))
