"""One photo of known light: a head is lit, seen, exposed and stored as a camera does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.colour import REC709_LUMA, srgb_from_linear
from mask3d.face import FaceFit
from scripts.light_truth.backdrop import random_backdrop
from scripts.light_truth.complexion import TONES, random_complexion
from scripts.light_truth.heads import fitted, true_head
from scripts.light_truth.lights import Kind, Lights, random_lights
from scripts.light_truth.paint import painted
from scripts.light_truth.surface import Surface, is_lit, visible_surface

KIND_OF: tuple[Kind, ...] = ("one", "one", "soft", "soft", "flash")  # of every five heads
# What an exposure aims at: luminance of the whole photo, of the face, or what white paper beside
# the face would show. Cameras do something between the three.
GREY_WORLD, FACE_LEVEL, WHITE_LEVEL = 0.18, 0.28, 0.85
EXPOSURE_SIGMA = 0.35  # of log light, about that
# Fresnel at right angles and exponent of the highlights of skin (Weyrich et al., Analysis of Human
# Faces using a Measurement-Based Skin Reflectance Model, 2006).
SKIN_SPECULAR, SKIN_SHININESS = 0.028, 18.0
BLUR_PX = (0.4, 1.2)
NOISE_SIGMA = 3 / 255  # encoded
JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True, eq=False)
class TruePhoto:
    """A photo, what would be known of it, and the truth.

    Attributes
    ----------
    rgb : (H, W, 3)
    fit : FaceFit to jittered landmarks
    head : FaceFit, the true one
    lights : Lights, of strengths relative to a photo white of 1
    tone : of the skin, 0 the lightest
    """

    rgb: ByteArray
    fit: FaceFit
    head: FaceFit
    lights: Lights
    tone: int


def true_photo(seed: int, number: int) -> TruePhoto:
    """Photo `number` of a seed; kinds of light and tones of skin take turns."""
    rng = np.random.default_rng([seed, number])
    kind = KIND_OF[number % len(KIND_OF)]
    tone = number // len(KIND_OF) % TONES
    head = true_head(rng)
    lights = random_lights(kind, rng)
    surface = visible_surface(head)
    albedo = painted(head, surface, random_complexion(tone, rng), rng)
    face = _reflected(head, surface, albedo, lights, rng)
    light_on_face = lights.irradiance(surface.normals_cam).mean(axis=0)
    linear = random_backdrop(len(surface.seen), light_on_face, rng)
    exposure = _exposure(linear, face, light_on_face, rng)
    linear[surface.seen] = face
    exposed = replace(lights, strength=lights.strength * exposure, room=lights.room * exposure)
    return TruePhoto(_stored(linear * exposure, rng), fitted(head, rng), head, exposed, tone)


def _reflected(
    head: FaceFit,
    surface: Surface,
    albedo: FloatArray,
    lights: Lights,
    rng: np.random.Generator,
) -> FloatArray:
    """Linear light (N, 3) that the head's pixels send to the camera, with its own shadows."""
    normals, points = surface.normals_cam, surface.points_cam_mm
    to_viewer = -points / np.linalg.norm(points, axis=1, keepdims=True)
    light = albedo * lights.from_room(normals)
    for towards, strength in zip(*lights.rays(rng), strict=True):
        facing = np.maximum(normals @ towards, 0.0) * is_lit(head, points, towards)
        half = towards + to_viewer
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        shine = SKIN_SPECULAR * (SKIN_SHININESS + 8) / 8 * np.maximum(
            np.einsum("nd,nd->n", normals, half), 0.0
        ) ** SKIN_SHININESS  # fmt: skip
        light += facing[:, None] * strength * (albedo + shine[:, None])
    return light


def _exposure(
    scene: FloatArray, face: FloatArray, light: FloatArray, rng: np.random.Generator
) -> float:
    """Factor that some mixture of meters asks for."""
    luminance = scene @ REC709_LUMA
    whole = np.minimum(luminance, 4 * np.median(luminance)).mean()
    seen = np.array([whole, (face @ REC709_LUMA).mean(), light @ REC709_LUMA])
    factors = np.array([GREY_WORLD, FACE_LEVEL, WHITE_LEVEL]) / seen
    shares = rng.dirichlet(np.ones(len(factors)))
    return float(np.exp(shares @ np.log(factors) + rng.normal(0.0, EXPOSURE_SIGMA)))


def _stored(linear: FloatArray, rng: np.random.Generator) -> ByteArray:
    """The photo after lens, sensor and JPEG."""
    blurred = cv2.GaussianBlur(linear, (0, 0), float(rng.uniform(*BLUR_PX)))
    encoded = srgb_from_linear(blurred.clip(0.0, 1.0))
    noisy = (encoded + rng.normal(0.0, NOISE_SIGMA, encoded.shape)).clip(0.0, 1.0)
    pixels = np.round(noisy * 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    jpeg = cv2.imencode(".jpg", pixels[..., ::-1], quality)[1]
    decoded = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])
