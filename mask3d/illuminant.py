"""How bright a mask the photo would have shown, and in what tint."""

from __future__ import annotations

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA, linear_from_srgb
from mask3d.tone import MIN_LUMINANCE, Tone, luminance_percentile, mean_colour, tint_at

# Skin tones from light to dark, linear albedo: the locus that skin colours lie along, most
# saturated in the middle. Half-way from what portraits show to what instruments read on skin
# (Xiao et al., Characterising the variations in ethnic skin colours, 2017), which is redder.
SKIN_ALBEDO = np.array(
    [
        [0.56, 0.36, 0.275],
        [0.48, 0.295, 0.215],
        [0.36, 0.205, 0.138],
        [0.23, 0.122, 0.080],
        [0.108, 0.060, 0.042],
    ]
)
TONES = 17  # steps of the locus
# How much likelier, in logs, the darkest is to be assumed than the lightest: were they alike, the
# darkest skin would be given too little light, and a grey mask.
DARK_FAVOUR = 1.0
SKIN_SPREAD = 0.06  # of the log albedo, about the locus
# Direction of a change of colour temperature in log linear RGB, from Planck's law between
# 3200 K and 8000 K through the CIE 1931 observer; unit length, no luminance of its own.
COLOUR_TEMPERATURE_AXIS = np.array([-0.636, -0.125, 0.761])
LIGHT_MEAN = 1.0  # linear irradiance of an ordinary exposure: white paper shows 0.8
# In a photo that is darker than the first on average, by luminance, as much less light is expected
# as this power of it says, but not for ever: night is dark behind a flash, too. 240 photos show
# 0.09 (median) where light skin is in dim light and 0.23 where dark skin is in good light; rendered
# dark skin 0.30, nine in ten of them more than 0.13.
ORDINARY_SCENE, DARKEST_SCENE, DIMMING = 0.13, 0.06, 3.0
BLACK = 0.0012  # linear, 4 of 255; as dark as a border round the picture, which says nothing
LIGHT_INTENSITY_SPREAD = 0.5  # standard deviations of log linear RGB
LIGHT_TEMPERATURE_SPREAD = 0.12
LIGHT_TINT_SPREAD = 0.05
GREY_WORLD_SHARE = 0.2  # of the log colour of the whole photo: expected of the light
# Luminance, where a photo has no colours; its light varies more than that of colour photos.
GREY_SKIN_ALBEDO, GREY_SKIN_SPREAD, GREY_LIGHT_SPREAD = 0.25, 0.55, 0.75
# Exponents on the light's colour. Pale or faded skin reads as blue light; by eye on 40 photos.
WARM_STRENGTH, COOL_STRENGTH = 0.9, 0.6

WHITE_ALBEDO = 0.80  # linear, of a white non-woven
# Skin that looks lit by more than the first has oftener been lifted by the camera's tone curve,
# which lifts white less: this power of what is beyond counts.
BRIGHT_LIGHT, BEYOND_BRIGHT = 1.0, 0.7
MIN_MASK_TO_SKIN, MAX_MASK_TO_SKIN = 1.25, 8.0
SCENE_WHITE_PERCENTILE = 98.0
MAX_MASK_TO_SCENE = 2.0  # a mask outshines what else is white by no more


def expected_light(scene: FloatArray) -> float:
    """Mean irradiance to expect in a photo of linear pixels (N, 3)."""
    luminances = scene @ REC709_LUMA
    shown = luminances[luminances > BLACK]
    luminance = float(shown.mean()) if len(shown) else 0.0
    darkness = min(max(luminance, DARKEST_SCENE) / ORDINARY_SCENE, 1.0)
    return float(LIGHT_MEAN * darkness**DIMMING)


