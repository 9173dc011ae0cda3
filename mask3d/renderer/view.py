"""What the camera has in front of it: the part of a render that every renderer shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.camera import Camera, transform
from mask3d.face import FaceFit
from mask3d.material import Material
from mask3d.mesh import Mesh
from mask3d.renderer.base import OCCLUDER_OFFSET_MM
from mask3d.renderer.raster import wind_along_normals
from mask3d.renderer.relief import tangents_of

NEAR_MM = 10.0  # a triangle that reaches nearer to the camera than this is dropped
PADDING_PX = 1  # of the rectangle that is rendered, so that rounding cuts no edge


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A mesh in the camera frame.

    Attributes
    ----------
    vertices_cam_mm, normals_cam : (V, 3)
    faces : (F, 3)
        All beyond `NEAR_MM`, counter-clockwise seen from where the normals point.
    uv, occlusion, material : as in `Mesh`
    tangents_cam : (V, 4), see `tangents_of`; zeros where the material has no relief
    """

    vertices_cam_mm: FloatArray
    normals_cam: FloatArray
    faces: IntArray
    uv: FloatArray
    occlusion: FloatArray
    material: Material
    tangents_cam: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The meshes and the head in the camera frame, and the rectangle of the photo to draw.

    Attributes
    ----------
    camera : Camera of the rectangle; `image_wh` is (0, 0) where nothing can be seen
    origin_px : (x0, y0) of the rectangle in the photo
    surfaces : what to draw
    head_cam_mm : (V, 3), pushed `OCCLUDER_OFFSET_MM` away along the view rays
    head_faces : (F, 3), all beyond `NEAR_MM`
    """

    camera: Camera
    origin_px: tuple[int, int]
    surfaces: tuple[Surface, ...]
    head_cam_mm: FloatArray
    head_faces: IntArray


def view_of(meshes: Sequence[Mesh], fit: FaceFit) -> View:
    """Bring `meshes` and the head of `fit` (face frame) into the camera frame and crop to them."""
    surfaces = tuple(_surface(mesh, fit.cam_from_face) for mesh in meshes)
    x0, y0, width, height = _bounds_px(surfaces, fit.camera)
    head_cam_mm = transform(fit.cam_from_face, fit.vertices_mm)
    distance_mm = np.linalg.norm(head_cam_mm, axis=1, keepdims=True)
    push = 1 + OCCLUDER_OFFSET_MM / np.maximum(distance_mm, NEAR_MM)
    return View(
        camera=fit.camera.crop(x0, y0, width, height),
        origin_px=(x0, y0),
        surfaces=surfaces,
        head_cam_mm=head_cam_mm * push,
        head_faces=_beyond_near(head_cam_mm, fit.model.faces),
    )


def _surface(mesh: Mesh, cam_from_face: FloatArray) -> Surface:
    vertices_cam_mm = transform(cam_from_face, mesh.vertices_mm)
    normals_cam = mesh.normals @ cam_from_face[:3, :3].T  # (V, 3) @ (3, 3)
    faces = _beyond_near(vertices_cam_mm, mesh.faces)
    faces = wind_along_normals(vertices_cam_mm, normals_cam, faces)
    return Surface(
        vertices_cam_mm=vertices_cam_mm,
        normals_cam=normals_cam,
        faces=faces,
        uv=mesh.uv,
        occlusion=mesh.occlusion,
        material=mesh.material,
        tangents_cam=(
            np.zeros((len(vertices_cam_mm), 4))
            if mesh.material.is_level
            else tangents_of(vertices_cam_mm, faces, mesh.uv)
        ),
    )


def _beyond_near(vertices_cam_mm: FloatArray, faces: IntArray) -> IntArray:
    beyond = vertices_cam_mm[:, 2] >= NEAR_MM
    # a copy either way: kernels would be compiled a second time for a read-only array
    return faces.copy() if beyond.all() else faces[beyond[faces].all(axis=1)]


def _bounds_px(surfaces: Iterable[Surface], camera: Camera) -> tuple[int, int, int, int]:
    """x0, y0, width and height of the padded box around the surfaces, cut at the photo."""
    points_px = np.concatenate([np.zeros((0, 2)), *(_corners_px(s, camera) for s in surfaces)])
    if not len(points_px):
        return 0, 0, 0, 0
    x, y = points_px.T  # one column at a time is ten times as fast as min(axis=0)
    first = np.floor([x.min(), y.min()]) - PADDING_PX
    last = np.ceil([x.max(), y.max()]) + PADDING_PX
    first, end = np.maximum(first, 0), np.minimum(last + 1, camera.image_wh)
    if (first >= end).any():
        return 0, 0, 0, 0
    (x0, y0), (width, height) = first.astype(int), (end - first).astype(int)
    return int(x0), int(y0), int(width), int(height)


def _corners_px(surface: Surface, camera: Camera) -> FloatArray:
    is_corner = np.zeros(len(surface.vertices_cam_mm), bool)
    is_corner[surface.faces] = True
    return camera.project(surface.vertices_cam_mm[is_corner])
