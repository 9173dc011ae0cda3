"""The project's own net: a face in, the chance that something lies before each of its pixels out.

Trained by ``scripts/train_occluders``; see ``mask3d/weights/occluders.md``.
"""

from __future__ import annotations

import numpy as np

from mask3d.arrays import ByteArray, Float32Array
from mask3d.landmarks.weights import OCCLUDER_NET, embedded_weights, open_onnx
from mask3d.occluders.region import CROP_PX

MID_GREY = 127.5  # of bytes
UNLIKELY = -1.1  # log-odds of 1 to 3: the mean of two looks would be sure of hardly any of it
SUB_PIXELS = 2  # the net answers for squares of so many pixels, one channel each


class OccluderNet:
    """The net.

    Raises
    ------
    MissingWeightsError
        The embedded weights are absent or altered.
    """

    def __init__(self) -> None:
        self._net = open_onnx(embedded_weights(OCCLUDER_NET))

    def look(self, crop: ByteArray, face: ByteArray) -> Float32Array:
        """Chance (96, 96) for a crop (96, 96, 3), the mean of it and its mirror image.

        `face` (96, 96) is 1 inside the outline of the fitted face. Where the first
        look sees nothing there, the mirror image is not looked at.
        """
        seen = np.dstack([crop / MID_GREY - 1, 2.0 * face - 1]).astype(np.float32)
        log_odds = self._run(seen)
        if log_odds[face > 0].max(initial=-np.inf) > UNLIKELY:
            log_odds += self._run(seen[:, ::-1])[:, ::-1]
            log_odds /= 2
        return np.asarray(1 / (1 + np.exp(-log_odds)), np.float32)

    def _run(self, seen: Float32Array) -> Float32Array:
        """Logarithm of the odds (96, 96) for colours and face (96, 96, 4) from -1 to 1."""
        self._net.setInput(np.ascontiguousarray(seen.transpose(2, 0, 1)[None]))
        squares = self._net.forward().reshape(SUB_PIXELS, SUB_PIXELS, *[CROP_PX // SUB_PIXELS] * 2)
        return np.asarray(squares.transpose(2, 0, 3, 1).reshape(CROP_PX, CROP_PX), np.float32)