def light_on_skin(skin: FloatArray, scene_colour: FloatArray, mean_light: float) -> FloatArray:
    """Irradiance (3,) that most probably made skin of unknown tone look as it does.

    The mean of log light over the tones, each as probable as the light is that
    it takes; a Gaussian in log linear RGB for light and skin each. Dark skin
    in bright light and light skin in the dark can look the same: this stays
    between the two.

    Parameters
    ----------
    skin : (3,) linear RGB, positive
    scene_colour : (3,) mean linear RGB of the photo, of luminance 1
    mean_light : float
        See `expected_light`.
    """
    albedo_covariance = SKIN_SPREAD**2 * np.eye(3)
    light_covariance = (
        LIGHT_INTENSITY_SPREAD**2 * np.ones((3, 3))
        + LIGHT_TEMPERATURE_SPREAD**2 * np.outer(COLOUR_TEMPERATURE_AXIS, COLOUR_TEMPERATURE_AXIS)
        + LIGHT_TINT_SPREAD**2 * np.eye(3)
    )
    expected = np.log(mean_light) + GREY_WORLD_SHARE * np.log(scene_colour)
    surplus = np.log(skin) - _log_tones() - expected  # (T, 3)
    precision = np.linalg.inv(light_covariance + albedo_covariance)
    log_chance = np.linspace(0.0, DARK_FAVOUR, TONES)
    log_chance -= 0.5 * np.einsum("ti,ij,tj->t", surplus, precision, surplus)
    chance = np.exp(log_chance - log_chance.max())
    log_light = expected + (chance / chance.sum()) @ surplus @ precision @ light_covariance
    light: FloatArray = np.exp(log_light)
    return light


def _log_tones() -> FloatArray:
    """Log albedos (TONES, 3) along the locus."""
    place = np.linspace(0, len(SKIN_ALBEDO) - 1, TONES)
    anchors = np.arange(len(SKIN_ALBEDO))
    return np.column_stack([np.interp(place, anchors, c) for c in np.log(SKIN_ALBEDO).T])


def light_on_grey_skin(skin_luminance: float, mean_light: float) -> float:
    """`light_on_skin` for a photo without colours: luminance alone."""
    share = GREY_LIGHT_SPREAD**2 / (GREY_LIGHT_SPREAD**2 + GREY_SKIN_SPREAD**2)
    surplus = np.log(skin_luminance / (mean_light * GREY_SKIN_ALBEDO))
    return float(mean_light * np.exp(share * surplus))


def light_tint(light: FloatArray) -> FloatArray:
    """Part (3,) of the light's colour that shows on a white surface."""
    log_colour = np.log(light / (light @ REC709_LUMA))
    coolness = max(float(log_colour @ COLOUR_TEMPERATURE_AXIS), 0.0)
    excess = (WARM_STRENGTH - COOL_STRENGTH) * coolness * COLOUR_TEMPERATURE_AXIS
    tint: FloatArray = np.exp(WARM_STRENGTH * log_colour - excess)
    return tint


def white_mask_luminance(skin_luminance: float, irradiance: float, scene_white: float) -> float:
    """Linear luminance that a white mask shows on skin of the given luminance.

    Parameters
    ----------
    skin_luminance, irradiance : float
        Mean over the face, linear.
    scene_white : float
        Luminance of the brightest things in the photo; a mask does not glow
        far beyond them.
    """
    beyond = max(irradiance / BRIGHT_LIGHT, 1.0)
    wanted = irradiance * beyond ** (BEYOND_BRIGHT - 1.0) * WHITE_ALBEDO / skin_luminance
    ratio = float(np.clip(wanted, MIN_MASK_TO_SKIN, MAX_MASK_TO_SKIN))
    most = MAX_MASK_TO_SCENE * scene_white
    return min(ratio * skin_luminance, max(most, MIN_MASK_TO_SKIN * skin_luminance))


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
    linear = linear_from_srgb(scene)
    scene_white = luminance_percentile(linear, SCENE_WHITE_PERCENTILE)
    mean_light = expected_light(linear)
    if tone is Tone.COLOUR:
        light = light_on_skin(np.maximum(skin, MIN_LUMINANCE), mean_colour(linear), mean_light)
    else:
        light = np.full(3, light_on_grey_skin(luminance, mean_light))
    mask = white_mask_luminance(luminance, float(light @ REC709_LUMA), scene_white)
    between = np.sqrt(luminance * mask)
    tint = tint_at(scene, between) if tone is Tone.TONED else light_tint(light)
    colour: FloatArray = mask * tint / (tint @ REC709_LUMA)
    return colour
