from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist

from mask3d.arrays import FloatArray
from mask3d.contact import contact_map, skin_distance
from mask3d.face import FaceFit
from mask3d.masks import load_mask
from mask3d.recipe import Wearing
from mask3d.shell import RIM_CLEARANCE_MM, SIZES, seat_shell, sized
from tests.fitted_heads import random_head


def _seated(fit: FaceFit) -> FloatArray:
    mask = load_mask("n95_white")
    skin = contact_map(fit.model, fit.vertices_mm)
    carried_mm = mask.pose(Wearing()).cage.on_head(fit.model, fit.vertices_mm)
    sized_mm = sized(mask.moulded_mm, carried_mm)
    return seat_shell(sized_mm, mask.rig.rim, mask.rig.softness, skin)


def test_the_stiff_part_keeps_its_shape() -> None:
    mask = load_mask("n95_white")
    stiff = np.flatnonzero(mask.rig.softness == 0.0)[::7]
    for seed in range(4):
        size = pdist(_seated(random_head(seed))[stiff]) / pdist(mask.moulded_mm[stiff])
        np.testing.assert_allclose(size, size.mean(), rtol=1e-3)
        assert SIZES[0] - 1e-6 <= size.mean() <= SIZES[1] + 1e-6


def test_the_rim_seals() -> None:
    mask = load_mask("n95_white")
    gaps_mm = []
    for seed in range(8):
        fit = random_head(seed)
        gap_mm, _ = skin_distance(
            contact_map(fit.model, fit.vertices_mm), _seated(fit)[mask.rig.rim]
        )
        gaps_mm.append(gap_mm - RIM_CLEARANCE_MM)
    assert np.min(gaps_mm) > -0.3
    assert np.median(gaps_mm) <= 1.0
    assert np.percentile(gaps_mm, 95) <= 4.0
