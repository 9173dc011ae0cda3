"""The light that a mask and its straps keep from themselves, and let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA
from mask3d.face import FaceFit
from mask3d.mesh import Mesh
from mask3d.shadow.coarse import Coarse, smoothed
from mask3d.shadow.scene import LitScene

LEAST_FACING = -0.3  # cosine; what faces the camera less is not seen, nor is a neighbour
OFFSET_MM = 2.0  # along the normal, out of the surface itself: its triangles are coarse
# What is nearer than this along a ray stands in nobody's way: a thin strap would shade itself, and
# skin that the light grazes what lies on it, as coarse as the cells of the head are.
BIAS_MM, HEAD_BIAS_MM = 2.5, 30.0
THROUGH_MM = 3.0  # to the other side of a sheet
BEHIND_BIAS_MM = 5.0  # of the head, which takes most of the light from there
MOST = 1.3  # of the light in front, with what comes through: what the dark side gets is a guess


def self_shadowed(scene: LitScene, fit: FaceFit, meshes: Sequence[Mesh]) -> tuple[Mesh, ...]:
    """`meshes` of the scene (face frame) with the share of light that reaches them as occlusion.

    It comes on top of what their makers measured in their folds. Light that
    comes through from behind may take it beyond 1.
    """
    eye_mm = -fit.cam_from_face[:3, :3].T @ fit.cam_from_face[:3, 3]
    return tuple(
        replace(mesh, occlusion=mesh.occlusion * _reaching(scene, part, mesh, eye_mm))
        for mesh, part in zip(meshes, scene.worn, strict=True)
    )


def _reaching(scene: LitScene, part: Coarse, mesh: Mesh, eye_mm: FloatArray) -> FloatArray:
    """Share (V,) of the light that reaches each vertex of a mesh."""
    facing = ((eye_mm - part.vertices_mm) * part.normals).sum(axis=1)
    chosen = facing > LEAST_FACING * np.linalg.norm(eye_mm)
    points_mm, normals = part.vertices_mm[chosen], part.normals[chosen]
    light = (
        scene.light_at(points_mm + OFFSET_MM * normals, normals, BIAS_MM, HEAD_BIAS_MM)
        @ REC709_LUMA
    )  # (N, 3)
    lit, free = light[:, 0], light[:, 2]
    if part.translucency > 0:
        dark = replace(scene, indirect=np.zeros(3))  # skin below a mask has no light to send on
        behind = dark.light_at(points_mm - THROUGH_MM * normals, -normals, BIAS_MM, BEHIND_BIAS_MM)
        lit = lit + part.translucency * (behind[:, 0] @ REC709_LUMA)
    share = np.ones(len(chosen))
    share[chosen] = np.minimum(lit / np.maximum(free, 1e-9), MOST)
    smooth: FloatArray = smoothed(share, part.group, mesh.faces)
    return smooth
