"""Spherical harmonics to order 2, and directions to measure them in."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray

DIRECTIONS = 256


def sh_basis(normals: FloatArray) -> FloatArray:
    """Spherical harmonics to order 2 without their constants, (..., 9) of unit normals (..., 3).

    ``[1, y, z, x, xy, yz, 3z² - 1, xz, x² - y²]`` with n = (x, y, z); see
    Ramamoorthi and Hanrahan, An Efficient Representation for Irradiance
    Environment Maps, 2001.
    """
    x, y, z = np.moveaxis(np.asarray(normals), -1, 0)
    terms = [np.ones_like(x), y, z, x, x * y, y * z, 3 * z**2 - 1, x * z, x**2 - y**2]
    return np.stack(terms, axis=-1)


def all_around() -> FloatArray:
    """Unit directions (`DIRECTIONS`, 3), evenly over the sphere (golden spiral)."""
    step = np.arange(DIRECTIONS) + 0.5
    z = 1.0 - 2.0 * step / DIRECTIONS
    turn = np.pi * (1.0 + np.sqrt(5.0)) * step
    across = np.sqrt(1.0 - z**2)
    return np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)


AROUND = all_around()
AROUND_BASIS = sh_basis(AROUND)
