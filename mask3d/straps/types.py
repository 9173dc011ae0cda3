"""What a strap is, and the head that it goes round."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.contact import ContactMap, contact_map, skull_faces
from mask3d.face_model import FaceModel
from mask3d.geometry import vertex_normals
from mask3d.material import Material
from mask3d.straps.ear import EarSkin, ear_skin

KINDS = ("ear_loop", "cut_out", "head_band", "tape", "knot")
ROUND_THE_EAR = ("ear_loop", "cut_out")
CLEARANCE_MM = 0.3  # of a strap's under side from the skin
NECK_BELOW_MM = -90.0  # of the mean head's borders, the neck's
NAPE_HALF_MM = 30.0
MAX_CORD_MM = 3.0  # what is wider is no cord but a flat elastic
USUAL_THICKNESS_MM = {"ear_loop": 0.9, "cut_out": 1.6, "head_band": 1.0, "tape": 0.4, "knot": 0.8}


@dataclass(frozen=True, slots=True, eq=False)
class Strap:
    """One strap of a mask, the same on both sides.

    Attributes
    ----------
    kind : one of `KINDS`
        ``ear_loop`` a cord or a flat elastic round either ear, ``cut_out`` the same
        of the mask's own sheet, ``head_band`` an elastic round the head, ``tape``
        two ribbons tied behind the head, ``knot`` only what ties two ends of cloth.
    width_mm : across; the diameter of a cord
    thickness_mm : as much as the width for a cord
    via_vertex : of the head model, at its back, that a band or tape runs over
    material : Material
    repeat_mm : of its texture, along and round the strap
    """

    kind: str
    width_mm: float
    thickness_mm: float
    via_vertex: int
    material: Material
    repeat_mm: float


def usual_thickness_mm(kind: str, width_mm: float) -> float:
    """Thickness of a strap whose design does not say it."""
    if kind == "ear_loop" and width_mm <= MAX_CORD_MM:
        return width_mm
    return USUAL_THICKNESS_MM[kind]


@lru_cache(maxsize=4)
def neck_rim(model: FaceModel) -> IntArray:
    """Vertices (N,) of the border that the head model ends with at the neck."""
    ends = np.concatenate([model.faces[:, [0, 1]], model.faces[:, [1, 2]], model.faces[:, [2, 0]]])
    edges, counts = np.unique(np.sort(ends, axis=1), axis=0, return_counts=True)
    border = np.unique(edges[counts == 1])
    rim: IntArray = border[model.mean_mm[border, 1] < NECK_BELOW_MM]
    return rim


@dataclass(frozen=True, eq=False)  # no slots: the skull is looked for once, when first asked for
class StrappedHead:
    """A head as straps meet it, face frame.

    Attributes
    ----------
    model : FaceModel
    vertices_mm : (V, 3)
    skin : ContactMap with the ears
    """

    model: FaceModel
    vertices_mm: FloatArray
    skin: ContactMap

    @property
    def ears(self) -> IntArray:
        """Vertices (E,) of both ears."""
        return self.model.regions["ears"]

    @property
    def skull_faces(self) -> IntArray:
        """Triangles (F, 3) without the ears."""
        return skull_faces(self.model)

    @cached_property
    def skull(self) -> ContactMap:
        """The skin without the ears."""
        return contact_map(self.model, self.vertices_mm, ears=False)

    def nape_end_mm(self, x_mm: float) -> float:
        """Height that the back of the neck reaches down to, near this place across."""
        rim_mm = self.vertices_mm[neck_rim(self.model)]
        back = rim_mm[:, 2] < rim_mm[:, 2].mean()
        near = back & (np.abs(rim_mm[:, 0] - x_mm) < NAPE_HALF_MM)
        return float(rim_mm[near, 1].max())

    @cached_property
    def creases_mm(self) -> FloatArray:
        """Creases (2, K, 3) behind the left and right ear, top front to bottom front."""
        return self.model.ear_roots_mm(self.vertices_mm)

    @cached_property
    def normals(self) -> FloatArray:
        """Unit normals (V, 3) of the head."""
        return vertex_normals(self.vertices_mm, self.model.faces)

    @cached_property
    def crease_normals(self) -> FloatArray:
        """Where the creases open to (2, K, 3)."""
        return self.normals[self.model.ear_root_vertices]

    @cached_property
    def ear_skins(self) -> tuple[EarSkin, EarSkin]:
        """The skin round the root of the left and the right ear."""
        left, right = (ear_skin(self.model, self.vertices_mm, self.normals, k) for k in (0, 1))
        return left, right
