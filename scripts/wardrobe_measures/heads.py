"""Random heads that a mask must fit."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.camera import Camera
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel, load_face_model

JAW_OPEN_MAX = 2.0  # standard deviations; every second head has its jaw dropped by up to this
EXPRESSION_SIGMA = 0.5  # of the prior of the fit


def random_head(seed: int, number: int) -> FaceFit:
    """Head `number` of those drawn from `seed`: identity N(0, 1), some expression.

    The modes of expression are one-sided but for their linear continuation, so
    their weights are drawn positive.
    """
    rng = np.random.default_rng([seed, number])
    model = load_face_model()
    identity = rng.standard_normal(len(model.identity_modes_mm))
    expression = np.abs(rng.normal(0.0, EXPRESSION_SIGMA, len(model.expression_modes_mm)))
    jaw = model.expression_names.index("jaw_open")
    expression[jaw] = rng.uniform(0.0, JAW_OPEN_MAX) * (number % 2)
    return seen_head(model, identity, expression)


def seen_head(model: FaceModel, identity: FloatArray, expression: FloatArray) -> FaceFit:
    """Fit of the head of these coefficients, in front of some camera."""
    cam_from_face = np.diag([1.0, -1.0, -1.0, 1.0])
    cam_from_face[2, 3] = 1000.0
    camera = Camera(1000.0, np.array([127.5, 127.5]), (256, 256))
    vertices_mm = model.vertices_mm(identity, expression)
    return FaceFit(model, camera, cam_from_face, identity, expression, vertices_mm, 0.0)
