"""The light of the photo, as what it does to a surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    is_monochrome : bool
        The photo has no colours of its own, so a mask has to lose its too
        (`gain` holds the tint of a toned photo).
    """

    sh: FloatArray
    gain: FloatArray
    is_monochrome: bool = False

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        object.__setattr__(self, "sh", frozen_array(self.sh, (9, 3), name="sh"))
        object.__setattr__(self, "gain", frozen_array(self.gain, (3,), name="gain"))

    def irradiance(self, normals_cam: FloatArray) -> FloatArray:
        """Linear irradiance (..., 3) RGB on surfaces with unit normals (..., 3)."""
        encoded = np.maximum(sh_basis(normals_cam) @ self.sh, MIN_ENCODED)  # (..., 9) @ (9, 3)
        irradiance: FloatArray = self.gain * encoded**ENCODING_GAMMA
        return irradiance


def sh_basis(normals: FloatArray) -> FloatArray:
    """Spherical harmonics to order 2 without their constants, (..., 9) of unit normals (..., 3).

    ``[1, y, z, x, xy, yz, 3z² - 1, xz, x² - y²]`` with n = (x, y, z); see
    Ramamoorthi and Hanrahan, An Efficient Representation for Irradiance
    Environment Maps, 2001.
    """
    x, y, z = np.moveaxis(np.asarray(normals), -1, 0)
    terms = [np.ones_like(x), y, z, x, x * y, y * z, 3 * z**2 - 1, x * z, x**2 - y**2]
    return np.stack(terms, axis=-1)
