"""The light of the photo, estimated from its own skin."""

from __future__ import annotations

from dataclasses import dataclass

from mask3d.arrays import FloatArray, frozen_array

MIN_ENCODED = 0.02  # floor of the encoded irradiance, keeps every linear value positive
ENCODING_GAMMA = 2.2


@dataclass(frozen=True, slots=True, eq=False)
class Lighting:
    """Order-2 spherical-harmonics light in the camera frame.

    The irradiance on a surface with unit camera-frame normal n is
    ``gain * max(sh.T @ Y(n), MIN_ENCODED) ** ENCODING_GAMMA`` per channel, in
    linear light relative to a photo white of 1, so that a Lambertian surface
    of albedo a shows ``a * irradiance``. Y is `sh_basis`.

    Attributes
    ----------
    sh : (9, 3) coefficients of the encoded irradiance, RGB
    gain : (3,) linear RGB
    """

    sh: FloatArray
    gain: FloatArray

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        object.__setattr__(self, "sh", frozen_array(self.sh, (9, 3), name="sh"))
        object.__setattr__(self, "gain", frozen_array(self.gain, (3,), name="gain"))
