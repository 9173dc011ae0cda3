"""How bright a mask the photo would have shown, and in what tint."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA
from mask3d.tone import MIN_LUMINANCE, Tone, luminance_percentile, tint_at

# Skin tones from light to dark, linear albedo: the locus that skin colours lie along.
SKIN_ALBEDO = np.array(
    [
        [0.62, 0.42, 0.33],
        [0.50, 0.32, 0.24],
        [0.36, 0.215, 0.15],
        [0.23, 0.13, 0.088],
        [0.105, 0.062, 0.044],
    ]
)
SKIN_SPREAD = 0.05  # of the log albedo, about the locus
# Direction of a change of colour temperature in log linear RGB, from Planck's law between
# 3200 K and 8000 K through the CIE 1931 observer; unit length, no luminance of its own.
COLOUR_TEMPERATURE_AXIS = np.array([-0.636, -0.125, 0.761])
LIGHT_MEAN = 0.75  # linear irradiance of an ordinary exposure
LIGHT_INTENSITY_SPREAD = 1.0  # standard deviations of log linear RGB
LIGHT_TEMPERATURE_SPREAD = 0.15
LIGHT_TINT_SPREAD = 0.03
GREY_SKIN_ALBEDO, GREY_SKIN_SPREAD = 0.30, 0.55  # luminance, where a photo has no colours
COLOUR_STRENGTH = 0.7  # exponent on the light's colour; the eye adapts to the rest
# Pale skin reads as blue light, but mostly means that the photo is bright or bleached; by eye
# on 40 photos.
COOL_STRENGTH = 0.35

# Fitted to really worn white masks: mask / skin luminance 1.16 to 1.77 on light skin.
EFFECTIVE_ALBEDO = 0.55
MIN_MASK_TO_SKIN, MAX_MASK_TO_SKIN = 1.4, 2.6
SCENE_WHITE_PERCENTILE = 98.0


def light_on_skin(skin: FloatArray) -> FloatArray:
    """Irradiance (3,) that most probably made skin of unknown tone look as it does.

    The most probable split of log skin = log albedo + log light, with normal
    distributions of both.

    Parameters
    ----------
    skin : (3,) linear RGB, positive
    """
    log_albedo = np.log(SKIN_ALBEDO)
    albedo_covariance = np.cov(log_albedo.T) + SKIN_SPREAD**2 * np.eye(3)
    grey = np.ones(3)
    light_covariance = (
        LIGHT_INTENSITY_SPREAD**2 * np.outer(grey, grey)
        + LIGHT_TEMPERATURE_SPREAD**2 * np.outer(COLOUR_TEMPERATURE_AXIS, COLOUR_TEMPERATURE_AXIS)
        + LIGHT_TINT_SPREAD**2 * np.eye(3)
    )
    surplus = np.log(skin) - np.log(LIGHT_MEAN) - log_albedo.mean(axis=0)
    share = light_covariance @ np.linalg.inv(light_covariance + albedo_covariance)
    irradiance: FloatArray = LIGHT_MEAN * np.exp(share @ surplus)
    return irradiance


def light_on_grey_skin(skin_luminance: float) -> float:
    """`light_on_skin` for a photo without colours: luminance alone."""
    share = LIGHT_INTENSITY_SPREAD**2 / (LIGHT_INTENSITY_SPREAD**2 + GREY_SKIN_SPREAD**2)
    surplus = np.log(skin_luminance / (LIGHT_MEAN * GREY_SKIN_ALBEDO))
    return float(LIGHT_MEAN * np.exp(share * surplus))


def light_tint(light: FloatArray) -> FloatArray:
    """Part (3,) of the light's colour that shows on a white surface."""
    log_colour = np.log(light / (light @ REC709_LUMA))
    coolness = max(float(log_colour @ COLOUR_TEMPERATURE_AXIS), 0.0)
    excess = (COLOUR_STRENGTH - COOL_STRENGTH) * coolness * COLOUR_TEMPERATURE_AXIS
    tint: FloatArray = np.exp(COLOUR_STRENGTH * log_colour - excess)
    return tint


def white_mask_luminance(skin_luminance: float, irradiance: float, scene_white: float) -> float:
    """Linear luminance that a white mask shows on skin of the given luminance.

    Parameters
    ----------
    skin_luminance, irradiance : float
        Mean over the face, linear.
    scene_white : float
        Luminance of the brightest things in the photo; a mask does not glow
        beyond them.
    """
    wanted = irradiance * EFFECTIVE_ALBEDO / skin_luminance
    ratio = float(np.clip(wanted, MIN_MASK_TO_SKIN, MAX_MASK_TO_SKIN))
    return min(ratio * skin_luminance, max(scene_white, MIN_MASK_TO_SKIN * skin_luminance))


def white_mask_colour(skin: FloatArray, scene: FloatArray, tone: Tone) -> FloatArray:
    """Linear RGB (3,) that a white mask shows on average.

    Parameters
    ----------
    skin : (3,)
        Mean linear colour of the face's skin.
    scene : (N, 3)
        Encoded pixels of the whole photo.
    tone : Tone
    """
    luminance = max(float(skin @ REC709_LUMA), MIN_LUMINANCE)
    scene_white = luminance_percentile(scene, SCENE_WHITE_PERCENTILE)
    if tone is Tone.COLOUR:
        light = light_on_skin(np.maximum(skin, MIN_LUMINANCE))
    else:
        light = np.full(3, light_on_grey_skin(luminance))
    mask = white_mask_luminance(luminance, float(light @ REC709_LUMA), scene_white)
    between = np.sqrt(luminance * mask)
    tint = tint_at(scene, between) if tone is Tone.TONED else light_tint(light)
    colour: FloatArray = mask * tint / (tint @ REC709_LUMA)
    return colour
