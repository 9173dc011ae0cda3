"""What a smooth surface mirrors of the light that the skin told.

The mirror image needs radiance, and `Lighting` holds irradiance, smoothed over
half the sphere: whether a lamp or the whole sky lights the face looks all the
same on skin, and not at all on latex. Of the linear part of the irradiance,
the vector that points to where most light comes from, `KEY_SHARE` is taken for
one key light, a lamp or a window, and the rest for a room that it shines in
(Sloan, Stupid Spherical Harmonics Tricks, 2008: the optimal linear direction).
Of a light I from the direction d, a surface with the normal n gets::

    I * max(n . d, 0) = I * (1/4 + 1/2 n . d + ...)

The key light is seen as a highlight with the profile of Trowbridge and Reitz
(GGX) and Hammon's visibility (PBR Diffuse Lighting for GGX, 2017)::

    I * n.d * width^2 / ((n.h)^2 * (width^2 - 1) + 1)^2 * 0.5 / mix(2 n.d n.v, n.d + n.v, width)

with the half vector h; I is pi times less than usual, as `Lighting` has it.
The room, its constant and linear parts, is seen as it is: a diffuse surface
hands over the linear part by 2/3 (Ramamoorthi and Hanrahan, An Efficient
Representation for Irradiance Environment Maps, 2001), which is undone here, and
a rough mirror by exp(-width^2) (the same, A Signal-Processing Framework for
Inverse Rendering, 2001).

The surface mirrors the share F of it (Schlick, An Inexpensive BRDF Model for
Physically-Based Rendering, 1994) and treats the rest, 1 - F, as if it had no
gloss::

    F = gloss + (grazing - gloss) * (1 - cos)^5

`grazing` is 1 for a mirror only: a rough surface shades itself (Lagarde,
Adopting a Physically Based Shading Model, 2011), and one that mirrors next to
nothing in front does not begin to at its outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA
from mask3d.lighting import Lighting
from mask3d.material import Material

DIFFUSE_GAIN = 2 / 3  # of the linear part of the light, A_1 / pi
KEY_GAIN = np.array([1 / 4, 1 / 2])  # of a light in the constant and linear part of its irradiance
# A photographed room has more than one light; what is left lets the picture of the room be
# brighter on the side of the light. By eye, beside photos of glossy masks.
KEY_SHARE = 0.6
MAX_KEY_SHARE = 0.8  # of the light from all around: some of it always comes from the room
# Width that its size adds to a highlight: a window, a softbox or a lampshade, 17 degrees across
# (half of the angle's tangent; Karis, Real Shading in Unreal Engine 4, 2013).
KEY_WIDTH = 0.075
# Fresnel at grazing angles fades out below a reflectance of 2 %, less than any material has
# (Lagarde and de Rousiers, Moving Frostbite to Physically Based Rendering, 2014).
GRAZING_PER_GLOSS = 50.0
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


class Gloss(NamedTuple):
    """How a surface mirrors the light.

    Attributes
    ----------
    reflectance, grazing : share of it that is mirrored, at right angles and at the outline
    towards, strength : of the `KeyLight`
    width : of its highlight, 0 a point, 1 spread over the half sphere
    room : (4, 3), as of the `KeyLight`, blurred by the roughness
    """

    reflectance: float
    grazing: float
    towards: FloatArray
    strength: FloatArray
    width: float
    room: FloatArray


def gloss_of(material: Material, key: KeyLight) -> Gloss:
    """Gloss of `material` in this light."""
    width = material.roughness**2  # Burley, Physically-Based Shading at Disney, 2012
    limit = max(1.0 - material.roughness, material.gloss)
    blur = np.array([1.0, *[np.exp(-(width**2))] * 3])
    return Gloss(
        reflectance=float(material.gloss),
        grazing=float(min(GRAZING_PER_GLOSS * material.gloss, limit)),
        towards=key.towards,
        strength=key.strength,
        width=float(min(width + KEY_WIDTH, 1.0)),
        room=key.room * blur[:, None],  # (4, 3) * (4, 1)
    )


def key_light(lighting: Lighting) -> KeyLight:
    """Divide `lighting` into one light and a room."""
    directions, weights = _all_around()
    irradiance = lighting.irradiance(directions)  # (D, 3)
    constant = weights @ irradiance
    linear = 3.0 * (weights[:, None] * directions).T @ irradiance  # (3, D) @ (D, 3)
    towards = linear @ REC709_LUMA
    towards /= max(float(np.linalg.norm(towards)), 1e-12)
    strength = KEY_SHARE / KEY_GAIN[1] * np.maximum(towards @ linear, 0.0)
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
