"""The linear head model: mean, identity and expression modes, landmarks, regions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from mask3d.arrays import Float32Array, FloatArray, IntArray, Shape, freeze_fields, frozen_array
from mask3d.assets import asset_path


@dataclass(frozen=True, slots=True, eq=False)
class FaceModel:
    """Head in face-frame millimetres; a shape is mean + identity + expression.

    Attributes
    ----------
    mean_mm : (V, 3)
    identity_modes_mm : (I, V, 3), one standard deviation each
    expression_modes_mm : (E, V, 3), one standard deviation each
    expression_names : E names, ``jaw_open`` among them
    faces : (F, 3) triangles, counter-clockwise seen from outside
    mirror : (V,) index of the vertex on the other side
    landmark_vertices : (68, 3) corners of the triangle that holds the landmark
    landmark_weights : (68, 3) barycentric weights in it
    ear_root_vertices, ear_root_offset_mm : (2, K), (2, K, 3)
        The crease between ear and skull that an ear loop lies in, from the
        top front over the back to the bottom front; subject's left ear first.
        A point is ``vertices[ear_root_vertices] + ear_root_offset_mm``.
    regions : name -> vertex indices, no vertex in two of them (``meshes/face/README.md``)
    """

    mean_mm: FloatArray
    identity_modes_mm: Float32Array
    expression_modes_mm: Float32Array
    expression_names: tuple[str, ...]
    faces: IntArray
    mirror: IntArray
    landmark_vertices: IntArray
    landmark_weights: FloatArray
    ear_root_vertices: IntArray
    ear_root_offset_mm: FloatArray
    regions: MappingProxyType[str, IntArray]

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        v = len(self.mean_mm)
        roots = np.shape(self.ear_root_vertices)[1]
        shapes: dict[str, tuple[Shape, type]] = {
            "mean_mm": ((v, 3), np.float64),
            "identity_modes_mm": ((None, v, 3), np.float32),
            "expression_modes_mm": ((len(self.expression_names), v, 3), np.float32),
            "faces": ((None, 3), np.int32),
            "mirror": ((v,), np.int32),
            "landmark_vertices": ((68, 3), np.int32),
            "landmark_weights": ((68, 3), np.float64),
            "ear_root_vertices": ((2, roots), np.int32),
            "ear_root_offset_mm": ((2, roots, 3), np.float64),
        }
        freeze_fields(self, shapes)
        regions = {
            name: frozen_array(vertices, (None,), np.int32, name=f"region {name}")
            for name, vertices in self.regions.items()
        }
        object.__setattr__(self, "regions", MappingProxyType(regions))

    def vertices_mm(self, identity: FloatArray, expression: FloatArray) -> FloatArray:
        """Vertices (V, 3) of the head with coefficients (I,), (E,) in standard deviations."""
        vertices_mm: FloatArray = (
            self.mean_mm
            + np.tensordot(identity, self.identity_modes_mm, 1)
            + np.tensordot(expression, self.expression_modes_mm, 1)
        )
        return vertices_mm

    def landmarks_mm(self, vertices_mm: FloatArray) -> FloatArray:
        """The 68 points (68, 3) on a head of this topology."""
        corners = vertices_mm[self.landmark_vertices]  # (68, 3, 3)
        points_mm: FloatArray = np.einsum("lc,lcd->ld", self.landmark_weights, corners)
        return points_mm

    def ear_roots_mm(self, vertices_mm: FloatArray) -> FloatArray:
        """Points (2, K, 3) of the crease behind the left and the right ear."""
        return vertices_mm[self.ear_root_vertices] + self.ear_root_offset_mm


@lru_cache(maxsize=4)
def neck_sleeve(model: FaceModel) -> tuple[IntArray, IntArray]:
    """Where the neck ends, and the triangles of a sleeve that draws it out.

    Returns
    -------
    rim : (N,) vertices where it ends
    sleeve : (2N, 3)
        Between these and one more vertex for each, which come after those of the model.
    """
    in_neck = np.zeros(len(model.mean_mm), np.bool_)
    in_neck[model.regions["neck"]] = True
    edges = np.concatenate([model.faces[:, [k, (k + 1) % 3]] for k in range(3)])
    edges = edges[in_neck[edges].all(axis=1)]
    _, first, count = np.unique(
        np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True
    )
    start, end = edges[first[count == 1]].T
    rim = np.unique(start)
    beyond = np.zeros(len(in_neck), np.int32)
    beyond[rim] = len(in_neck) + np.arange(len(rim))
    upper = np.column_stack([end, start, beyond[start]])
    lower = np.column_stack([end, beyond[start], beyond[end]])
    return rim, np.concatenate([upper, lower]).astype(np.int32)


@lru_cache(maxsize=1)
def load_face_model() -> FaceModel:
    """The model in ``meshes/face/face_model.npz`` (see ``scripts/build_face_model.py``)."""
    with np.load(asset_path("meshes", "face", "face_model.npz"), allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files}
    regions = {
        name.removeprefix("region_"): arrays.pop(name)
        for name in list(arrays)
        if name.startswith("region_")
    }
    names = tuple(str(name) for name in arrays.pop("expression_names"))
    return FaceModel(**arrays, expression_names=names, regions=MappingProxyType(regions))
