"""Fit the head model to 68 landmarks: camera, pose, identity, expression."""

from __future__ import annotations

from dataclasses import dataclass

from mask3d.arrays import FloatArray, frozen_array
from mask3d.camera import Camera
from mask3d.face_model import FaceModel


@dataclass(frozen=True, slots=True, eq=False)
class FaceFit:
    """A head that explains the landmarks of one face.

    Attributes
    ----------
    model : FaceModel
    camera : Camera of the whole photo
    cam_from_face : (4, 4) rigid, mm
    identity, expression : (I,), (E,) coefficients in standard deviations
    vertices_mm : (V, 3) head in the face frame
    residual : mean 2D distance of the 68 points / sqrt(w * h) of their box
    """

    model: FaceModel
    camera: Camera
    cam_from_face: FloatArray
    identity: FloatArray
    expression: FloatArray
    vertices_mm: FloatArray
    residual: float

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        v = len(self.model.mean_mm)
        shapes: dict[str, tuple[int | None, ...]] = {
            "cam_from_face": (4, 4),
            "identity": (len(self.model.identity_modes_mm),),
            "expression": (len(self.model.expression_modes_mm),),
            "vertices_mm": (v, 3),
        }
        for name, shape in shapes.items():
            object.__setattr__(self, name, frozen_array(getattr(self, name), shape, name=name))
