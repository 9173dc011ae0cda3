"""A head that wears a mask, as the light of the photo sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray, IntArray
from mask3d.face import FaceFit
from mask3d.lighting import Lighting
from mask3d.mesh import Mesh
from mask3d.shadow.coarse import Coarse, coarse, faces_between
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
    """The outer sides of all, lit at once."""
    sides = [_outer(part) for part in worn]
    parts = [(part, used) for part, (used, _) in zip(worn, sides, strict=True)]
    count = [len(used) for used, _ in sides]
    first = np.cumsum([0, *count])
    faces = [faces + offset for (_, faces), offset in zip(sides, first[:-1], strict=True)]
    normals = np.concatenate([part.normals.take(used, 0) for part, used in parts])
    sent_on = np.concatenate(
        [part.colour.take(used, 0) * part.occlusion[used, None] for part, used in parts]
    )
    outside = sent_on * lighting.irradiance(normals @ cam_from_face.T)
    through = np.repeat([part.translucency for part in worn], count)
    return Blockers(
        vertices_mm=np.concatenate([part.vertices_mm.take(used, 0) for part, used in parts]),
        faces=np.concatenate(faces).astype(np.int32),
        normals=normals,
        outside=outside,
        inside=through[:, None] * outside,
    )


def _outer(part: Coarse) -> tuple[NDArray[np.intp], IntArray]:
    """Vertices (W,) of the outer side, and its faces (F, 3) by their numbers among these."""
    is_outer, is_used = part.is_outer, np.zeros(len(part.vertices_mm), bool)
    is_used[part.faces.ravel()] = True
    is_used &= is_outer
    number = np.cumsum(is_used, dtype=np.int32) - 1
    return np.flatnonzero(is_used), number[faces_between(is_outer, part.faces)]
