"""Where the photo shows the ears, which no landmark says, and whether it shows them at all.

The net is trained by ``scripts/train_ears``; see ``mask3d/weights/ears.md``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray, IntArray
from mask3d.camera import transform
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel
from mask3d.landmarks.region import Region, crop_region, turn, upright_rad
from mask3d.landmarks.weights import EAR_NET, embedded_weights, open_onnx

LEFT, RIGHT = 0, 1  # of the subject
SIGN = (1.0, -1.0)  # of x in the face frame, on either side
CROP_PX = 48  # side of the net's input
SIDE_MM = 110.0  # of the region, at the distance of the ear: an ear and half as much around
MIN_FACING = -0.35  # cosine; an ear turned farther away is behind the cheek
MIN_SIDE_PX = 18.0  # of the region: the smallest that the net has learnt from
TO_LABEL_MM = (
    -6.3,
    4.3,
    1.3,
)  # lowest vertex to the lobe that annotators mark, where it is grown on
MAX_OFFSET_MM = 14.0  # nobody's ear is farther from the model's, unless the fit is wrong
MID_GREY = 127.5  # of bytes
SUB_PIXEL_BITS = 4  # of the outline that is drawn


class Ear(NamedTuple):
    """What the photo shows of an ear.

    Attributes
    ----------
    bare : chance, 0..1, that its lobe is seen: neither hair nor the head hides it
    offset_px : (2,) from where the fitted head has the ear to where it is, if it is seen
    """

    bare: float
    offset_px: FloatArray


Ears = tuple[Ear | None, Ear | None]
"""The subject's left and right ear; None where it is turned away or tiny."""
NOT_LOOKED: Ears = (None, None)


class EarFinder:
    """Finds ears; holds its net, nothing else.

    Raises
    ------
    MissingWeightsError
        The embedded weights are absent or altered.
    """

    def __init__(self) -> None:
        self._net = open_onnx(embedded_weights(EAR_NET))

    def find(self, rgb: ByteArray, fit: FaceFit) -> Ears:
        """Both ears of a head in a photo (H, W, 3)."""
        return self._find(rgb, fit, LEFT), self._find(rgb, fit, RIGHT)

    def _find(self, rgb: ByteArray, fit: FaceFit, side: int) -> Ear | None:
        region = ear_region(fit, side)
        if facing(fit, side) < MIN_FACING or region.side_px < MIN_SIDE_PX:
            return None
        crop, outline = upright_ear(rgb, fit, side, region)
        log_odds, *offset_mm = self._look(crop, outline).tolist()
        far = max(float(np.hypot(*offset_mm)) / MAX_OFFSET_MM, 1.0)
        upright_px = np.multiply(offset_mm, (SIGN[side], 1)) * region.side_px / (SIDE_MM * far)
        return Ear(float(1 / (1 + np.exp(-log_odds))), turn(region.angle_rad) @ upright_px)

    def _look(self, crop: ByteArray, outline: ByteArray) -> Float32Array:
        """Logarithm of the odds that the lobe is seen, and its offset in mm (3,)."""
        seen = np.dstack([crop, outline]).astype(np.float32) / MID_GREY - 1
        self._net.setInput(np.ascontiguousarray(seen.transpose(2, 0, 1)[None]))
        return np.asarray(self._net.forward()[0], np.float32)


def facing(fit: FaceFit, side: int) -> float:
    """How far a side of the head is turned to the viewer: 1 straight, negative away."""
    outward_cam, origin_cam_mm = SIGN[side] * fit.cam_from_face[:3, 0], fit.cam_from_face[:3, 3]
    return float(-outward_cam @ origin_cam_mm / np.linalg.norm(origin_cam_mm))


def ear_region(fit: FaceFit, side: int) -> Region:
    """The square around the fitted ear in which the head's own down is down."""
    ear_cam_mm = transform(fit.cam_from_face, fit.vertices_mm[ear_vertices(fit.model, side)])
    middle_cam_mm = ear_cam_mm.mean(axis=0)
    middle_px = fit.camera.project(middle_cam_mm)
    side_px = SIDE_MM * fit.camera.focal_px / float(middle_cam_mm[2])
    return Region(middle_px + 0.5, side_px, upright_rad(-fit.cam_from_face[:2, 1]))


def upright_ear(
    rgb: ByteArray, fit: FaceFit, side: int, region: Region
) -> tuple[ByteArray, ByteArray]:
    """Crop (48, 48, 3) and outline of the fitted ear (48, 48) in it, 255 inside.

    The back of the head is on the right of both.
    """
    ear_mm = fit.vertices_mm[ear_vertices(fit.model, side)]
    hull = cv2.convexHull(points_in_crop(fit, side, region, ear_mm).astype(np.float32))
    fixed = np.round((hull - 0.5) * 2**SUB_PIXEL_BITS).astype(np.int32)
    outline: ByteArray = np.zeros((CROP_PX, CROP_PX), np.uint8)
    cv2.fillConvexPoly(outline, fixed, (255,), cv2.LINE_AA, SUB_PIXEL_BITS)
    crop = crop_region(rgb, region, CROP_PX)
    return crop[:, :: int(SIGN[side])], outline


def points_in_crop(fit: FaceFit, side: int, region: Region, points_mm: FloatArray) -> FloatArray:
    """Points (N, 3) of the head in the upright crop (N, 2), by edges."""
    return to_crop(fit.camera.project(transform(fit.cam_from_face, points_mm)), side, region)


def to_crop(points_px: FloatArray, side: int, region: Region) -> FloatArray:
    """Points (N, 2) of the photo in the upright crop (N, 2), by edges."""
    away = (points_px + 0.5 - region.centre_px) @ turn(region.angle_rad) / region.side_px
    return (away * (SIGN[side], 1) + 0.5) * CROP_PX


def lobe_mm(fit: FaceFit, side: int) -> FloatArray:
    """Where the lobe (3,) of the fitted head is grown on, as annotators mark it."""
    ear_mm = fit.vertices_mm[ear_vertices(fit.model, side)]
    lowest = np.argmin(fit.model.mean_mm[ear_vertices(fit.model, side), 1])
    place_mm: FloatArray = ear_mm[lowest] + np.multiply(TO_LABEL_MM, (SIGN[side], 1, 1))
    return place_mm


@lru_cache(maxsize=4)
def ear_vertices(model: FaceModel, side: int) -> IntArray:
    """Vertices of one of the ears."""
    ears = model.regions["ears"]
    of_side: IntArray = ears[SIGN[side] * model.mean_mm[ears, 0] > 0]
    return of_side
