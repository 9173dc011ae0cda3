"""How deep masks and straps sink into the skin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray
from mask3d.mesh import Mesh
from scripts.wardrobe_measures.true_skin import TrueSkin, encloses, height_mm

BEHIND_EAR_MM = 12.0  # this near to the crease behind the ear, the ear hides a strap


def probes_mm(mesh: Mesh) -> FloatArray:
    """Vertices and face centres (P, 3) of a mesh."""
    centres_mm = mesh.vertices_mm[mesh.faces].mean(axis=1)
    probes: FloatArray = np.concatenate([mesh.vertices_mm, centres_mm])
    return probes


def depth_mm(skin: TrueSkin, points_mm: FloatArray) -> float:
    """How deep the deepest of points (P, 3) lies inside the head, 0 if none does."""
    depths_mm = -height_mm(skin, points_mm)
    for deepest in np.argsort(-depths_mm):
        if depths_mm[deepest] <= 0:
            break
        if encloses(skin, points_mm[deepest]):
            return float(depths_mm[deepest])
    return 0.0


def behind_ear(points_mm: FloatArray, roots_mm: FloatArray) -> NDArray[np.bool_]:
    """Whether points (P, 3) lie in the crease behind an ear, whose root is (2, K, 3)."""
    front_mm = roots_mm[:, [0, -1], 2].min()
    near_mm, _ = cKDTree(roots_mm.reshape(-1, 3)).query(points_mm)
    hidden: NDArray[np.bool_] = (near_mm < BEHIND_EAR_MM) & (points_mm[:, 2] < front_mm)
    return hidden
