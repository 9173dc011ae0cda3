"""The light of the photo, estimated from its own skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import ByteArray, FloatArray, freeze_fields
from mask3d.colour import REC709_LUMA, linear_from_srgb
from mask3d.face import FaceFit
from mask3d.illuminant import white_mask_colour
from mask3d.skin import SkinSamples, sample_skin
from mask3d.tone import Tone, thumbnail, tone_of

ENCODING_GAMMA = 2.2
# Floor of the encoded irradiance: 12 % of the light that the face gets on average, what a room
# throws back into the deepest shadow of a fabric. Measured by eye on portraits.
MIN_ENCODED = 0.12 ** (1 / ENCODING_GAMMA)

WHITE_ALBEDO = 0.80  # linear, of a white non-woven: the fabric that the gain is set by

# Irradiance per radiance of each harmonic at its largest, A_l/pi * Y_lm (Ramamoorthi and
# Hanrahan 2001): ridges are measured on radiance, and divided by its square here.
BAND_GAIN = np.array([0.3257, 0.3257, 0.3257, 0.2731, 0.2731, 0.0788, 0.2731, 0.1366])
RIDGE = np.array([*[0.0003] * 3, *[0.003] * 5]) / BAND_GAIN**2
# Light comes from above and in front unless the skin says otherwise. Orders 1 and 2 as a
# fraction of the constant term; camera frame: y down, z away.
PRIOR_SHAPE = np.array([-0.14, -0.29, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
# The channels hold to the common shape so much more than it to the prior: skin reddens in the
# shade by itself, and a mask does not.
COLOUR_STIFFNESS = 100.0
MIN_CELLS = 60.0  # of skin; with fewer, the prior shape gains in proportion
LEVEL_CELLS = 5.0  # of skin, that the mean colour around the face counts for
MAX_DIRECTIONALITY = 1.4  # |order 1| / constant; beyond it the fit explains hair, not light
STIFFNESSES = (1.0, 3.0, 10.0, 30.0, 100.0)  # of the prior, until the directionality is right
# Encoded brightness below the upper lip over what the rest of the face foretells. Rendered heads
# at any yaw: bare 0.88 to 1.15, bearded 0.55 to 0.81.
BEARDED, BARE = 0.78, 0.88
# In standard deviations of the residual; with the usual 1.345 a third of hair darkens the skin
# by 15 %, with this by 3 %.
HUBER_K = 1.0
MAD_TO_SIGMA = 1.4826
MIN_SIGMA = 1 / 255  # encoded, one step of 8 bits
MIN_PREDICTED = 0.02  # encoded; keeps logarithms and roots away from zero
IRLS_STEPS = 6
TOWARDS_VIEWER = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Lighting:
    """Order-2 spherical-harmonics light in the camera frame.

    The irradiance on a surface with unit camera-frame normal n is
    ``gain * max(sh.T @ Y(n), MIN_ENCODED) ** ENCODING_GAMMA`` per channel, in
    linear light relative to a photo white of 1, so that a Lambertian surface
    of albedo a shows ``a * irradiance``. Y is `sh_basis`.

    Attributes
    ----------
    sh : (9, 3) coefficients of the encoded irradiance, RGB; 1 is the mean over the face's skin
    gain : (3,) linear RGB, the mean irradiance over the face's skin
    is_monochrome : bool
        The photo has no colours of its own, so a mask has to lose its too
        (`gain` holds the tint of a toned photo).
    """

    sh: FloatArray
    gain: FloatArray
    is_monochrome: bool = False

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        freeze_fields(self, {"sh": ((9, 3), np.float64), "gain": ((3,), np.float64)})

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


def estimate_lighting(rgb: ByteArray, fit: FaceFit) -> Lighting:
    """Light of the photo on one face.

    The skin gives the shape of the light. How bright it is cannot be told from
    the tone of the skin; of what explains both, the most probable is taken,
    such that a white mask shows 1.4 to 2.6 times the skin's luminance, but no
    more than the brightest things in the photo do.

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
    sh = fit_irradiance(samples)
    if tone is not Tone.COLOUR:
        sh = np.repeat(sh @ REC709_LUMA[:, None], 3, axis=1)
    skin = mean_encoded(sh, samples)
    mask = white_mask_colour(linear_from_srgb(skin), scene, tone)
    return Lighting(sh / skin, mask / WHITE_ALBEDO, is_monochrome=tone is not Tone.COLOUR)


