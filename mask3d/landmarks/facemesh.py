"""FaceMesh V2: a region of the photo in, 68 points and the presence of a face out."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.landmarks.convention import FACE_MESH_VERTICES
from mask3d.landmarks.region import (
    Region,
    crop_region,
    mirrored_points,
    region_around,
    upright_rad,
)
from mask3d.landmarks.weights import FACE_MESH, classic_engine, embedded_weights
from mask3d.landmarks.yunet import Detection

CROP_PX = 256  # side of the net's input
CROP_PER_FACE = 1.5  # side of the region over the side of the face, as its makers have it
RIGHT_EYE_CORNER, LEFT_EYE_CORNER = 33, 263  # vertices: the subject's outer corners
SURFACE_VERTICES = 468  # the rest are the irises
OUTPUTS = ("Identity", "Identity_1")  # vertices, logit of the presence
TO_RGB = 1 / 255


class FaceMeshView(NamedTuple):
    """68 points (68, 3) in photo pixels, z nearer is larger, and the trust in a face, 0..1."""

    points_px: FloatArray
    presence: float


class FaceMesh:
    """The net.

    Raises
    ------
    MissingWeightsError
        The embedded weights are absent or altered.
    """

    def __init__(self) -> None:
        path = str(embedded_weights(FACE_MESH))
        # The new engine of OpenCV 5 hands out only one output of a TFLite file.
        self._net = cv2.dnn.readNetFromTFLite(path, *classic_engine())

    def look(self, rgb: ByteArray, detection: Detection) -> FaceMeshView:
        """The points of one detected face of a photo (H, W, 3).

        The first look centres the region; then the net sees it and its mirror
        image. The mean of the two has no preferred side. One of them may miss
        a face that is there, hence the larger presence.
        """
        first = _region_of_detection(detection)
        vertices, _ = self._run(crop_region(rgb, first, CROP_PX))
        region = _region_of_mesh(first.to_photo(vertices, CROP_PX))
        crop = crop_region(rgb, region, CROP_PX)
        vertices, presence = self._run(crop)
        mirrored, mirrored_presence = self._run(crop[:, ::-1])
        points = (_to_68(vertices) + mirrored_points(_to_68(mirrored), CROP_PX)) / 2
        points_px = region.to_photo(points, CROP_PX) - (0.5, 0.5, 0.0)  # edges to centres
        return FaceMeshView(points_px, max(presence, mirrored_presence))

    def _run(self, crop: ByteArray) -> tuple[FloatArray, float]:
        """Vertices (478, 3) in the crop, by edges, and the presence."""
        self._net.setInput(cv2.dnn.blobFromImage(crop, TO_RGB))
        vertices, logit = self._net.forward(OUTPUTS)
        presence = 1 / (1 + np.exp(-float(logit.item())))
        return vertices.reshape(-1, 3).astype(np.float64) * (1, 1, -1), float(presence)


def _region_of_detection(detection: Detection) -> Region:
    """Upright along the line from the eyes to the mouth, around the box."""
    low, high = detection.box_px[:2], detection.box_px[2:]
    side_px = CROP_PER_FACE * float((high - low).max())
    return Region((low + high) / 2, side_px, upright_rad(detection.eyes_to_mouth))


def _region_of_mesh(vertices: FloatArray) -> Region:
    """Upright along the eyes, around the box of the mesh in that frame."""
    x, y = vertices[LEFT_EYE_CORNER, :2] - vertices[RIGHT_EYE_CORNER, :2]
    angle_rad = float(np.arctan2(y, x))
    return region_around(vertices[:SURFACE_VERTICES, :2], angle_rad, CROP_PER_FACE)


def _to_68(vertices: FloatArray) -> FloatArray:
    """68 points (68, 3) of the mesh (478, 3)."""
    points: FloatArray = vertices[FACE_MESH_VERTICES].mean(axis=1)
    return points
