"""The surgical mask with four tapes: two tied on the crown, two in the nape."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import IntArray
from mask3d.face_model import FaceModel
from scripts.mask_designs.design import Design, Spec, ear_anchors
from scripts.mask_designs.grid import grid_faces
from scripts.mask_designs.pleated_sheet import COLUMNS, ROWS, index
from scripts.mask_designs.surgical import layout, surface, worn_rig

TAPE_PULLS = (1.0, 0.4)  # of the upper and the lower tapes; the lower are tied less tight
ABOVE_EAR_MM = (-1.0, 14.0, -2.0)  # from the root of the left ear to where the upper tape passes
BELOW_EAR_MM = (-4.0, -12.0, -22.0)  # and the lower one


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    anchors = ear_anchors(model, spec["bridge_landmark"])
    passes_mm = np.tile([ABOVE_EAR_MM, BELOW_EAR_MM], (2, 1))
    passes_mm[2:, 0] *= -1.0
    tied = anchors._replace(pulled_mm=anchors.pulled_mm + passes_mm, pulls=np.tile(TAPE_PULLS, 2))
    rig = worn_rig(model, tied, surface(spec["thickness_mm"]), _tape_ends(), on_ears=False)
    return Design(grid_faces(ROWS, COLUMNS), rig, layout())


def _tape_ends() -> IntArray:
    """Where the upper and the lower tapes leave the sheet, the same point twice, (2, 2, 2)."""
    left, right = COLUMNS - 2, 1
    return np.array([[[index(row, c)] * 2 for c in (left, right)] for row in (1, ROWS - 2)])
