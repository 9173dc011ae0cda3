"""The renderer that needs nothing but a processor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray
from mask3d.camera import Camera
from mask3d.face import FaceFit
from mask3d.lighting import Lighting
from mask3d.mesh import Layer, Mesh
from mask3d.renderer.raster import SAMPLES, project_to_sub, rasterise
from mask3d.renderer.shade import shade
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
            sub, inverse_z = _projected(view.head_cam_mm, view.camera)
            head_id = 1 - len(view.head_faces)
            rasterise(ids, inverse_depth, head_id, view.head_faces, sub, inverse_z)
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
            sub, inverse_z = _projected(surface.vertices_cam_mm, view.camera)
            rasterise(ids, inverse_depth, first_id, surface.faces, sub, inverse_z)
            drawn.append((first_id, surface, sub, inverse_z))
            first_id += len(surface.faces)
        for surface_id, surface, sub, inverse_z in drawn:
            pyramid = self._textures.get(surface.texture, lighting.is_monochrome)
            shade(
                rgba,
                ids,
                surface_id,
                surface.faces,
                sub,
                inverse_z,
                _attributes(surface),
                pyramid.texels,
                pyramid.levels,
                lighting.sh,
                lighting.gain,
            )


def _projected(points_cam_mm: FloatArray, camera: Camera) -> tuple[NDArray[np.int64], FloatArray]:
    sub, inverse_z = project_to_sub(points_cam_mm, camera.focal_px, camera.principal_px)
    return sub, inverse_z


def _attributes(surface: Surface) -> FloatArray:
    columns = [surface.normals_cam, surface.uv, surface.occlusion[:, None]]
    return np.concatenate(columns, axis=1)  # (V, 3 + 2 + 1)
