"""What a surface is made of: colour, opacity, fine relief, gloss."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mask3d.arrays import ByteArray, Float32Array, Shape, freeze_fields

LEVEL = np.zeros((1, 1, 2), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What a renderer needs to know of a surface besides its shape.

    Attributes
    ----------
    albedo : (H, W, 4) sRGB colour and, not encoded, opacity
    slopes : (H, W, 2) or (1, 1, 2)
        Rise of the fine relief, mm per mm, along u and along v (rows run downwards).
    gloss : reflectance at right angles, 0 for a matt fabric, 0.04 for clear plastic
    roughness : 0 a mirror, 1 as matt as a specular reflection can be
    translucency : light that comes through a sheet, over what it throws back
    """

    albedo: ByteArray
    slopes: Float32Array = field(default_factory=lambda: LEVEL)
    gloss: float = 0.0
    roughness: float = 1.0
    translucency: float = 0.0

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        shapes: dict[str, tuple[Shape, type]] = {
            "albedo": ((None, None, 4), np.uint8),
            "slopes": ((None, None, 2), np.float32),
        }
        freeze_fields(self, shapes)
        for name in ("gloss", "roughness", "translucency"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected 0 to 1")

    @property
    def is_level(self) -> bool:
        """Whether there is no relief."""
        return self.slopes.shape[:2] == (1, 1) and not self.slopes.any()


def opaque(rgb: ByteArray) -> Material:
    """Matt and smooth, of a texture (H, W, 3) sRGB."""
    return Material(np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)]))
