"""What is drawn before a face: colour and cover of every pixel, and round bodies in light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray
from mask3d.occluders.region import CROP_PX

FINE = 2  # drawn so many times finer than the crop, then averaged down
SIDE_PX = FINE * CROP_PX
MAX_SLOPE = 1.5  # where a body ends or one lies on another
Generator = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """Something in front of the face.

    Attributes
    ----------
    rgb : (S, S, 3) 0..1, encoded
    cover : (S, S) 0..1, what of the face is hidden
    """

    rgb: Float32Array
    cover: Float32Array


class Relief:
    """Height above the paper of bodies made of capsules, fine pixels; 0 where there is none."""

    def __init__(self) -> None:
        self.height: Float32Array = np.zeros((SIDE_PX, SIDE_PX), np.float32)

    @property
    def cover(self) -> Float32Array:
        """1 (S, S) where there is a body."""
        return (self.height > 0).astype(np.float32)

    def add_capsule(
        self, start: FloatArray, end: FloatArray, radii: tuple[float, float], lift: float = 0.0
    ) -> None:
        """A rod with round ends from `start` to `end`, `radii` there, raised by `lift`."""
        widest = max(radii)
        low = np.clip(np.floor(np.minimum(start, end) - widest), 0, SIDE_PX).astype(int)
        high = np.clip(np.ceil(np.maximum(start, end) + widest) + 1, 0, SIDE_PX).astype(int)
        if (low >= high).any():
            return
        x = np.arange(low[0], high[0], dtype=np.float32)[None, :] - np.float32(start[0])
        y = np.arange(low[1], high[1], dtype=np.float32)[:, None] - np.float32(start[1])
        along = (end - start).astype(np.float32)
        share = np.clip((x * along[0] + y * along[1]) / max(float(along @ along), 1e-6), 0, 1)
        radius = radii[0] + (radii[1] - radii[0]) * share
        square = radius**2 - (x - share * along[0]) ** 2 - (y - share * along[1]) ** 2
        height = np.where(square > 0, np.sqrt(np.maximum(square, 0)) + lift, 0)
        part = self.height[low[1] : high[1], low[0] : high[0]]
        np.maximum(part, height, out=part)


def shaded(height: Float32Array, light: FloatArray, ambient: float) -> Float32Array:
    """Brightness (S, S) of a body of that height under a light (3,): x right, y down, z near."""
    smooth = cv2.GaussianBlur(height, (0, 0), 1.0)
    across = np.clip(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8), -MAX_SLOPE, MAX_SLOPE)
    down = np.clip(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8), -MAX_SLOPE, MAX_SLOPE)
    facing = (-across * light[0] - down * light[1] + light[2]) / np.sqrt(across**2 + down**2 + 1)
    brightness = ambient + (1 - ambient) * np.maximum(facing, 0) / np.linalg.norm(light)
    return np.asarray(brightness, np.float32)


def from_picture(rgb: ByteArray, draw: Generator) -> Float32Array:
    """Texture (S, S, 3) out of a part of a picture, turned and mirrored at random."""
    side = min(rgb.shape[:2])
    size = int(draw.integers(max(side // 4, 2), side + 1))
    y, x = (int(draw.integers(0, length - size + 1)) for length in rgb.shape[:2])
    part = np.rot90(rgb[y : y + size, x : x + size], int(draw.integers(0, 4)))
    part = part[:, :: int(draw.choice([-1, 1]))]
    large = cv2.resize(np.ascontiguousarray(part), (SIDE_PX, SIDE_PX))
    return np.asarray(large / 255, np.float32)


def smooth_noise(cells: int, draw: Generator) -> Float32Array:
    """Noise (S, S) of standard deviation near 1 with `cells` bumps along a side."""
    coarse = draw.standard_normal((cells, cells)).astype(np.float32)
    noise = cv2.resize(coarse, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
    return np.asarray(noise, np.float32)


def plain(colour: FloatArray) -> Float32Array:
    """One colour (S, S, 3)."""
    return np.full((SIDE_PX, SIDE_PX, 3), colour, np.float32)


def random_colour(draw: Generator) -> FloatArray:
    """Black, white and grey as often as all the rest."""
    grey = draw.choice([draw.uniform(0.02, 0.2), draw.uniform(0.2, 0.8), draw.uniform(0.8, 1.0)])
    tint = draw.uniform(0.0, 1.0, 3) if draw.random() < 0.5 else np.full(3, grey)
    return np.asarray(np.clip(tint, 0.02, 0.98), np.float64)


def unit(angle_rad: float) -> FloatArray:
    """Direction (2,) in the picture."""
    return np.array([np.cos(angle_rad), np.sin(angle_rad)])
