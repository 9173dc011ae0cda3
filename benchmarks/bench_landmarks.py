"""Time of finding a face and its 68 points in a 450-px photo, beside decoding its JPEG.

    python -m benchmarks.bench_landmarks [--rounds 30]

The photo is the astronaut portrait of scikit-image (public domain), shrunk.
"""

from __future__ import annotations

import cv2
import numpy as np
from skimage import data

from benchmarks.timing import SIDE_PX, compare
from mask3d.landmarks import open_detector


def main() -> None:
    """Print the time and its ratio to the reference."""
    rgb = cv2.resize(data.astronaut(), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    detector = open_detector("embedded")
    pixels = np.ascontiguousarray(rgb, np.uint8)
    compare(__doc__, {"detect": lambda: detector.detect(pixels)})


if __name__ == "__main__":
    main()
