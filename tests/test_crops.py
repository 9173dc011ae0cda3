"""Aligned crops of 112 x 112 pixels, as face recognition is trained on: the chin is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from mask3d.landmarks import Landmarks
from mask3d.photo import Photo
from mask3d.pipeline import Masker, open_masker
from tests.heads import head_photo

SIDE_PX = 112
EYES_TO_MOUTH_PX = 41.0  # of the usual five-point template of such crops
EYES_Y_PX = 52.0


@pytest.fixture(scope="module")
def masker() -> Iterator[Masker]:
    with open_masker(["surgical_blue"], renderer="numba") as opened:
        yield opened


def aligned_crop(yaw_deg: float, lower_px: float) -> tuple[Photo, Landmarks]:
    """A rendered head scaled and moved as aligned crops are, and `lower_px` farther down."""
    photo, landmarks = head_photo(yaw_deg)
    points_px = landmarks.points_px[:, :2]
    eyes_px, mouth_px = points_px[36:48].mean(axis=0), points_px[48:68].mean(axis=0)
    scale = EYES_TO_MOUTH_PX / float(mouth_px[1] - eyes_px[1])
    target_px = np.array([(SIDE_PX - 1) / 2, EYES_Y_PX + lower_px])
    shift_px = target_px - scale * np.array([points_px[27:48, 0].mean(), eyes_px[1]])
    crop_from_photo = np.column_stack([scale * np.eye(2), shift_px])
    pixels = cv2.warpAffine(photo.rgb, crop_from_photo, (SIDE_PX, SIDE_PX), flags=cv2.INTER_AREA)
    moved_px = landmarks.points_px * scale + np.append(shift_px, 0.0)
    box_px = np.concatenate([moved_px[:, :2].min(axis=0), moved_px[:, :2].max(axis=0)])
    return Photo(pixels), replace(landmarks, points_px=moved_px, box_px=box_px)


@pytest.mark.parametrize("lower_px", [0.0, 18.0])
@pytest.mark.parametrize("yaw_deg", [0.0, 30.0, 60.0])
def test_a_crop_without_a_chin_is_masked_to_its_border(
    masker: Masker, yaw_deg: float, lower_px: float
) -> None:
    photo, landmarks = aligned_crop(yaw_deg, lower_px)
    chin_px = landmarks.points_px[8]
    assert chin_px[1] > SIDE_PX - 1, "the chin is to lie outside of the crop"
    masked = masker.mask_photo(photo, [landmarks], "a.png")
    (face,) = masked.faces
    assert face.error is None
    assert face.fit is not None
    assert face.fit.residual < 0.02
    changed = (masked.photo.rgb != photo.rgb).any(axis=2)
    mouth_px = landmarks.points_px[48:68, :2].mean(axis=0).round().astype(int)
    assert changed[mouth_px[1] :, mouth_px[0]].all()  # from the mouth down to the border
    assert changed[-1].sum() > SIDE_PX // 4


def test_the_fit_of_a_crop_is_that_of_the_whole_photo(masker: Masker) -> None:
    """Whatever lies outside, the points alone decide the shape."""
    photo, landmarks = aligned_crop(30.0, 18.0)
    below_px = 60
    whole = Photo(np.pad(photo.pixels, ((below_px,) * 2, (below_px,) * 2, (0, 0)), "edge"))
    moved = replace(
        landmarks,
        points_px=landmarks.points_px + np.array([below_px, below_px, 0.0]),
        box_px=landmarks.box_px + below_px,
    )
    fits = [
        masker.mask_photo(each, [points], "a.png").faces[0].fit
        for each, points in ((photo, landmarks), (whole, moved))
    ]
    assert fits[0] is not None
    assert fits[1] is not None
    np.testing.assert_allclose(fits[0].vertices_mm, fits[1].vertices_mm, atol=1e-6)
