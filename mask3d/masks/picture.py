"""Pictures that a mask is printed with."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mask3d.arrays import ByteArray
from mask3d.image_io import read_photo


def read_rgba(path: Path) -> ByteArray:
    """A picture (H, W, 4) sRGB with its opacity, opaque where it has none of its own.

    Raises
    ------
    UnreadableImageError
        It is missing or no image.
    """
    photo = read_photo(path)
    alpha = np.full(photo.rgb.shape[:2], 255, np.uint8) if photo.alpha is None else photo.alpha
    return np.dstack([photo.rgb, alpha])
