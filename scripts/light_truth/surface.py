"""What of a head each pixel sees, and what of it a light sees."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray
from mask3d.camera import Camera, transform
from mask3d.face import FaceFit
from mask3d.geometry import vertex_normals
from mask3d.renderer.raster import (
    SAMPLES,
    SAMPLES_SUB,
    SUB_PX,
    edges_of,
    project_to_sub,
    rasterise,
)

SHADOW_CELL_MM = 1.5
SHADOW_BIAS_MM = 4.0  # a point is not in the shadow of its own triangle
SUN_MM = 1e6  # as far away as makes a projection parallel
FIRST_SAMPLE_PX = SAMPLES_SUB[0] / SUB_PX - 0.5  # from the centre of the pixel


class Surface(NamedTuple):
    """The head's pixels.

    Attributes
    ----------
    seen : (H, W) bool
    corners : (N, 3) vertices of the triangle that each pixel shows
    shares : (N, 3) barycentric, in perspective
    points_cam_mm, normals_cam : (N, 3)
    """

    seen: NDArray[np.bool_]
    corners: NDArray[np.int64]
    shares: FloatArray
    points_cam_mm: FloatArray
    normals_cam: FloatArray

    def of_vertices(self, values: FloatArray) -> FloatArray:
        """Values (V, ...) of the vertices at the pixels, (N, ...)."""
        at_pixels: FloatArray = np.einsum("nc,nc...->n...", self.shares, values[self.corners])
        return at_pixels


def visible_surface(head: FaceFit) -> Surface:
    """What the camera sees of the head, at the middle of each pixel."""
    vertices_cam_mm = transform(head.cam_from_face, head.vertices_mm)
    normals_cam = vertex_normals(vertices_cam_mm, head.model.faces)
    faces = head.model.faces
    principal_px = head.camera.principal_px + FIRST_SAMPLE_PX  # sample 0 moves to the middle
    camera = Camera(head.camera.focal_px, principal_px, head.camera.image_wh)
    ids, edges, inverse_z, _ = _drawn(vertices_cam_mm, faces, camera)
    seen = ids > 0
    of_pixel = ids[seen] - 1
    rows, columns = np.nonzero(seen)
    steps = np.stack([columns, rows], axis=1) * SUB_PX + SAMPLES_SUB[0]
    lines = edges[of_pixel].astype(np.float64)
    shares = np.einsum("ncd,nd->nc", lines, np.column_stack([steps, np.ones(len(steps))]))
    corners = faces[of_pixel].astype(np.int64)
    shares *= inverse_z[corners]
    shares /= shares.sum(axis=1, keepdims=True)
    surface = Surface(seen, corners, shares, np.zeros((0, 3)), np.zeros((0, 3)))
    normals = surface.of_vertices(normals_cam)
    return surface._replace(
        points_cam_mm=surface.of_vertices(vertices_cam_mm),
        normals_cam=normals / np.linalg.norm(normals, axis=1, keepdims=True),
    )


def is_lit(head: FaceFit, points_cam_mm: FloatArray, towards: FloatArray) -> FloatArray:
    """Share (N,), 0 or 1, of the light from the unit direction that the head lets reach points."""
    vertices_cam_mm = transform(head.cam_from_face, head.vertices_mm)
    light_from_cam = _frame_along(-towards)
    vertices_mm, points_mm = vertices_cam_mm @ light_from_cam.T, points_cam_mm @ light_from_cam.T
    corner_mm = vertices_mm.min(axis=0)
    vertices_mm, points_mm = vertices_mm - corner_mm, points_mm - corner_mm
    width, height = (int(side) for side in np.ptp(vertices_mm[:, :2], axis=0) / SHADOW_CELL_MM + 2)
    sun = Camera(SUN_MM / SHADOW_CELL_MM, np.zeros(2), (width, height))
    _, _, _, inverse_depth = _drawn(vertices_mm + np.array([0, 0, SUN_MM]), head.model.faces, sun)
    with np.errstate(divide="ignore"):
        nearest_mm = 1.0 / inverse_depth.max(axis=2) - SUN_MM
    columns, rows = np.round(points_mm[:, :2] / SHADOW_CELL_MM).astype(int).T
    columns, rows = columns.clip(0, width - 1), rows.clip(0, height - 1)
    lit: FloatArray = (points_mm[:, 2] < nearest_mm[rows, columns] + SHADOW_BIAS_MM) * 1.0
    return lit


def _drawn(
    points_mm: FloatArray, faces: NDArray[np.int32], camera: Camera
) -> tuple[NDArray[np.int32], NDArray[np.int64], FloatArray, FloatArray]:
    """Triangle + 1 by pixel (H, W), edges, 1 / z of the vertices, and of the samples."""
    width, height = camera.image_wh
    ids = np.zeros((height, width, SAMPLES), np.int32)
    inverse_depth = np.zeros((height, width, SAMPLES), np.float32)
    sub, inverse_z = project_to_sub(points_mm, camera.focal_px, camera.principal_px)
    edges = edges_of(faces, sub)
    rasterise(ids, inverse_depth, 1, faces, edges, sub, inverse_z)
    return ids[..., 0], edges, inverse_z, inverse_depth.astype(np.float64)


def _frame_along(axis: FloatArray) -> FloatArray:
    """Rotation (3, 3) whose last row is the unit `axis`."""
    other = np.eye(3)[np.argmin(np.abs(axis))]
    first = np.cross(other, axis)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(axis, first), axis])
