"""What a smooth surface mirrors of the light that the skin told.

The mirror image needs radiance, and `Lighting` holds irradiance. A diffuse
surface hands over the bands l = 0, 1, 2 of the radiance by A_l/pi = 1, 2/3, 1/4
(Ramamoorthi and Hanrahan, An Efficient Representation for Irradiance
Environment Maps, 2001), a rough mirror of Beckmann width m by exp(-(m l)^2)
(the same, A Signal-Processing Framework for Inverse Rendering, 2001). So the
light from the mirror direction r, blurred by the roughness, is::

    encoded = sum over l of exp(-(m l)^2) / (A_l/pi) * sh_l @ Y_l(r)
    gain * max(encoded, MIN_ENCODED) ** ENCODING_GAMMA

The bands are filtered as `Lighting` holds them, encoded. Where the light
deviates little from its mean that is the filter of the light itself, as the
power scales all deviations alike; where it deviates much, the power still keeps
the result positive, which a filter of the light does not.

The surface mirrors the share F of it (Schlick, An Inexpensive BRDF Model for
Physically-Based Rendering, 1994) and treats the rest, 1 - F, as if it had no
gloss::

    F = gloss + (grazing - gloss) * (1 - cos)^5

`grazing` is 1 for a mirror only: a rough surface shades itself (Lagarde,
Adopting a Physically Based Shading Model, 2011), and one that mirrors next to
nothing in front does not begin to at its outline.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.lighting import Lighting
from mask3d.material import Material

BAND = np.array([0, 1, 1, 1, 2, 2, 2, 2, 2])  # of each harmonic
DIFFUSE_BAND_GAIN = np.array([1, 2 / 3, 1 / 4])  # A_l / pi
# Fresnel at grazing angles fades out below a reflectance of 2 %, less than any material has
# (Lagarde and de Rousiers, Moving Frostbite to Physically Based Rendering, 2014).
GRAZING_PER_GLOSS = 50.0


class Gloss(NamedTuple):
    """How a surface mirrors the light.

    Attributes
    ----------
    sh : (9, 3), encoded light from a direction, blurred by the roughness
    reflectance, grazing : share of it that is mirrored, at right angles and at the outline
    """

    sh: FloatArray
    reflectance: float
    grazing: float


def gloss_of(material: Material, lighting: Lighting) -> Gloss:
    """Gloss of `material` in this light."""
    width = material.roughness**2  # Burley, Physically-Based Shading at Disney, 2012
    band_gain = np.exp(-((width * np.arange(3)) ** 2)) / DIFFUSE_BAND_GAIN
    limit = max(1.0 - material.roughness, material.gloss)
    return Gloss(
        sh=lighting.sh * band_gain[BAND][:, None],  # (9, 3) * (9, 1)
        reflectance=float(material.gloss),
        grazing=float(min(GRAZING_PER_GLOSS * material.gloss, limit)),
    )
