"""What a smooth surface mirrors of the light that the skin told.

The key light is seen as a highlight with the profile of Trowbridge and Reitz
(GGX) and Hammon's visibility (PBR Diffuse Lighting for GGX, 2017)::

    I * n.d * width^2 / ((n.h)^2 * (width^2 - 1) + 1)^2 * 0.5 / mix(2 n.d n.v, n.d + n.v, width)

with the half vector h; I is pi times less than usual, as `Lighting` has it.
The room, its constant and linear parts, is seen as it is; a rough mirror hands
over the linear part by exp(-width^2) (Ramamoorthi and Hanrahan, A
Signal-Processing Framework for Inverse Rendering, 2001).

The surface mirrors the share F of it (Schlick, An Inexpensive BRDF Model for
Physically-Based Rendering, 1994) and treats the rest, 1 - F, as if it had no
gloss::

    F = gloss + (grazing - gloss) * (1 - cos)^5

`grazing` is 1 for a mirror only: a rough surface shades itself, and at its
outline mirrors the cube of what it lacks in roughness (fits the curves of
Karis, Physically Based Shading on Mobile, 2014); and one that mirrors next to
nothing in front does not begin to there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.key_light import KeyLight
from mask3d.material import Material

# Width that its size adds to a highlight: a window, a softbox or a lampshade, 17 degrees across
# (half of the angle's tangent; Karis, Real Shading in Unreal Engine 4, 2013).
KEY_WIDTH = 0.075
# Fresnel at grazing angles fades out below a reflectance of 2 %, less than any material has
# (Lagarde and de Rousiers, Moving Frostbite to Physically Based Rendering, 2014).
GRAZING_PER_GLOSS = 50.0


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
    limit = max((1.0 - material.roughness) ** 3, material.gloss)
    blur = np.array([1.0, *[np.exp(-(width**2))] * 3])
    return Gloss(
        reflectance=float(material.gloss),
        grazing=float(min(GRAZING_PER_GLOSS * material.gloss, limit)),
        towards=key.towards,
        strength=key.strength,
        width=float(min(width + KEY_WIDTH, 1.0)),
        room=key.room * blur[:, None],  # (4, 3) * (4, 1)
    )
