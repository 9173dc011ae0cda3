"""The visible outline of known heads as an annotator sees it, found in a picture of them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.camera import Camera, transform
from mask3d.face_model import FaceModel

NOT_FACE = ("ears", "neck")  # annotators follow the cheek
SUBPIXELS = 4
SOME_MM = 8.0  # what lies so much nearer hides a point


def outline_points_px(
    model: FaceModel, vertices_mm: FloatArray, cam_from_face: FloatArray, camera: Camera
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The 68 points (68, 2) with every hidden jaw point on the outline, and which (17,) these are.

    A hidden point stands at the end of the row of pixels it lies in, so heads
    must be upright.
    """
    vertices_cam_mm = transform(cam_from_face, vertices_mm)
    landmarks_cam_mm = transform(cam_from_face, model.landmarks_mm(vertices_mm))
    points_px = camera.project(landmarks_cam_mm)
    picture = _picture(model, camera.project(vertices_cam_mm), camera.image_wh)
    triangles = vertices_cam_mm[model.faces]
    is_hidden = np.array([_is_hidden(point, triangles) for point in landmarks_cam_mm[:17]])
    for point in np.flatnonzero(is_hidden):
        row = picture[int(SUBPIXELS * (points_px[point, 1] + 0.5))]
        ends_px = (np.flatnonzero(row)[[0, -1]] + 0.5) / SUBPIXELS - 0.5
        points_px[point, 0] = ends_px[int(point > 8)]  # the first points are at image left
    return points_px, is_hidden


def spread_evenly(points_px: FloatArray, is_hidden: NDArray[np.bool_]) -> FloatArray:
    """`points_px` with the hidden ones at equal distances along the outline up to the chin."""
    spread_px = points_px.copy()
    for side in (np.arange(0, 9), np.arange(16, 7, -1)):
        run_px = points_px[side]
        if is_hidden[side].sum() >= 3:
            steps_px = np.linalg.norm(np.diff(run_px, axis=0), axis=1)
            along_px = np.append(0.0, np.cumsum(steps_px))
            even_px = np.linspace(0.0, along_px[-1], len(side))
            for axis in (0, 1):
                spread_px[side, axis] = np.interp(even_px, along_px, run_px[:, axis])
    return spread_px


def _picture(model: FaceModel, vertices_px: FloatArray, image_wh: tuple[int, int]) -> ByteArray:
    """Where the front of the head is seen, without ears and neck, `SUBPIXELS` a pixel."""
    is_left_out = model.mean_mm[:, 2] < 0.0
    for name in NOT_FACE:
        is_left_out[model.regions[name]] = True
    shown: IntArray = model.faces[~is_left_out[model.faces].any(axis=1)]
    picture = np.zeros((SUBPIXELS * image_wh[1], SUBPIXELS * image_wh[0]), np.uint8)
    for corners_px in SUBPIXELS * (vertices_px[shown] + 0.5) - 0.5:
        cv2.fillConvexPoly(picture, np.round(16 * corners_px).astype(np.int32), 255, shift=4)
    return picture


def _is_hidden(point_cam_mm: FloatArray, triangles: FloatArray) -> bool:
    """Whether a triangle of (F, 3, 3) lies between the camera and the point."""
    a, b, c = np.moveaxis(triangles, 1, 0)
    ray = point_cam_mm / np.linalg.norm(point_cam_mm)
    weights = np.stack([np.cross(b, c) @ ray, np.cross(c, a) @ ray, np.cross(a, b) @ ray])
    volume = np.einsum("fd,fd->f", a, np.cross(b, c))
    total = weights.sum(axis=0)
    is_met = (weights * total > 0.0).all(axis=0)
    distance_mm = volume[is_met] / total[is_met]
    return bool((distance_mm < np.linalg.norm(point_cam_mm) - SOME_MM).any())
