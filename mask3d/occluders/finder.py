"""Finds what lies in front of a face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mask3d.arrays import ByteArray
from mask3d.ears import EarFinder
from mask3d.face import FaceFit
from mask3d.landmarks.region import Region, crop_region
from mask3d.occluders.certain import certain
from mask3d.occluders.edges import fit_to_edges
from mask3d.occluders.net import OccluderNet
from mask3d.occluders.region import (
    CROP_PX,
    face_outline,
    points_in_crop,
    points_of_fit,
    region_of_face,
)
from mask3d.occluders.types import Occluders

NOTHING = np.zeros((0, 0), np.float32)
MIN_SIDE_PX = 36.0  # of the region, of a face of 24 px: the smallest that the net has learnt from


class OccluderFinder:
    """Finds occluders; holds its nets, nothing else.

    Raises
    ------
    MissingWeightsError
        The embedded weights are absent or altered.
    """

    def __init__(self) -> None:
        self._net = OccluderNet()
        self._ears = EarFinder()

    def find(self, rgb: ByteArray, fit: FaceFit) -> Occluders:
        """What lies before the face of `fit` in a photo (H, W, 3), if that is sure.

        Hands, objects, hair, frames and cloth; no beard, shadow or open mouth. Before
        a tiny face nothing is found. With it comes what the photo shows of the ears.
        """
        return replace(self._in_front(rgb, fit), ears=self._ears.find(rgb, fit))

    def _in_front(self, rgb: ByteArray, fit: FaceFit) -> Occluders:
        points_px = points_of_fit(fit)
        region = region_of_face(points_px)
        if region.side_px < MIN_SIDE_PX:
            return Occluders(NOTHING, (0, 0))
        face = face_outline(points_in_crop(points_px, region))
        kept = certain(self._net.look(crop_region(rgb, region, CROP_PX), face), face)
        x0, y0, x1, y1 = _box(region, (rgb.shape[1], rgb.shape[0]))
        if not kept.cover.any() or x0 >= x1 or y0 >= y1:
            return Occluders(NOTHING, (0, 0), kept.doubt)
        rectangle_from_crop = region.photo_from_crop(CROP_PX)
        rectangle_from_crop[:, 2] -= (x0, y0)
        alpha = fit_to_edges(rgb[y0:y1, x0:x1], kept.cover, rectangle_from_crop)
        return Occluders(alpha, (x0, y0), kept.doubt)


def _box(region: Region, image_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    """Pixels (x0, y0, x1, y1) of the photo that the region touches, end exclusive."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]) * CROP_PX
    corners_px = region.to_photo(corners, CROP_PX)[:, :2]
    x0, y0 = np.clip(np.floor(corners_px.min(axis=0)), 0, image_wh).astype(int).tolist()
    x1, y1 = np.clip(np.ceil(corners_px.max(axis=0)), 0, image_wh).astype(int).tolist()
    return x0, y0, x1, y1
