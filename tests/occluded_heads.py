"""Rendered heads with something in front that is known to the pixel."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array
from mask3d.face import FaceFit, fit_face
from mask3d.landmarks.region import crop_region
from mask3d.occluders.region import CROP_PX, points_in_crop, points_of_fit, region_of_face
from scripts.train_occluders.composite import DRAWN
from scripts.train_occluders.shapes import FINE, SIDE_PX
from scripts.train_occluders.wearer import Lent, Wearer
from tests.heads import head_photo


class Scene(NamedTuple):
    """A photo (H, W, 3), the head in it, and what lies in front of it (H, W) 0..1."""

    rgb: ByteArray
    fit: FaceFit
    truth: Float32Array


def bare_head(yaw_deg: float) -> Scene:
    """Nothing in front."""
    photo, landmarks = head_photo(yaw_deg)
    truth = np.zeros(photo.rgb.shape[:2], np.float32)
    return Scene(photo.rgb, fit_face(landmarks, photo.image_wh), truth)


def occluded_head(kind: str, yaw_deg: float, seed: int) -> Scene:
    """A thing of `kind` in front, with a shadow."""
    rgb, fit, _ = bare_head(yaw_deg)
    region = region_of_face(points_of_fit(fit))
    points = points_in_crop(points_of_fit(fit), region) * FINE
    wearer = Wearer(crop_region(rgb, region, CROP_PX), points, yaw_deg)
    thing = DRAWN[kind].draw(
        wearer, Lent(wearer.skin(), wearer.hair(), wearer.rgb), np.random.default_rng(seed)
    )
    affine = region.photo_from_crop(SIDE_PX)
    affine[:, 2] += affine[:, :2] @ (0.5, 0.5) - 0.5
    wh = (rgb.shape[1], rgb.shape[0])
    cover = np.asarray(cv2.warpAffine(thing.cover, affine, wh), np.float32)
    colour = np.asarray(cv2.warpAffine(thing.rgb, affine, wh), np.float32)
    shadow = np.asarray(cv2.GaussianBlur(cover, (0, 0), 0.02 * region.side_px), np.float32)
    dark = rgb / 255 * (1 - 0.3 * shadow)[..., None]
    scene = dark + cover[..., None] * (colour - dark)
    return Scene(np.rint(scene * 255).astype(np.uint8), fit, cover)
