"""What a script of a mask design makes, and where the mean head holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.cloth import Anchors
from mask3d.face_model import FaceModel
from mask3d.rig import Rig

CHIN = 8  # iBUG landmark
TUCK_OFFSET_MM = (0.0, -5.0, -2.0)  # of the hem from the chin

Spec = Mapping[str, Any]  # the design's mask.toml


class Design(NamedTuple):
    """A design hung on the mean head.

    Attributes
    ----------
    faces : (F, 3) of the cage
    rig : Rig
    layout : (H, W, 4) see `mask3d.fabric.materials`
    """

    faces: IntArray
    rig: Rig
    layout: ByteArray


def bridge_mm(model: FaceModel, landmark: float) -> FloatArray:
    """Place (3,) along the 68 points of the mean head, 27.5 half-way between 27 and 28."""
    points_mm = model.landmarks_mm(model.mean_mm)
    above, share = int(landmark), landmark % 1
    place_mm: FloatArray = (1 - share) * points_mm[above] + share * points_mm[above + 1]
    return place_mm


def ear_anchors(model: FaceModel, bridge_landmark: float) -> Anchors:
    """Where the mean head pulls a sheet with a loop round each ear."""
    roots_mm = model.ear_roots_mm(model.mean_mm)
    pulled_mm = np.ascontiguousarray(roots_mm[:, [1, -1]].reshape(-1, 3))
    chin_mm = model.landmarks_mm(model.mean_mm)[CHIN]
    return Anchors(
        pulled_mm, np.ones(4), bridge_mm(model, bridge_landmark), chin_mm + TUCK_OFFSET_MM
    )
