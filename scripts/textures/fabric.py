"""What a script of a fabric makes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mask3d.arrays import ByteArray, FloatArray

NEUTRAL = 128  # see `mask3d.fabric.tiles`


class FabricPicture(NamedTuple):
    """One repeat of a fabric.

    Attributes
    ----------
    shade : (N, N) factor of the colour; its mean is made 1
    height : (N, N) of any scale; made to fill 0..1
    undyed : (N, N) share of threads without dye, or 0
    """

    shade: FloatArray
    height: FloatArray
    undyed: FloatArray | float = 0.0

    def rgb(self) -> ByteArray:
        """The picture (N, N, 3) as the fabric's file holds it."""
        shade = NEUTRAL * self.shade / self.shade.mean()
        reach = np.ptp(self.height)
        height = (self.height - self.height.min()) / (reach if reach else 1.0)
        undyed = np.broadcast_to(self.undyed, shade.shape)
        channels = np.stack([shade, 255.0 * height, 255.0 * undyed], axis=2)
        rgb: ByteArray = np.round(np.clip(channels, 0, 255)).astype(np.uint8)
        return rgb
