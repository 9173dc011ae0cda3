"""The light of the photo as one light and a room.

Mirror images and shadows need radiance, and `Lighting` holds irradiance,
smoothed over half the sphere: whether a lamp or the whole sky lights the face
looks all the same on skin, and not at all on latex or behind a rim. Of the
linear part of the irradiance, the vector that points to where most light comes
from, `KEY_SHARE` is taken for one key light, a lamp or a window, or more where
the skin told of a stronger lamp, and the rest for a room that it shines in
(Sloan, Stupid Spherical Harmonics Tricks, 2008: the optimal linear direction).
Of a light I from the direction d, a surface with the normal n gets::

    I * max(n . d, 0) = I * (1/4 + 1/2 n . d + ...)

A diffuse surface hands over the linear part of the room by 2/3 (Ramamoorthi and
Hanrahan, An Efficient Representation for Irradiance Environment Maps, 2001),
which is undone here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA
from mask3d.lighting import Lighting

DIFFUSE_GAIN = 2 / 3  # of the linear part of the light, A_1 / pi
KEY_GAIN = np.array([1 / 4, 1 / 2])  # of a light in the constant and linear part of its irradiance
# A photographed room has more than one light; what is left lets the picture of the room be
# brighter on the side of the light. By eye, beside photos of glossy masks.
KEY_SHARE = 0.6
MAX_KEY_SHARE = 0.8  # of the light from all around: some of it always comes from the room
# Where a lamp was found, the room around it says this much about the direction of the light. On
# rendered heads that are lit from one side 0.3 leaves an error of 4 degrees, 1 of 6.
ROOM_SAY = 0.3
BANDS, TURNS = 8, 16  # of the directions that the light is measured in


@dataclass(frozen=True, slots=True, eq=False)
class KeyLight:
    """A light, and the room that it shines in; camera frame, linear RGB.

    Attributes
    ----------
    towards : (3,) unit direction to the light
    strength : (3,) irradiance on a surface that faces it
    room : (4, 3) radiance of the room, its constant part and those along x, y, z
    """

    towards: FloatArray
    strength: FloatArray
    room: FloatArray


def key_light(lighting: Lighting) -> KeyLight:
    """Divide `lighting` into one light and a room."""
    directions, weights = _all_around()
    irradiance = lighting.irradiance(directions)  # (D, 3)
    constant = weights @ irradiance
    linear = 3.0 * (weights[:, None] * directions).T @ irradiance  # (3, D) @ (D, 3)
    lamp = KEY_GAIN[1] * np.outer(lighting.key_towards, lighting.gain * lighting.key)  # (3, 3)
    towards = (lamp + (ROOM_SAY if lamp.any() else 1.0) * (linear - lamp)) @ REC709_LUMA
    towards /= max(float(np.linalg.norm(towards)), 1e-12)
    strength = np.maximum(KEY_SHARE * (towards @ linear), towards @ lamp) / KEY_GAIN[1]
    strength = np.maximum(strength, 0.0)
    strength = np.minimum(strength, MAX_KEY_SHARE / KEY_GAIN[0] * constant)
    room_constant = constant - KEY_GAIN[0] * strength
    room_linear = (linear - KEY_GAIN[1] * np.outer(towards, strength)) / DIFFUSE_GAIN
    return KeyLight(towards, strength, np.vstack([room_constant, room_linear]))


@cache
def _all_around() -> tuple[FloatArray, FloatArray]:
    """Unit directions (D, 3) and weights (D,), whose sum is 1, to average over a sphere."""
    rise, weights = np.polynomial.legendre.leggauss(BANDS)
    turn = (np.arange(TURNS) + 0.5) * (2 * np.pi / TURNS)
    across = np.sqrt(1.0 - rise**2)[:, None]
    x, y = across * np.cos(turn), across * np.sin(turn)
    z = np.broadcast_to(rise[:, None], x.shape)
    return np.stack([x, y, z], axis=-1).reshape(-1, 3), np.repeat(weights / (2 * TURNS), TURNS)
