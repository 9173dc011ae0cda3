"""Meshes with a third of their vertices: shadows are softer than triangles are large."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray, IntArray
from mask3d.colour import linear_from_srgb
from mask3d.jit import kernel
from mask3d.mesh import Mesh

MIN_OPACITY = 0.5  # what lets more light through, such as a visor, stands in nobody's way
# The inside of the head and the neck, face frame: the outer side of what is worn faces away from
# the nearest point of this line.
AXIS_Z_MM, AXIS_Y_MM = -30.0, (-80.0, 60.0)


class Coarse(NamedTuple):
    """A mesh whose neighbouring vertices were merged, face frame.

    Attributes
    ----------
    group : (V,) merged vertex that each vertex of the mesh belongs to, -1 for none
    vertices_mm, normals : (W, 3)
    faces : (F, 3) those that are left, without the clear ones
    colour : (W, 3) linear
    occlusion : (W,)
    translucency : see `Material`
    """

    group: IntArray
    vertices_mm: FloatArray
    normals: FloatArray
    faces: IntArray
    colour: FloatArray
    occlusion: FloatArray
    translucency: float

    @property
    def is_outer(self) -> NDArray[np.bool_]:
        """Which merged vertices (W,) lie on the side that faces away from the head."""
        x, y, z = self.vertices_mm.T
        nx, ny, nz = self.normals.T
        outwards = nx * x + ny * (y - y.clip(*AXIS_Y_MM)) + nz * (z - AXIS_Z_MM)
        outer: NDArray[np.bool_] = outwards > 0
        return outer


def coarse(mesh: Mesh) -> Coarse:
    """Merge neighbours of `mesh`: the corners of every triangle that are not merged yet."""
    group, members, faces, vertices_mm, normals = _merged(
        mesh.vertices_mm, mesh.normals, mesh.faces
    )
    rgba = _texels(mesh, members)
    return Coarse(
        group=group,
        vertices_mm=vertices_mm,
        normals=normals,
        faces=faces_between(rgba[:, 3] >= MIN_OPACITY, faces),
        colour=rgba[:, :3],
        occlusion=mesh.occlusion[members],
        translucency=mesh.material.translucency,
    )


def faces_between(chosen: NDArray[np.bool_], faces: IntArray) -> IntArray:
    """Those of the triangles (F, 3) all of whose corners are chosen (W,)."""
    if chosen.all():
        return faces
    a, b, c = faces.T
    left: IntArray = faces[chosen[a] & chosen[b] & chosen[c]]
    return left


def _texels(mesh: Mesh, vertices: IntArray) -> FloatArray:
    """Linear colour and opacity (N, 4) of the material at some vertices (N,)."""
    albedo = mesh.material.albedo
    height, width = albedo.shape[:2]
    u, v = mesh.uv[vertices].T
    rows = np.minimum((v - np.floor(v)) * height, height - 1).astype(np.int32)
    columns = np.minimum((u - np.floor(u)) * width, width - 1).astype(np.int32)
    texels = albedo[rows, columns]
    return np.column_stack([linear_from_srgb(texels[:, :3]), texels[:, 3] / 255.0])


@kernel
def _merged(
    vertices_mm: FloatArray, normals: FloatArray, faces: IntArray
) -> tuple[IntArray, IntArray, IntArray, FloatArray, FloatArray]:  # pragma: no cover
    """Group (V,) of each vertex, a member (W,) of each group, faces (F, 3) between three groups.

    After them the mean vertices and normals (W, 3).
    """
    group = np.full(len(vertices_mm), -1, np.int32)
    members = np.zeros(len(vertices_mm), np.int32)
    count = 0
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        if group[a] < 0 and group[b] < 0 and group[c] < 0:
            group[a] = group[b] = group[c] = count
            members[count] = a
            count += 1
    left = np.zeros_like(faces)
    kept = 0
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        nearest = max(group[a], group[b], group[c])
        for corner in (a, b, c):
            if group[corner] < 0:
                group[corner] = nearest
        ga, gb, gc = group[a], group[b], group[c]
        if ga != gb and gc not in (ga, gb):
            left[kept, 0], left[kept, 1], left[kept, 2] = ga, gb, gc
            kept += 1
    mean_mm, mean_normals = np.zeros((count, 3)), np.zeros((count, 3))
    size = np.zeros(count)
    for v in range(len(group)):
        g = group[v]
        if g >= 0:
            size[g] += 1
            for k in range(3):
                mean_mm[g, k] += vertices_mm[v, k]
                mean_normals[g, k] += normals[v, k]
    for g in range(count):
        x, y, z = mean_normals[g]
        length = np.sqrt(x * x + y * y + z * z) + 1e-12
        for k in range(3):
            mean_mm[g, k] /= size[g]
            mean_normals[g, k] /= length
    return group, members[:count].copy(), left[:kept].copy(), mean_mm, mean_normals


@kernel
def smoothed(values: FloatArray, group: IntArray, faces: IntArray) -> FloatArray:
    """Values (W,) of groups as such of vertices (V,): each the mean over its triangles."""
    total, size = np.zeros(len(group)), np.zeros(len(group))
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        mean = (values[group[a]] + values[group[b]] + values[group[c]]) / 3
        for corner in (a, b, c):
            total[corner] += mean
            size[corner] += 1
    for v in range(len(group)):
        total[v] = total[v] / size[v] if size[v] > 0 else 1.0
    return total
