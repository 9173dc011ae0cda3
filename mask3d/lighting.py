"""The light of the photo, estimated from its own skin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from mask3d.arrays import ByteArray, FloatArray, freeze_fields
from mask3d.colour import REC709_LUMA
from mask3d.face import FaceFit
from mask3d.harmonics import AROUND, AROUND_BASIS, sh_basis
from mask3d.illuminant import WHITE_ALBEDO, white_mask_colour
from mask3d.shading import ENCODING_GAMMA, MIN_PREDICTED, MIN_SIGMA, Shading, fit_shading
from mask3d.skin import SkinSamples, sample_skin
from mask3d.tone import Tone, thumbnail, tone_of

__all__ = ["ENCODING_GAMMA", "MIN_ENCODED", "Lighting", "estimate_lighting", "sh_basis"]

# Floor of the encoded irradiance: 12 % of the light that the face gets on average, what a room
# throws back into the deepest shadow of a fabric. Measured by eye on portraits.
MIN_ENCODED = 0.12 ** (1 / ENCODING_GAMMA)

UNSURE_TO_SURE = (0.2, 0.9)  # of the mean light, from aside: see `Lighting.key_confidence`

# A channel may tilt against the brightness, for lights of several colours, but not easily: skin
# reddens in the shade by itself, and a mask does not. Of the weight of all skin.
TILT_STIFFNESS = 0.25
LEVEL_CELLS = 5.0  # of skin, that the mean colour around the face counts for
# The harmonics are right where a mask shows itself: weight of a direction exp(4 cos) of its angle
# to the viewer.
TOWARDS_VIEWER = np.array([0.0, 0.0, -1.0])
FACING = 4.0

_SEEN = np.exp(FACING * (AROUND @ TOWARDS_VIEWER - 1.0))
_PROJECTION = np.linalg.solve((AROUND_BASIS.T * _SEEN) @ AROUND_BASIS, AROUND_BASIS.T * _SEEN)


def _viewer() -> FloatArray:
    return TOWARDS_VIEWER


def _nothing() -> FloatArray:
    return np.zeros(3)


@dataclass(frozen=True, slots=True, eq=False)
class Lighting:
    """One key light, and a room of order-2 spherical harmonics, in the camera frame.

    The irradiance on a surface with unit camera-frame normal n is::

        gain * (max(sh.T @ Y(n), MIN_ENCODED) ** ENCODING_GAMMA + key * max(n . key_towards, 0))

    per channel, in linear light relative to a photo white of 1, so that a
    Lambertian surface of albedo a shows ``a * irradiance``. Y is `sh_basis`.

    Attributes
    ----------
    sh : (9, 3) coefficients of the encoded irradiance from the room, RGB
    gain : (3,) linear RGB, the mean irradiance over the face's skin
    is_monochrome : bool
        The photo has no colours of its own, so a mask has to lose its too
        (`gain` holds the tint of a toned photo).
    key_towards : (3,) unit direction to the key light
    key : (3,) its irradiance on what faces it, RGB, of the mean irradiance
    """

    sh: FloatArray
    gain: FloatArray
    is_monochrome: bool = False
    key_towards: FloatArray = field(default_factory=_viewer)
    key: FloatArray = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        of_three = dict.fromkeys(("gain", "key_towards", "key"), ((3,), np.float64))
        freeze_fields(self, {"sh": ((9, 3), np.float64), **of_three})

    def irradiance(self, normals_cam: FloatArray) -> FloatArray:
        """Linear irradiance (..., 3) RGB on surfaces with unit normals (..., 3)."""
        encoded = np.maximum(sh_basis(normals_cam) @ self.sh, MIN_ENCODED)  # (..., 9) @ (9, 3)
        facing = np.maximum(normals_cam @ self.key_towards, 0.0)
        irradiance: FloatArray = self.gain * (
            encoded**ENCODING_GAMMA + facing[..., None] * self.key
        )
        return irradiance

    @property
    def key_confidence(self) -> float:
        """How far the direction of the key light in the photo is to be trusted, 0..1.

        It is as uncertain as the light is weak or frontal: on rendered heads
        the median error is 26 degrees below 0.4 of the mean light across the
        line of sight, and 4 degrees above 1.
        """
        across = float(np.linalg.norm(self.key_towards[:2]) * (self.key @ REC709_LUMA))
        return float(np.interp(across, UNSURE_TO_SURE, (0.0, 1.0)))


def estimate_lighting(rgb: ByteArray, fit: FaceFit) -> Lighting:
    """Light of the photo on one face.

    The skin gives the shape of the light. How bright it is cannot be told from
    the tone of the skin; of what explains both, the most probable is taken, but
    no mask far brighter than the brightest things in the photo.

    Parameters
    ----------
    rgb : (H, W, 3)
        The photo.
    fit : FaceFit
        Its camera is that of the whole photo.
    """
    samples = sample_skin(rgb, fit)
    scene = thumbnail(rgb)
    tone = tone_of(scene, samples.surroundings)
    on_skin = light_on_samples(samples)
    if tone is not Tone.COLOUR:
        on_skin = _without_colour(on_skin)
    mask = white_mask_colour(on_skin.gain, scene, tone)
    return replace(on_skin, gain=mask / WHITE_ALBEDO)


def light_on_samples(samples: SkinSamples) -> Lighting:
    """The light that the skin sends back: irradiance times albedo.

    The common shape of the channels comes first, from the luma; then each
    channel, held to that shape. Where there are too few samples the result goes
    over to light from above and in front, of the colour around the face.
    """
    shading, believed = fit_shading(samples)
    tilt = _tilt(shading, samples, believed)
    room = replace(shading, key=np.zeros(3)).on(AROUND) ** (1 / ENCODING_GAMMA)
    sh = _PROJECTION @ (room[:, None] * _tilted(tilt, AROUND))  # (9, D) @ (D, 3)
    strength = float(np.linalg.norm(shading.key))
    towards = shading.key / strength if strength > 0 else TOWARDS_VIEWER
    key = shading.level * strength * _tilted(tilt, towards) ** ENCODING_GAMMA
    return _of_mean_one(Lighting(sh, np.ones(3), key_towards=towards, key=key), samples)


def _tilt(shading: Shading, samples: SkinSamples, weights: FloatArray) -> FloatArray:
    """Channels over the common brightness (4, 3): their mean, and along x, y, z."""
    common = shading.on(samples.normals_cam) ** (1 / ENCODING_GAMMA)
    terms = common[:, None] * np.column_stack([np.ones(len(common)), samples.normals_cam])
    level = shading.level ** (1 / ENCODING_GAMMA)
    stiffness = np.array([0.0, *[TILT_STIFFNESS * float(weights.sum())] * 3]) + LEVEL_CELLS
    weighted = terms.T * weights
    matrix = weighted @ terms + np.diag(stiffness) * level**2
    right = weighted @ samples.encoded  # (4, N) @ (N, 3)
    right[0] += LEVEL_CELLS * level * samples.surroundings.reshape(-1, 3).mean(axis=0)
    tilt: FloatArray = np.linalg.solve(matrix, right)
    return tilt


def _tilted(tilt: FloatArray, normals_cam: FloatArray) -> FloatArray:
    """Channels (..., 3) over the common brightness on normals (..., 3)."""
    tilted: FloatArray = np.maximum(tilt[0] + normals_cam @ tilt[1:], 0.0)
    return tilted


def _of_mean_one(light: Lighting, samples: SkinSamples) -> Lighting:
    """The same light with its mean over the skin in `gain`."""
    normals_cam = np.vstack([samples.normals_cam, TOWARDS_VIEWER])
    weights = np.append(samples.weights, MIN_SIGMA)
    encoded = np.maximum(sh_basis(normals_cam) @ light.sh, MIN_PREDICTED)
    facing = np.maximum(normals_cam @ light.key_towards, 0.0)
    on_skin = encoded**ENCODING_GAMMA + facing[:, None] * light.key
    mean = np.average(on_skin, axis=0, weights=weights)
    sh = light.sh / mean ** (1 / ENCODING_GAMMA)
    return replace(light, sh=sh, key=light.key / mean, gain=mean)


def _without_colour(light: Lighting) -> Lighting:
    """The same light for a photo that has none."""
    sh = np.repeat((light.sh @ REC709_LUMA)[:, None], 3, axis=1)
    key, gain = (np.full(3, float(rgb @ REC709_LUMA)) for rgb in (light.key, light.gain))
    return replace(light, sh=sh, key=key, gain=gain, is_monochrome=True)
