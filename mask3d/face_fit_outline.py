"""Where the jaw points of the visible outline lie: on the cheek that hides the jaw behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray, IntArray
from mask3d.face_fit_head import HeadState, LandmarkBasis, landmark_basis, surface_rows
from mask3d.face_model import FaceModel
from mask3d.geometry import vertex_normals

JAW_POINTS = 17
AXIS_DEPTH_MM = 30.0
"""z of the upright line inside of the head from which the lines over the cheek are seen."""
LOWEST_MM = -60.0
"""y of its lower end, above the skin under the chin."""
CHIN_DEPTH_MM = 50.0
"""How far the chin lies before it; lines below `LOWEST_MM` run towards the chin at their height."""
STATIONS = 13
"""Places on a line; 5 degrees apart, some 6 mm."""
LAST_STATION = 0.75
"""Where a line ends, 1 being the middle of the face: on the cheek, before the nose begins."""

IndexArray = NDArray[np.intp]

_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class OutlineBasis:
    """For every jaw point the line over the cheek that it slides along.

    A line begins at the landmark and runs to the front at the same height,
    as the parallels of Zhu et al., CVPR 2015. Its C stations are linear in the
    coefficients, as the landmarks are.

    Attributes
    ----------
    mean_mm : (17, C, 3)
    modes_mm : (17, C, 3, K)
    normals : (17, C, 3) of the mean head, not unit
    """

    mean_mm: FloatArray
    modes_mm: FloatArray
    normals: FloatArray


@lru_cache(maxsize=4)
def outline_basis(model: FaceModel) -> OutlineBasis:
    """The lines of a model, found by rays from inside of its mean head."""
    origins_mm, directions = _rays(model.landmarks_mm(model.mean_mm)[:JAW_POINTS])
    hits = [_hit(model, *ray) for ray in zip(origins_mm, directions, strict=True)]
    corners, weights = (np.concatenate(parts) for parts in zip(*hits, strict=True))  # (17 * C, 3)
    mean_mm, modes_mm = surface_rows(model, corners, weights)
    vertex_normal = vertex_normals(model.mean_mm, model.faces)
    normals = np.einsum("nc,ncd->nd", weights, vertex_normal[corners])
    shape = directions.shape  # (17, C, 3)
    return OutlineBasis(
        mean_mm.reshape(shape), modes_mm.reshape(*shape, -1), normals.reshape(shape)
    )


def visible_basis(model: FaceModel, state: HeadState) -> LandmarkBasis:
    """`landmark_basis` with the hidden jaw points on the cheek's outline, as `state` is seen.

    A jaw point slides to the first place of its line where the skin faces the
    camera; one that faces it at once stays.
    """
    basis, outline = landmark_basis(model), outline_basis(model)
    stations_cam_mm = state.cam_mm(outline.mean_mm, outline.modes_mm)  # (17, C, 3)
    normals_cam = outline.normals @ state.rotation.T
    facing = -np.einsum("jcd,jcd->jc", normals_cam, stations_cam_mm)
    behind, ahead, share = _first_facing(facing)
    jaw = np.arange(JAW_POINTS)
    mean_mm, modes_mm = basis.mean_mm.copy(), basis.modes_mm.copy()
    for target, rows in ((mean_mm, outline.mean_mm), (modes_mm, outline.modes_mm)):
        at = share.reshape(-1, *[1] * (rows.ndim - 2))
        target[:JAW_POINTS] = (1.0 - at) * rows[jaw, behind] + at * rows[jaw, ahead]
    return replace(basis, mean_mm=mean_mm, modes_mm=modes_mm)


def _first_facing(facing: FloatArray) -> tuple[IndexArray, IndexArray, FloatArray]:
    """Stations before and after the first change to positive of (17, C), and the share between."""
    is_facing = facing > 0.0
    is_facing[:, -1] = True  # what never faces the camera ends up at the front
    ahead = is_facing.argmax(axis=1)
    behind = np.maximum(ahead - 1, 0)
    jaw = np.arange(len(facing))
    before, after = facing[jaw, behind], np.maximum(facing[jaw, ahead], 0.0)
    share = np.where(ahead > 0, before / np.minimum(before - after, -_TINY), 0.0)
    return behind, ahead, share


def _rays(jaw_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Origins (17, 3) inside of the head, and directions (17, C, 3) from each to its line."""
    origins_mm = np.full_like(jaw_mm, AXIS_DEPTH_MM)
    origins_mm[:, 0] = 0.0
    origins_mm[:, 1] = np.maximum(jaw_mm[:, 1], LOWEST_MM)
    fronts_mm = origins_mm + np.array([0.0, 0.0, CHIN_DEPTH_MM])
    fronts_mm[:, 1] = jaw_mm[:, 1]
    return origins_mm, _turning(jaw_mm - origins_mm, fronts_mm - origins_mm)


def _turning(first: FloatArray, last: FloatArray) -> FloatArray:
    """Unit vectors (17, C, 3) in equal steps from directions (17, 3) towards others."""
    first, last = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (first, last))
    cos = np.einsum("jd,jd->j", first, last)
    angles = np.arccos(np.clip(cos, -1.0, 1.0 - _TINY))[:, None, None]
    shares = np.linspace(0.0, LAST_STATION, STATIONS)[:, None]
    along = np.sin((1.0 - shares) * angles) * first[:, None]
    turned: FloatArray = (along + np.sin(shares * angles) * last[:, None]) / np.sin(angles)
    return turned


def _hit(
    model: FaceModel, origin_mm: FloatArray, directions: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Corners (C, 3) and weights (C, 3) of where rays (C, 3) leave the mean head.

    The weights are the volumes that a ray spans with the sides of a triangle.
    A ray through an edge leaves by whichever triangle holds it best.
    """
    a, b, c = np.moveaxis(model.mean_mm[model.faces] - origin_mm, 1, 0)  # (F, 3) each
    sides = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=1)
    volumes = directions @ sides.transpose(0, 2, 1)  # (C, 3) @ (F, 3, 3) -> (F, C, 3)
    weights = volumes / np.maximum(volumes.sum(axis=2, keepdims=True), _TINY)
    best = weights.min(axis=2).argmax(axis=0)  # (C,)
    return model.faces[best], weights[best, np.arange(len(directions))]
