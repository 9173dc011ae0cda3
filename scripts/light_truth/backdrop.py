"""What stands behind a head and what it wears, made by code."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import FloatArray

# Reflectances of things are skewed to the dark (Attewell and Baddeley, The distribution of
# reflectances within the visual environment, 2007).
LOG_REFLECTANCE = (np.log(0.16), 0.8)
REFLECTANCE = (0.03, 0.9)
CHROMA_SIGMA = 0.22  # of log RGB
# Light on the background over light on the face, log: rooms, streets; a stage; a window behind.
LOG_LIGHT_SIGMA = 0.5
SCENES = ("room", "street", "stage", "window")
SCENE_SHARES = (0.45, 0.33, 0.12, 0.10)
SCENE_LIGHT = {"room": 0.75, "street": 1.2, "stage": 0.08, "window": 3.0}
THINGS = (8, 25)


def random_backdrop(side_px: int, light: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Linear light (H, W, 3) from what is behind and below the face.

    Parameters
    ----------
    side_px : int
    light : (3,) mean irradiance on the face
    rng : Generator
    """
    scene = SCENES[rng.choice(len(SCENES), p=SCENE_SHARES)]
    level = SCENE_LIGHT[scene] * np.exp(rng.normal(0.0, LOG_LIGHT_SIGMA))
    behind = np.ones((side_px, side_px, 3)) * _reflectance(rng)
    behind *= np.linspace(1.0, rng.uniform(0.4, 1.6), side_px)[:, None, None]  # lit from one end
    for _ in range(rng.integers(*THINGS)):
        _thing(behind, rng)
    if scene in {"street", "window"}:
        horizon = int(rng.uniform(0.2, 0.7) * side_px)
        behind[:horizon] = rng.uniform(0.8, 1.6) * np.array([0.95, 1.0, 1.08])
    blur_px = float(rng.uniform(0.5, 6.0))
    behind = cv2.GaussianBlur(behind, (0, 0), blur_px) * rng.normal(1.0, 0.05, behind.shape)
    lit: FloatArray = behind.clip(0.0, None) * level * light
    return _dressed(lit, light, rng)


def _reflectance(rng: np.random.Generator) -> FloatArray:
    grey = np.exp(rng.normal(*LOG_REFLECTANCE))
    rgb: FloatArray = (grey * np.exp(rng.normal(0.0, CHROMA_SIGMA, 3))).clip(*REFLECTANCE)
    return rgb


def _thing(canvas: FloatArray, rng: np.random.Generator) -> None:
    """Draw a filled ellipse or a box of some colour."""
    side = len(canvas)
    x, y = (int(c) for c in rng.integers(0, side, 2))
    width, height = (int(c) for c in rng.integers(side // 20, side // 3, 2))
    colour = _reflectance(rng).tolist()
    if rng.random() < 0.5:
        cv2.ellipse(canvas, (x, y), (width // 2, height // 2), 0, 0, 360, colour, -1)
    else:
        cv2.rectangle(canvas, (x, y), (x + width, y + height), colour, -1)


def _dressed(canvas: FloatArray, light: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw shoulders in clothes of some colour, in the light of the face."""
    side = len(canvas)
    middle, top = side / 2, rng.uniform(0.74, 0.82) * side
    half = rng.uniform(0.3, 0.5) * side
    outline = [(middle - half, side), (middle - 0.8 * half, top + 0.08 * side), (middle, top),
               (middle + 0.8 * half, top + 0.08 * side), (middle + half, side)]  # fmt: skip
    colour = (0.8 * _reflectance(rng) * light).tolist()
    cv2.fillPoly(canvas, [np.array(outline).round().astype(np.int32)], colour)
    return canvas
