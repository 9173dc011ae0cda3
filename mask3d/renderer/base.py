"""What every renderer does: see the draped mask through the photo's camera."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mask3d.face import FaceFit
from mask3d.lighting import Lighting
from mask3d.mesh import Layer, Mesh

OCCLUDER_OFFSET_MM = 1.0  # the head is pushed this far from the camera, so that contact is no fight
SHOULDER_START, SHOULDER_END = 0.60, 0.93  # linear light; a mask never clips to a flat white


class Renderer(Protocol):
    """Draws meshes over a head; holds whatever context that needs."""

    name: str

    def render(self, meshes: Sequence[Mesh], fit: FaceFit, lighting: Lighting) -> Layer:
        """Layer of `meshes` (face frame), hidden where the fitted head is in front of them.

        The layer covers the meshes' bounding box, cut at the photo's border;
        it is empty (0, 0, 4) where they lie outside.
        """
        ...

    def close(self) -> None:
        """Free the context; the renderer is of no use afterwards."""
        ...
