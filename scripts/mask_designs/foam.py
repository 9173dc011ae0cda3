"""The foam mask: two halves of stretch foam welded down the middle, arms that hold the ears."""

from __future__ import annotations

from mask3d.face_model import FaceModel
from scripts.mask_designs import sewn, sewn_finish
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.taut import Weave

CUT = sewn.Cut(
    top=((0.16, 3.0), (0.32, -6.0), (0.5, -6.0), (0.75, 4.5), (0.88, 11.5)),
    bottom=((0.3, -95.0), (0.5, -87.0), (0.7, -70.0), (0.86, -53.0)),
    chin_mm=(0.0, -5.0, -16.0),
    side_mm=((72.0, 17.0, 20.0), (70.0, -45.0, 17.0)),
    arm_rows=4,
    arm_mm=8.5,
    bow_mm=17.0,
    seam_standoff=3.0,
    panel_standoff=1.6,
    seam_bulge_mm=4.0,
    panel_bulge_mm=5.5,
)
FINISH = sewn_finish.Finish(
    hem_mm=0.0,
    binding_mm=0.0,
    seam_mm=0.6,
    seam_stitched=False,
    ridge_mm=1.2,
    wave_mm=0.25,
    seed=5,
)
STRETCH = Weave(shrink=0.88, stretch=1.08)  # polyurethane foam gives way


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    return sewn.design(model, spec, CUT, FINISH, STRETCH)
