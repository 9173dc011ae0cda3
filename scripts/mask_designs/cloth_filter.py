"""The sport mask: neoprene with a bound edge, contoured, two exhalation valves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mask3d.face_model import FaceModel
from scripts.mask_designs import sewn, sewn_finish
from scripts.mask_designs.design import Design, Spec
from scripts.mask_designs.grid import spline_matrix
from scripts.mask_designs.taut import Weave
from scripts.mask_designs.valves import Valve, with_valves

CUT = sewn.Cut(
    top=((0.16, 5.0), (0.32, -3.0), (0.6, -3.0), (0.8, 2.0)),
    bottom=((0.3, -96.0), (0.55, -85.0), (0.78, -64.0)),
    chin_mm=(0.0, -5.0, -17.0),
    side_mm=((72.0, 8.0, 14.0), (69.0, -44.0, 16.0)),
    arm_rows=4,
    arm_mm=8.5,
    bow_mm=12.0,
    seam_standoff=6.0,
    panel_standoff=3.0,
    seam_bulge_mm=8.0,
    panel_bulge_mm=0.0,
)
FINISH = sewn_finish.Finish(
    hem_mm=0.0,
    binding_mm=4.5,
    seam_mm=0.6,
    seam_stitched=True,
    ridge_mm=1.2,
    wave_mm=0.2,
    seed=7,
)
NEOPRENE = Weave(shrink=0.9, stretch=1.05)
VALVE_RADIUS_MM = 14.0
VALVE_ASIDE_MM, VALVE_HEIGHT_MM = 31.0, -46.0  # of their middles on the mean head, x and y


def build(model: FaceModel, spec: Spec) -> Design:
    """The design on the mean head."""
    plain = sewn.design(model, spec, CUT, FINISH, NEOPRENE)
    grid_mm = plain.rig.poses_mm[0].reshape(sewn_finish.ROWS, sewn_finish.COLUMNS, 3)
    whole = sewn_finish.rounded_columns()
    middle = sewn_finish.SEAM * sewn_finish.PER_COLUMN
    across = np.concatenate([whole[: middle + 1], whole[middle:]])
    down = spline_matrix(sewn_finish.ROWS, sewn_finish.PER_ROW)
    fine_mm = np.einsum("vr,uc,rcd->vud", down, across, grid_mm)
    valves = []
    for side in (1.0, -1.0):
        away_mm = fine_mm[..., :2] - [side * VALVE_ASIDE_MM, VALVE_HEIGHT_MM]
        row, column = np.unravel_index(np.hypot(*away_mm.T).T.argmin(), away_mm.shape[:2])
        valves.append(Valve(int(row), int(column), VALVE_RADIUS_MM, (0.5, sewn_finish.INNER_V)))
    surface = with_valves(plain.rig.surface, fine_mm, valves)
    return plain._replace(rig=replace(plain.rig, surface=surface))
