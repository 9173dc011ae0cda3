"""Where the occluder net looks, given the points of a face."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import transform
from mask3d.face import FaceFit
from mask3d.landmarks.region import Region, region_around, turn, upright_rad
from mask3d.landmarks.upright import EYES, MOUTH

CROP_PX = 96  # side of the net's input
SIDE_PER_BOX = 1.5  # side of the region over the longer side of the box of the 68 points


def region_of_face(points_px: FloatArray) -> Region:
    """Upright along the line from the eyes to the mouth, around 68 points (68, 2 or 3)."""
    xy = points_px[:, :2] + 0.5
    eyes_to_mouth = xy[MOUTH].mean(axis=0) - xy[EYES].mean(axis=0)
    return region_around(xy, upright_rad(eyes_to_mouth), SIDE_PER_BOX)


def points_of_fit(fit: FaceFit) -> FloatArray:
    """The 68 points (68, 2) of the fitted head in the photo."""
    landmarks_mm = fit.model.landmarks_mm(fit.vertices_mm)
    return fit.camera.project(transform(fit.cam_from_face, landmarks_mm))


def points_in_crop(points_px: FloatArray, region: Region) -> FloatArray:
    """Points (N, 2) of the photo in the crop of `region`, by edges."""
    offset = (points_px[:, :2] + 0.5 - region.centre_px) @ turn(region.angle_rad)
    inside: FloatArray = (offset / region.side_px + 0.5) * CROP_PX
    return inside


def face_outline(points_crop: FloatArray) -> ByteArray:
    """1 (96, 96) inside the convex outline of points (N, 2) of the crop."""
    outline = cv2.convexHull(points_crop.astype(np.float32)).astype(np.int32)
    inside: ByteArray = np.zeros((CROP_PX, CROP_PX), np.uint8)
    cv2.fillConvexPoly(inside, outline, (1,))
    return inside
