"""The head as a fit sees it: its landmarks as a linear function, and the state that is varied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.face_model import FaceModel

IDENTITY_PRIOR = 1.0
"""Weight of a squared identity coefficient: 1 is a standard deviation as the model states it.

On heads of other origin the error in mm is flat from 1 to 2 and grows beyond;
on the model's own it grows from less than 1 (benchmarks/bench_fit.py).
"""
EXPRESSION_PRIOR = 4.0
"""Weight of a squared expression coefficient: the face at rest is the likeliest one."""


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkBasis:
    """The 68 landmarks as a linear function of the coefficients.

    Attributes
    ----------
    mean_mm : (68, 3)
    modes_mm : (68, 3, K), identity modes first
    prior : (K,) weight of a squared coefficient
    """

    mean_mm: FloatArray
    modes_mm: FloatArray
    prior: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class HeadState:
    """What the solver varies.

    Attributes
    ----------
    rotation : (3, 3) cam from face
    ray : (2,) x/z and y/z of the origin of the face frame in the camera frame
    distance_mm : z of that origin
    coefficients : (K,) standard deviations
    """

    rotation: FloatArray
    ray: FloatArray
    distance_mm: float
    coefficients: FloatArray

    @property
    def origin_cam_mm(self) -> FloatArray:
        """Origin (3,) of the face frame."""
        return self.distance_mm * np.append(self.ray, 1.0)

    def cam_mm(self, mean_mm: FloatArray, modes_mm: FloatArray) -> FloatArray:
        """Points (..., 3) in the camera frame that are linear in the coefficients."""
        points_mm = mean_mm + modes_mm @ self.coefficients
        return points_mm @ self.rotation.T + self.origin_cam_mm


@lru_cache(maxsize=4)
def landmark_basis(model: FaceModel) -> LandmarkBasis:
    """The rows of `model` that the landmarks see."""
    mean_mm, modes_mm = surface_rows(model, model.landmark_vertices, model.landmark_weights)
    counts = [len(model.identity_modes_mm), len(model.expression_modes_mm)]
    prior = np.repeat([IDENTITY_PRIOR, EXPRESSION_PRIOR], counts)
    return LandmarkBasis(mean_mm, modes_mm, prior)


def surface_rows(
    model: FaceModel, corners: IntArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean (N, 3) and modes (N, 3, K) of points in triangles (N, 3) with barycentric weights."""
    modes = [
        np.einsum("lc,klcd->ldk", weights, modes_mm[:, corners])
        for modes_mm in (model.identity_modes_mm, model.expression_modes_mm)
    ]
    mean_mm: FloatArray = np.einsum("lc,lcd->ld", weights, model.mean_mm[corners])
    return mean_mm, np.concatenate(modes, axis=2)
