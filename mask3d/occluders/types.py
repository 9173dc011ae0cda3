"""What lies in front of a face, as alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import Float32Array, freeze_fields
from mask3d.ears import NOT_LOOKED, Ears


@dataclass(frozen=True, slots=True, eq=False)
class Occluders:
    """A rectangle of the photo; outside of it nothing is in front.

    Attributes
    ----------
    alpha : (h, w) float32, 1 where the face is hidden, 0 where it is free
    origin_px : (x0, y0) of its top-left pixel in the photo
    doubt : share of the face, 0..1, that something may lie before but is not sure to
    is_given : the user says so, and needs no proof
    ears : what the photo shows of the subject's left and right ear, where it was looked at
    """

    alpha: Float32Array
    origin_px: tuple[int, int]
    doubt: float = 0.0
    is_given: bool = False
    ears: Ears = NOT_LOOKED

    def __post_init__(self) -> None:
        """Check and freeze the array."""
        freeze_fields(self, {"alpha": ((None, None), np.float32)})
