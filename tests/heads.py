"""Photos of faces made from numbers: rendered heads whose 68 points are known."""

from __future__ import annotations

from functools import cache

import numpy as np

from mask3d.arrays import ByteArray
from mask3d.face_model import load_face_model
from mask3d.landmarks import Landmarks
from mask3d.photo import Photo
from mask3d.renderer import open_renderer
from scripts.demo_faces import COMPLEXIONS, SEED, exact_landmarks, head_at, photograph
from scripts.head_paint import paint_head


@cache
def head_photo(yaw_deg: float = 0.0) -> tuple[Photo, Landmarks]:
    """The mean head before a plain wall, and where its points are."""
    model = load_face_model()
    fit = head_at(model, np.zeros(len(model.identity_modes_mm)), yaw_deg)
    return photograph(fit, _texture(), open_renderer("numba")), exact_landmarks(fit)


@cache
def _texture() -> ByteArray:
    return paint_head(load_face_model(), COMPLEXIONS["mean"], SEED)
