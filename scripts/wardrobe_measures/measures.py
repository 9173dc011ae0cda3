"""What is measured of one mask on one head, and of one mask on many heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.contact import contact_map
from mask3d.drape import drape, settled_cage
from mask3d.face import FaceFit
from mask3d.masks import Mask
from mask3d.mesh import Mesh
from mask3d.recipe import EARS, Recipe, Wearing
from mask3d.straps.types import ROUND_THE_EAR
from scripts.wardrobe_measures.crossings import crossing_pairs
from scripts.wardrobe_measures.ear_loops import loop_distance_mm
from scripts.wardrobe_measures.outer_side import outer_side
from scripts.wardrobe_measures.penetration import behind_ear, depth_mm, probes_mm
from scripts.wardrobe_measures.rim import RimGaps, rim_gaps
from scripts.wardrobe_measures.strain import strain_pct
from scripts.wardrobe_measures.true_skin import TrueSkin


class OneHead(NamedTuple):
    """A mask on one head.

    Attributes
    ----------
    mask_depth_mm, strap_depth_mm, ear_depth_mm : float
        Deepest place below the skin of the mask, of its straps where they are
        seen, and of its straps in the crease behind the ear.
    gaps : RimGaps
    strain_pct : (L,) of each thread
    crossings : pairs of triangles of the outer side that pass through each other
    loop_mm : distance of the crease behind the ear from the loop, NaN without loops
    finite : every vertex and normal is a number
    """

    mask_depth_mm: float
    strap_depth_mm: float
    ear_depth_mm: float
    gaps: RimGaps
    strain_pct: FloatArray
    crossings: int
    loop_mm: float
    finite: bool


def measure(mask: Mask, fit: FaceFit, recipe: Recipe, skin: TrueSkin) -> OneHead:
    """Measure a mask as `recipe` wears it on a head whose true surface is `skin`."""
    surface, *straps = drape(mask, fit, recipe)
    roots_mm = fit.model.ear_roots_mm(fit.vertices_mm)
    cage_mm = settled_cage(mask, fit, recipe.wearing, contact_map(fit.model, fit.vertices_mm))
    side = outer_side(surface)
    seen_mm, hidden_mm = _strap_depths_mm(straps, roots_mm, skin)
    return OneHead(
        mask_depth_mm=depth_mm(skin, probes_mm(surface)),
        strap_depth_mm=seen_mm,
        ear_depth_mm=hidden_mm,
        gaps=rim_gaps(side, skin, fit.model.landmarks_mm(fit.vertices_mm)),
        strain_pct=strain_pct(cage_mm, mask.rig.sheet),
        crossings=len(crossing_pairs(side.outer_mm, side.faces)),
        loop_mm=_loop_mm(mask, straps, roots_mm, cage_mm[mask.rig.strap_ends], recipe.wearing),
        finite=all(_finite(mesh) for mesh in (surface, *straps)),
    )


def _strap_depths_mm(
    straps: Sequence[Mesh], roots_mm: FloatArray, skin: TrueSkin
) -> tuple[float, float]:
    """Deepest place of the straps where they are seen, and behind the ear."""
    probes = np.concatenate([np.zeros((0, 3)), *(probes_mm(strap) for strap in straps)])
    hidden = behind_ear(probes, roots_mm)
    return depth_mm(skin, probes[~hidden]), depth_mm(skin, probes[hidden])


def _loop_mm(
    mask: Mask,
    straps: Sequence[Mesh],
    roots_mm: FloatArray,
    ends_mm: FloatArray,
    wearing: Wearing,
) -> float:
    """How far the loops are off the ears that hold them."""
    loops = [k for k, strap in enumerate(mask.straps) if strap.kind in ROUND_THE_EAR]
    ears = [EARS.index(wearing.ear)] if wearing.state == "one_ear" else range(len(EARS))
    return max(
        (
            min(
                loop_distance_mm(strap.vertices_mm, roots_mm[ear], ends_mm[k, ear])
                for strap in straps
            )
            for k in loops
            for ear in ears
        ),
        default=float("nan"),
    )


def _finite(mesh: Mesh) -> bool:
    return bool(np.isfinite(mesh.vertices_mm).all() and np.isfinite(mesh.normals).all())
