"""A face that things are put before: its points, and what its photo lends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from mask3d.occluders.region import CROP_PX, face_outline
from scripts.train_occluders.shapes import FINE, Generator

NOSE_TIP, MOUTH, CHIN = 30, slice(48, 68), 8
EYES = (slice(36, 42), slice(42, 48))
JAW = slice(0, 17)


class Lent(NamedTuple):
    """Patches of photos (h, w, 3), for what is put before a face to look like."""

    skin: ByteArray
    hair: ByteArray
    picture: ByteArray


@dataclass(frozen=True, slots=True, eq=False)
class Wearer:
    """A face.

    Attributes
    ----------
    rgb : (96, 96, 3)
    points : (68, 2) fine pixels
    yaw_deg : float
    """

    rgb: ByteArray
    points: FloatArray
    yaw_deg: float

    @property
    def size(self) -> float:
        """Size of the face, fine pixels: about 16 cm."""
        return float(np.ptp(self.points, axis=0).max())

    @property
    def middle(self) -> FloatArray:
        """Where the nose meets the mouth (2,)."""
        middle: FloatArray = (self.points[33] + self.points[51]) / 2
        return middle

    @property
    def down(self) -> FloatArray:
        """Direction (2,) from the eyes to the mouth."""
        apart = self.points[MOUTH].mean(axis=0) - self.points[36:48].mean(axis=0)
        down: FloatArray = apart / max(float(np.linalg.norm(apart)), 1e-6)
        return down

    def hull(self) -> ByteArray:
        """1 (96, 96) inside the outline of the points."""
        return face_outline(self.points / FINE)

    def skin(self) -> ByteArray:
        """A patch of the nearer cheek."""
        ring = [2, 4, 48, 31, 41] if self.yaw_deg < 0 else [14, 12, 54, 35, 46]
        centre = self.points[ring].mean(axis=0) / FINE
        return self._patch(centre, 0.09 * self.size / FINE)

    def hair(self) -> ByteArray:
        """A patch above the forehead, most often of hair."""
        centre = self.points[17:27].mean(axis=0) / FINE - 0.42 * self.down * self.size / FINE
        return self._patch(centre, 0.07 * self.size / FINE)

    def light(self, draw: Generator) -> FloatArray:
        """Towards a light (3,) that is brighter on the side where the face is."""
        grey = self.rgb.mean(axis=2)
        inside = self.hull() > 0
        x, y = np.meshgrid(np.arange(CROP_PX), np.arange(CROP_PX))
        level = grey[inside] / max(float(grey[inside].mean()), 1.0)
        towards = [np.cov(axis[inside], level)[0, 1] / np.var(axis[inside]) for axis in (x, y)]
        side = np.clip(np.array(towards) * self.size / FINE, -1, 1) + 0.4 * draw.standard_normal(2)
        return np.array([side[0], side[1] - 0.3, draw.uniform(0.5, 1.2)])

    def _patch(self, centre: FloatArray, half: float) -> ByteArray:
        """Square (n, n, 3) around `centre`, kept inside the crop."""
        half = max(half, 2.0)
        low = np.clip(np.round(centre - half), 0, CROP_PX - 4).astype(int)
        high = np.clip(np.round(centre + half), low + 3, CROP_PX).astype(int)
        return self.rgb[low[1] : high[1], low[0] : high[0]]
