"""A head that wears a mask, as the light of the photo sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.face import FaceFit
from mask3d.lighting import Lighting
from mask3d.mesh import Mesh
from mask3d.shadow.coarse import Coarse, coarse
from mask3d.shadow.maps import Blockers, Maps, draw_maps, light_at
from mask3d.shadow.rays import rays_of

SKIN_ALBEDO = 0.35  # linear; of the light that the head itself sends on


@dataclass(frozen=True, slots=True, eq=False)
class LitScene:
    """What stands in the light, face frame.

    Attributes
    ----------
    worn : Coarse of each mesh
    blockers : Blockers, the outer sides of all
    maps : Maps
    indirect : (3,) RGB light that the head sends to what it shades
    """

    worn: tuple[Coarse, ...]
    blockers: Blockers
    maps: Maps
    indirect: FloatArray

    def light_at(
        self, points_mm: FloatArray, normals: FloatArray, bias_mm: float, head_bias_mm: float
    ) -> FloatArray:
        """See `maps.light_at`."""
        light: FloatArray = light_at(
            self.maps, self.blockers, self.indirect, points_mm, normals, bias_mm, head_bias_mm
        )
        return light


def lit_scene(meshes: Sequence[Mesh], fit: FaceFit, lighting: Lighting) -> LitScene:
    """The head of `fit` that wears `meshes` (face frame, one at least) in `lighting`."""
    cam_from_face = fit.cam_from_face[:3, :3]
    worn = tuple(coarse(mesh) for mesh in meshes)
    blockers = _blockers(worn, cam_from_face, lighting)
    rays = rays_of(lighting, cam_from_face)
    indirect = SKIN_ALBEDO / 2 * rays.strength.sum(axis=0) / 4
    return LitScene(worn, blockers, draw_maps(rays, blockers, fit.vertices_mm.copy()), indirect)


def _blockers(worn: Sequence[Coarse], cam_from_face: FloatArray, lighting: Lighting) -> Blockers:
    parts = [_outer(part, cam_from_face, lighting) for part in worn]
    first = np.cumsum([0, *(len(part.vertices_mm) for part in parts)])
    faces = [part.faces + offset for part, offset in zip(parts, first[:-1], strict=True)]
    return Blockers(
        vertices_mm=np.concatenate([part.vertices_mm for part in parts]),
        faces=np.concatenate(faces).astype(np.int32),
        normals=np.concatenate([part.normals for part in parts]),
        outside=np.concatenate([part.outside for part in parts]),
        inside=np.concatenate([part.inside for part in parts]),
    )


def _outer(part: Coarse, cam_from_face: FloatArray, lighting: Lighting) -> Blockers:
    used = part.is_outer
    solid = np.zeros(len(used), bool)
    solid[part.faces] = True
    faces = part.faces[used[part.faces].all(axis=1)]
    used &= solid
    number = np.cumsum(used, dtype=np.int32) - 1
    normals = part.normals[used]
    light = lighting.irradiance(normals @ cam_from_face.T)
    outside = part.colour[used] * light * part.occlusion[used, None]
    return Blockers(
        part.vertices_mm[used], number[faces], normals, outside, part.translucency * outside
    )
