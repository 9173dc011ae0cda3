"""Public-domain portraits that scikit-image and matplotlib ship, where these are installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from mask3d.arrays import ByteArray
from mask3d.image_io import read_photo


@cache
def astronaut() -> ByteArray:
    """Eileen Collins, (512, 512, 3): one face of about 90 px in the upper half."""
    data = pytest.importorskip("skimage.data")
    rgb: ByteArray = data.astronaut()
    return rgb


@cache
def hopper() -> ByteArray:
    """Grace Hopper, (600, 512, 3): one face of about 200 px."""
    cbook = pytest.importorskip("matplotlib.cbook")
    with cbook.get_sample_data("grace_hopper.jpg", asfileobj=True) as stream:
        return read_photo(Path(stream.name)).rgb


def placed(rgb: ByteArray, image_wh: tuple[int, int], photo_from_portrait: object) -> ByteArray:
    """The portrait under an affine map (2, 3) on grey, averaged where it shrinks."""
    affine = np.asarray(photo_from_portrait, np.float64)
    shrink = float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))
    if shrink < 1:
        wh = np.maximum(1, np.round(np.array(rgb.shape[1::-1]) * shrink)).astype(int)
        rgb = cv2.resize(rgb, (int(wh[0]), int(wh[1])), interpolation=cv2.INTER_AREA).astype(
            np.uint8
        )
        affine = np.column_stack([affine[:, :2] / shrink, affine[:, 2]])
    warped = cv2.warpAffine(rgb, affine, image_wh, borderValue=(128, 128, 128))
    return warped.astype(np.uint8)