def fit_irradiance(samples: SkinSamples) -> FloatArray:
    """Coefficients (9, 3) of encoded skin colour over the camera-frame normal.

    The common shape of the channels comes first, robustly, from the luma; then
    each channel, held to that shape. Where there are too few samples the
    result goes over to light from above and in front, of the colour around
    the face.
    """
    basis = sh_basis(samples.normals_cam)
    luma = samples.encoded @ REC709_LUMA
    around = samples.surroundings.reshape(-1, 3).mean(axis=0)
    level = float(around @ REC709_LUMA)
    weights = samples.weights * _beard_trust(samples, basis, luma, level)
    common, robust = _robust_fit(basis, luma, weights, level)
    shape = common[1:] / max(common[0], MIN_PREDICTED)
    channels = [
        _solve(basis, samples.encoded[:, c], robust, shape, COLOUR_STIFFNESS, around[c])
        for c in range(3)
    ]
    return np.stack(channels, axis=1)


def _beard_trust(
    samples: SkinSamples, basis: FloatArray, luma: FloatArray, level: float
) -> FloatArray:
    """Trust (N,) in each sample: less below the lip if that is darker than the rest foretells.

    A beard is too much of the face, and too much in one place, for a robust
    loss to see through: it passes for light from above.
    """
    low, rest = samples.may_be_beard, ~samples.may_be_beard
    trust = np.ones(len(luma))
    if low.any():
        sh, _ = _robust_fit(basis[rest], luma[rest], samples.weights[rest], level)
        brightness = luma[low] / np.maximum(basis[low] @ sh, MIN_PREDICTED)
        mean = np.average(brightness, weights=samples.weights[low])
        trust[low] = np.interp(mean, (BEARDED, BARE), (0.0, 1.0))
    return trust


def _robust_fit(
    basis: FloatArray, values: FloatArray, weights: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Huber fit (9,) to one channel, no more directional than light can be, and its weights."""
    for stiffness in STIFFNESSES:
        sh, robust = _huber_fit(basis, values, weights, level, stiffness)
        if np.linalg.norm(sh[1:4]) <= MAX_DIRECTIONALITY * sh[0]:
            break
    return sh, robust


def _huber_fit(
    basis: FloatArray, values: FloatArray, weights: FloatArray, level: float, stiffness: float
) -> tuple[FloatArray, FloatArray]:
    """Coefficients (9,) by iterated least squares, and the weights (N,) that they end with."""
    robust = weights
    sh = _solve(basis, values, robust, PRIOR_SHAPE, stiffness, level)
    for _ in range(IRLS_STEPS if len(values) else 0):
        predicted = np.maximum(basis @ sh, MIN_PREDICTED)
        residual = np.abs(values - predicted) / np.sqrt(predicted)
        sigma = max(MAD_TO_SIGMA * float(np.median(residual)), MIN_SIGMA)
        robust = weights * np.minimum(1.0, HUBER_K * sigma / np.maximum(residual, MIN_SIGMA))
        sh = _solve(basis, values, robust, PRIOR_SHAPE, stiffness, level)
    return sh, robust


def _solve(
    basis: FloatArray,
    values: FloatArray,
    weights: FloatArray,
    shape: FloatArray,
    stiffness: float,
    level: float,
) -> FloatArray:
    """Least squares (9,) with a ridge towards `shape` (8,) times the constant term."""
    deviation = np.hstack([-shape[:, None], np.eye(8)])  # (8, 9)
    ridge = stiffness * max(float(weights.sum()), MIN_CELLS) * RIDGE
    weighted = basis.T * weights  # (9, N)
    matrix = weighted @ basis + (deviation.T * ridge) @ deviation
    matrix[0, 0] += LEVEL_CELLS
    right = weighted @ values
    right[0] += LEVEL_CELLS * level
    solution: FloatArray = np.linalg.solve(matrix, right)
    return solution


def mean_encoded(sh: FloatArray, samples: SkinSamples) -> FloatArray:
    """Encoded colour (3,) of the mean light of the skin that `sh` (9, 3) predicts."""
    normals_cam = np.vstack([samples.normals_cam, TOWARDS_VIEWER])
    weights = np.append(samples.weights, MIN_SIGMA)
    encoded = np.maximum(sh_basis(normals_cam) @ sh, MIN_PREDICTED)
    mean = np.average(encoded**ENCODING_GAMMA, axis=0, weights=weights)
    return mean ** (1 / ENCODING_GAMMA)
