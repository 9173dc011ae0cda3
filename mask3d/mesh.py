"""Triangle meshes with what shading needs, and the layer that a renderer makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import Float32Array, FloatArray, IntArray, Shape, freeze_fields
from mask3d.material import Material


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A surface and what it is made of.

    Attributes
    ----------
    vertices_mm : (V, 3), in the frame that the holder names
    normals : (V, 3) unit
    faces : (F, 3)
    uv : (V, 2) texture coordinates
        (0, 0) is the top-left corner of the material, (1, 1) the other; beyond, it repeats.
    occlusion : (V,) ambient factor, 1 in the open, 0 in a closed fold
    material : Material
    is_loop : whether it runs along u to an ear and behind it, and below the hair before it
    is_band : whether it runs along u round the back of the head
    is_bow : whether it ties the middle of the band that comes before it
    """

    vertices_mm: FloatArray
    normals: FloatArray
    faces: IntArray
    uv: FloatArray
    occlusion: FloatArray
    material: Material
    is_loop: bool = False
    is_band: bool = False
    is_bow: bool = False

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        v = len(self.vertices_mm)
        shapes: dict[str, tuple[Shape, type]] = {
            "vertices_mm": ((v, 3), np.float64),
            "normals": ((v, 3), np.float64),
            "faces": ((None, 3), np.int32),
            "uv": ((v, 2), np.float64),
            "occlusion": ((v,), np.float64),
        }
        freeze_fields(self, shapes)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What a renderer saw of the mask: a rectangle of the photo.

    Attributes
    ----------
    rgba : (h, w, 4) float32, linear light, premultiplied by alpha
        Colour beyond alpha is light that is added: a highlight on something clear.
    origin_px : (x0, y0) of its top-left pixel in the photo
    """

    rgba: Float32Array
    origin_px: tuple[int, int]

    def __post_init__(self) -> None:
        """Check and freeze the array."""
        freeze_fields(self, {"rgba": ((None, None, 4), np.float32)})
