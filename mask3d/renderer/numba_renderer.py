"""The renderer that needs nothing but a processor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray, IntArray
from mask3d.camera import Camera
from mask3d.face import FaceFit
from mask3d.lighting import ENCODING_GAMMA, MIN_ENCODED, Lighting
from mask3d.mesh import Layer, Mesh
from mask3d.renderer.base import SHOULDER_END, SHOULDER_START
from mask3d.renderer.raster import (
    SAMPLES,
    SAMPLES_SUB,
    SUB_PX,
    edges_of,
    project_to_sub,
    rasterise,
)
from mask3d.renderer.shade import Light, Samples, Triangles, shade
from mask3d.renderer.texture import TextureCache, TexturePyramid
from mask3d.renderer.view import Surface, View, view_of


class NumbaRenderer:
    """Z-buffer rasteriser with the four samples a pixel of graphics hardware.

    The same input gives the same bytes on every machine of one processor
    type. It holds decoded textures only, and may not be shared by threads.

    Attributes
    ----------
    name : ``numba``
    """

    name = "numba"

    def __init__(self) -> None:
        self._textures = TextureCache[TexturePyramid](make=lambda p: p, free=lambda _: None)

    def render(self, meshes: Sequence[Mesh], fit: FaceFit, lighting: Lighting) -> Layer:
        """See `Renderer.render`."""
        view = view_of(meshes, fit)
        width, height = view.camera.image_wh
        ids = np.zeros((height, width, SAMPLES), np.int32)  # the head has ids below 1
        inverse_depth = np.zeros((height, width, SAMPLES), np.float32)
        rgba = np.zeros((height, width, 4), np.float32)
        if rgba.size:
            head = _projected(view.head_cam_mm, view.head_faces, view.camera)
            rasterise(ids, inverse_depth, 1 - len(view.head_faces), *head)
            self._draw(rgba, ids, inverse_depth, view, lighting)
        return Layer(rgba=rgba, origin_px=view.origin_px)

    def close(self) -> None:
        """See `Renderer.close`."""
        self._textures.clear()

    def _draw(
        self,
        rgba: NDArray[np.float32],
        ids: NDArray[np.int32],
        inverse_depth: NDArray[np.float32],
        view: View,
        lighting: Lighting,
    ) -> None:
        """Draw all surfaces, then shade what is left to be seen of each."""
        first_id, drawn = 1, []
        for surface in view.surfaces:
            projected = _projected(surface.vertices_cam_mm, surface.faces, view.camera)
            rasterise(ids, inverse_depth, first_id, *projected)
            faces, edges, _, inverse_z = projected
            drawn.append(Triangles(first_id, faces, edges, inverse_z, _attributes(surface)))
            first_id += len(faces)
        samples, light = Samples(SAMPLES_SUB, SUB_PX), _light(lighting)
        for surface, triangles in zip(view.surfaces, drawn, strict=True):
            pyramid = self._textures.get(surface.material.albedo, lighting.is_monochrome)
            shade(rgba, ids, samples, triangles, pyramid.texels, pyramid.levels, light)


def _projected(
    points_cam_mm: FloatArray, faces: IntArray, camera: Camera
) -> tuple[IntArray, NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """Faces, edges, sub coordinates and 1 / z, as `rasterise` takes them."""
    sub, inverse_z = project_to_sub(points_cam_mm, camera.focal_px, camera.principal_px)
    return faces, edges_of(faces, sub), sub, inverse_z


def _attributes(surface: Surface) -> FloatArray:
    columns = [surface.normals_cam, surface.uv, surface.occlusion[:, None]]
    return np.concatenate(columns, axis=1)  # (V, 3 + 2 + 1)


def _light(lighting: Lighting) -> Light:
    return Light(
        sh=lighting.sh,
        gain=lighting.gain,
        least=MIN_ENCODED,
        power=np.float32(ENCODING_GAMMA),
        shoulder_start=SHOULDER_START,
        shoulder_end=SHOULDER_END,
    )
