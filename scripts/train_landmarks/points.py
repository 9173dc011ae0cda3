"""The 68 landmarks and the 21 points of AFLW on the head model, as one linear basis."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.face_model import FaceModel
from mask3d.landmarks.convention import MIRROR_68

# Each AFLW point is near the mean of these of the 68. The ear lobes, which the 68 lack, follow.
FROM_68 = {
    **{0: (17,), 1: (19,), 2: (21,), 3: (22,), 4: (24,), 5: (26,)},  # brows
    **{6: (36,), 7: tuple(range(36, 42)), 8: (39,)},  # right eye
    **{9: (42,), 10: tuple(range(42, 48)), 11: (45,)},  # left eye
    **{13: (31,), 14: (30,), 15: (35,), 17: (48,), 18: (51, 57), 19: (54,), 20: (8,)},
}
IDENTITY_PRIOR, EXPRESSION_PRIOR = 1.0, 4.0  # weights of a squared coefficient, as in `face`
RIGHT_LOBE, LEFT_LOBE = 12, 16
MIRROR_21 = (5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6, 16, 15, 14, 13, 12, 19, 18, 17, 20)
MIRROR_89: IntArray = np.concatenate([MIRROR_68, 68 + np.array(MIRROR_21)]).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class PointBasis:
    """M points of the head as a linear function of K coefficients.

    Attributes
    ----------
    mean_mm : (M, 3)
    modes_mm : (M, 3, K), a standard deviation each, identity first
    prior : (K,) weight of a squared coefficient
    """

    mean_mm: FloatArray
    modes_mm: FloatArray
    prior: FloatArray

    def moved(self, offsets_mm: FloatArray) -> PointBasis:
        """The basis with each point displaced by `offsets_mm` (M, 3) in the face frame."""
        return replace(self, mean_mm=self.mean_mm + offsets_mm)


def point_basis(model: FaceModel) -> PointBasis:
    """The 68 landmarks, then the 21 points of AFLW."""
    modes_mm = np.concatenate([model.identity_modes_mm, model.expression_modes_mm])
    return PointBasis(
        mean_mm=_points(model, model.mean_mm),
        modes_mm=np.stack([_points(model, mode.astype(np.float64)) for mode in modes_mm], axis=-1),
        prior=_prior(model),
    )


def vertex_basis(model: FaceModel) -> PointBasis:
    """Every vertex of the head."""
    modes_mm = np.concatenate([model.identity_modes_mm, model.expression_modes_mm])
    return PointBasis(model.mean_mm, modes_mm.transpose(1, 2, 0).astype(np.float64), _prior(model))


def _prior(model: FaceModel) -> FloatArray:
    identity, expression = len(model.identity_modes_mm), len(model.expression_modes_mm)
    return np.repeat([IDENTITY_PRIOR, EXPRESSION_PRIOR], [identity, expression]).astype(float)


def _points(model: FaceModel, vertices: FloatArray) -> FloatArray:
    """The 89 points (89, 3) of a head, or of a mode, (V, 3)."""
    points68 = model.landmarks_mm(vertices)
    points21 = np.zeros((21, 3))
    for point, sources in FROM_68.items():
        points21[point] = points68[list(sources)].mean(axis=0)
    points21[[RIGHT_LOBE, LEFT_LOBE]] = vertices[_lobes(model)]
    return np.concatenate([points68, points21])


def _lobes(model: FaceModel) -> list[int]:
    """The lowest vertex of the subject's right ear and of the left."""
    ears = model.regions["ears"]
    sides = (ears[model.mean_mm[ears, 0] < 0], ears[model.mean_mm[ears, 0] > 0])
    return [int(side[np.argmin(model.mean_mm[side, 1])]) for side in sides]
