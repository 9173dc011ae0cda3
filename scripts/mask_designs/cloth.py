"""The cloth mask: two panels of cotton joined by a curved seam down the middle, ear loops."""

from __future__ import annotations

from mask3d.face_model import FaceModel
from scripts.mask_designs import sewn, sewn_finish
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.taut import Weave

CUT = sewn.Cut(
    top=((0.16, 6.0), (0.3, -3.0), (0.6, -8.0)),
    bottom=((0.35, -93.0), (0.62, -82.0), (0.85, -66.0)),
    chin_mm=(0.0, -5.0, -17.0),
    side_mm=((71.0, -10.0, 22.0), (67.0, -58.0, 22.0)),
    arm_rows=0,
    arm_mm=0.0,
    bow_mm=3.0,
    seam_standoff=5.0,
    panel_standoff=2.0,
    seam_bulge_mm=4.0,
    panel_bulge_mm=6.0,
)
FINISH = sewn_finish.Finish(
    hem_mm=6.0,
    binding_mm=0.0,
    seam_mm=0.3,
    seam_stitched=True,
    ridge_mm=5.5,
    wave_mm=0.5,
    seed=2,
)
COTTON = Weave(shrink=0.93, stretch=1.01)


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    return sewn.design(model, spec, CUT, FINISH, COTTON)
