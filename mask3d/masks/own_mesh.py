"""The mesh of an own design as it was modelled: points, faces, uv, its borders."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.errors import BadMaskError

WELD_MM = 1e-3  # points nearer than this are one point
MM_PER_UNIT = {".obj": 1.0, ".glb": 1000.0}  # glTF is in metres by its standard
BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, struct.error)


@dataclass(frozen=True, slots=True, eq=False)
class OwnMesh:
    """A triangle mesh on the mean head, face frame.

    Attributes
    ----------
    points_mm : (V, 3)
    faces : (F, 3)
    uv : (V, 2) with (0, 0) the top-left corner of the picture; None without
    joined : (V,) number of the place that a point is at: points on both sides of a cut of the
        uv share one
    picture : (H, W, 4) that the file brings along; None without
    """

    points_mm: FloatArray
    faces: IntArray
    uv: FloatArray | None
    joined: IntArray
    picture: ByteArray | None

    @property
    def joined_mm(self) -> FloatArray:
        """The places (N, 3)."""
        places_mm = np.zeros((self.joined.max() + 1, 3))
        places_mm[self.joined] = self.points_mm
        return places_mm

    @property
    def joined_faces(self) -> IntArray:
        """Triangles (F, 3) over the places; those without area are left out."""
        return without_flat(self.joined[self.faces])


def read_own_mesh(path: Path) -> OwnMesh:
    """Read an .obj (millimetres) or a .glb (metres).

    Raises
    ------
    BadMaskError
        It is missing, is no such file, or holds no triangle.
    """
    if path.suffix.lower() not in MM_PER_UNIT:
        raise BadMaskError(f"{path.name} is neither .obj nor .glb", "export it as one of them")
    if not path.exists():
        raise BadMaskError(f"{path.name} is missing", "say its name in mask.toml: mesh = …")
    try:
        loaded = trimesh.load_mesh(path, process=False, maintain_order=True)
        points_mm = np.array(loaded.vertices, float) * MM_PER_UNIT[path.suffix.lower()]
        faces = np.array(loaded.faces, np.int32)
    except BROKEN as error:
        raise BadMaskError(f"{path.name} cannot be read: {error}", "export it again") from error
    if not len(faces) or not np.isfinite(points_mm).all():
        raise BadMaskError(f"{path.name} holds no triangles, or no numbers", "export it again")
    return OwnMesh(points_mm, faces, _uv(loaded), joined_places(points_mm), _picture(loaded))


def joined_places(points_mm: FloatArray) -> IntArray:
    """Number (V,) of the place that each point (V, 3) is at."""
    _, joined = np.unique(np.round(points_mm / WELD_MM), axis=0, return_inverse=True)
    return joined.reshape(-1).astype(np.int32)


def without_flat(faces: IntArray) -> IntArray:
    """Triangles (F, 3) less those that meet a point twice."""
    a, b, c = faces.T
    kept: IntArray = faces[(a != b) & (b != c) & (c != a)].astype(np.int32)
    return kept


def border_edges(faces: IntArray) -> IntArray:
    """Edges (E, 2) that only one triangle of (F, 3) has, the way it runs."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, first, count = np.unique(
        np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True
    )
    rim: IntArray = edges[first[count == 1]]
    return rim


def borders(faces: IntArray) -> tuple[IntArray, ...]:
    """Loops of points along the edges that one triangle of (F, 3) has, the longest first.

    They run the way the triangles do. Where a border crosses itself it is cut in two.
    """
    after = {int(i): int(j) for i, j in border_edges(faces)}
    loops = []
    while after:
        start = here = min(after)
        loop = []
        while here in after:
            loop.append(here)
            here = after.pop(here)
        if here == start:
            loops.append(np.array(loop, np.int32))
    return tuple(sorted(loops, key=len, reverse=True))


def pieces(faces: IntArray, points: int) -> IntArray:
    """Number (N,) of the connected piece of the mesh that each of N points belongs to."""
    i, j = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]]).T
    links = coo_array((np.ones(len(i)), (i, j)), shape=(points, points))
    labels: IntArray = connected_components(links, directed=False)[1]
    return labels


def _uv(loaded: trimesh.Trimesh) -> FloatArray | None:
    uv = getattr(loaded.visual, "uv", None)
    if uv is None or len(uv) != len(loaded.vertices):
        return None
    return np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1)  # the file counts v from the bottom


def _picture(loaded: trimesh.Trimesh) -> ByteArray | None:
    material = getattr(loaded.visual, "material", None)
    picture = getattr(material, "baseColorTexture", None)  # of a .glb; an .obj holds none
    return None if picture is None else np.array(picture.convert("RGBA"), np.uint8)
