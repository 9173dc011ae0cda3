"""The square of a photo that a landmark net looks at, and its crop."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mask3d.arrays import ByteArray, FloatArray, freeze_fields
from mask3d.landmarks.convention import MIRROR_68

MAX_OVERSAMPLING = 8  # the region is sampled this much finer at most, then averaged down


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A square of the photo, turned clockwise. Its frame counts pixels by edges, not centres.

    Attributes
    ----------
    centre_px : (2,)
    side_px : float
    angle_rad : float
    """

    centre_px: FloatArray
    side_px: float
    angle_rad: float

    def __post_init__(self) -> None:
        """Check and freeze the array."""
        freeze_fields(self, {"centre_px": ((2,), np.float64)})

    def photo_from_crop(self, crop_px: int) -> FloatArray:
        """Affine (2, 3) from the crop of `crop_px` pixels to the photo, by edges."""
        linear = turn(self.angle_rad) * self.side_px / crop_px
        return np.column_stack([linear, self.centre_px - linear @ np.full(2, crop_px / 2)])

    def to_photo(self, points_crop: FloatArray, crop_px: int) -> FloatArray:
        """Points (N, 3) of the crop of `crop_px` pixels in photo pixels, by edges."""
        affine = self.photo_from_crop(crop_px)
        xy = points_crop[:, :2] @ affine[:, :2].T + affine[:, 2]
        return np.column_stack([xy, points_crop[:, 2] * self.side_px / crop_px])


def turn(angle_rad: float) -> FloatArray:
    """Rotation (2, 2), clockwise in the image."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, -sin], [sin, cos]])


def upright_rad(eyes_to_mouth: FloatArray) -> float:
    """Angle of the frame in which the vector (2,) from the eyes to the mouth points down."""
    x, y = eyes_to_mouth
    return float(np.arctan2(-x, y))


def mirrored_points(points_crop: FloatArray, crop_px: int) -> FloatArray:
    """The 68 points (68, 3) of the mirrored crop of `crop_px` pixels in the crop, by edges."""
    return np.array([crop_px, 0.0, 0.0]) + points_crop[MIRROR_68] * (-1, 1, 1)


def crop_region(rgb: ByteArray, region: Region, crop_px: int) -> ByteArray:
    """The region (crop_px, crop_px, 3), averaged down where the photo is finer, black outside."""
    fine = int(np.clip(np.ceil(region.side_px / crop_px), 1, MAX_OVERSAMPLING))
    affine = region.photo_from_crop(fine * crop_px)
    affine[:, 2] += affine[:, :2] @ (0.5, 0.5) - 0.5  # OpenCV counts by centres
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    sampled = cv2.warpAffine(rgb, affine, (fine * crop_px, fine * crop_px), flags=flags)
    return cv2.resize(sampled, (crop_px, crop_px), interpolation=cv2.INTER_AREA).astype(np.uint8)


def region_around(points_px: FloatArray, angle_rad: float, side_per_box: float) -> Region:
    """The square around the box of points (N, 2) in the frame turned by `angle_rad`."""
    photo_from_upright = turn(angle_rad)
    upright = points_px @ photo_from_upright
    low, high = upright.min(axis=0), upright.max(axis=0)
    side_px = side_per_box * float((high - low).max())
    return Region(photo_from_upright @ ((low + high) / 2), side_px, angle_rad)
