"""The renderer that needs nothing but a processor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray, IntArray
from mask3d.camera import Camera
from mask3d.face import FaceFit
from mask3d.key_light import KeyLight, key_light
from mask3d.lighting import Lighting
from mask3d.material import Material
from mask3d.mesh import Layer, Mesh
from mask3d.renderer.gloss import gloss_of
from mask3d.renderer.light import light_of
from mask3d.renderer.pieces import Eye, Triangles
from mask3d.renderer.raster import (
    SAMPLES,
    SAMPLES_SUB,
    SUB_PX,
    edges_of,
    project_to_sub,
    rasterise,
)
from mask3d.renderer.sampling import Picture
from mask3d.renderer.shade import Finish, shade
from mask3d.renderer.texture import MaterialCache, MaterialPyramids
from mask3d.renderer.view import Surface, View, view_of


class Drawn(NamedTuple):
    """A surface, or a side of it, in the sample buffer `ids` (H, W, S)."""

    ids: NDArray[np.int32]
    triangles: Triangles
    finish: Finish


class NumbaRenderer:
    """Z-buffer rasteriser with the four samples a pixel of graphics hardware.

    The same input gives the same bytes on every machine of one processor
    type. It holds decoded materials only, and may not be shared by threads.

    Attributes
    ----------
    name : ``numba``
    """

    name = "numba"

    def __init__(self) -> None:
        self._materials = MaterialCache[MaterialPyramids](make=lambda p: p, free=lambda _: None)

    def render(self, meshes: Sequence[Mesh], fit: FaceFit, lighting: Lighting) -> Layer:
        """See `Renderer.render`."""
        view = view_of(meshes, fit)
        width, height = view.camera.image_wh
        rgba = np.zeros((height, width, 4), np.float32)
        if rgba.size:
            passing = np.ones((height, width, SAMPLES), np.float32)
            eye, light = _eye(view.camera), light_of(lighting)
            for ids, triangles, finish in reversed(self._drawn(view, lighting)):
                shade(rgba, passing, ids, eye, triangles, finish, light)
        return Layer(rgba=rgba, origin_px=view.origin_px)

    def close(self) -> None:
        """See `Renderer.close`."""
        self._materials.clear()

    def _drawn(self, view: View, lighting: Lighting) -> list[Drawn]:
        """What is to be seen of each surface, the farthest first.

        Opaque surfaces hide each other; so do, in front of them, the sides of
        all others that face away, and in front of those the sides that face the
        camera. So a visor shows its front and its back, each once.
        """
        width, height = view.camera.image_wh
        inverse_depth = np.zeros((height, width, SAMPLES), np.float32)
        ids = np.zeros((height, width, SAMPLES), np.int32)  # the head has ids below 1
        head = _projected(view.head_cam_mm, view.head_faces, view.camera)
        rasterise(ids, inverse_depth, 1 - len(view.head_faces), *head)
        key = key_light(lighting)
        surfaces = [
            (s, self._finish(s.material, key, lighting.is_monochrome)) for s in view.surfaces
        ]
        opaque = [(s, finish) for s, finish in surfaces if finish.is_opaque]
        clear = [(s, finish) for s, finish in surfaces if not finish.is_opaque]
        drawn = list(_rasterised(ids, inverse_depth, opaque, view.camera))
        for side in (1, -1) if clear else ():
            ids = np.zeros_like(ids)
            drawn += _rasterised(ids, inverse_depth, clear, view.camera, side)
        return drawn

    def _finish(self, material: Material, key: KeyLight, is_monochrome: bool) -> Finish:
        pyramids = self._materials.get(material, is_monochrome)
        return Finish(
            albedo=Picture(pyramids.albedo.texels, pyramids.albedo.levels),
            slopes=Picture(pyramids.slopes.texels, pyramids.slopes.levels),
            gloss=gloss_of(material, key),
            is_opaque=pyramids.is_opaque,
            is_level=material.is_level,
        )


def _rasterised(
    ids: NDArray[np.int32],
    inverse_depth: NDArray[np.float32],
    surfaces: Sequence[tuple[Surface, Finish]],
    camera: Camera,
    side: int = 0,
) -> Iterator[Drawn]:
    """Draw into sample buffers: both sides, or those that face the camera (-1) or away (1)."""
    first_id = 1
    for surface, finish in surfaces:
        faces, edges, sub, inverse_z = _projected(surface.vertices_cam_mm, surface.faces, camera)
        if side:
            chosen = np.sign(edges[:, :, 2].sum(axis=1)) == side
            faces, edges = faces[chosen], edges[chosen]
        rasterise(ids, inverse_depth, first_id, faces, edges, sub, inverse_z)
        triangles = Triangles(
            first_id=first_id,
            faces=faces,
            edges=edges,
            inverse_z=inverse_z,
            attributes=_attributes(surface),
            tangents=surface.tangents_cam,
            box=_box(sub, ids.shape[1], ids.shape[0]),
        )
        yield Drawn(ids, triangles, finish)
        first_id += len(faces)


def _projected(
    points_cam_mm: FloatArray, faces: IntArray, camera: Camera
) -> tuple[IntArray, NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """Faces, edges, sub coordinates and 1 / z, as `rasterise` takes them."""
    sub, inverse_z = project_to_sub(points_cam_mm, camera.focal_px, camera.principal_px)
    return faces, edges_of(faces, sub), sub, inverse_z


def _attributes(surface: Surface) -> FloatArray:
    columns = [surface.normals_cam, surface.uv, surface.occlusion[:, None]]
    return np.concatenate(columns, axis=1)  # (V, 3 + 2 + 1)


def _box(sub: NDArray[np.int64], width: int, height: int) -> tuple[int, int, int, int]:
    """Pixels x0, y0 to x1, y1 of the rectangle that hold all points (V, 2)."""
    (x0, x1), (y0, y1) = ((int(c.min()) // SUB_PX, int(c.max()) // SUB_PX + 1) for c in sub.T)
    return max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)


def _eye(camera: Camera) -> Eye:
    x_px, y_px = camera.principal_px.tolist()
    return Eye(SAMPLES_SUB, SUB_PX, float(camera.focal_px), x_px, y_px)
