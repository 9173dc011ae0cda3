"""Time of `estimate_sensor` and `develop` for a face in a 450-px photo, beside decoding its JPEG.

python -m benchmarks.bench_sensor [--rounds 30]
"""

from __future__ import annotations

import numpy as np

from benchmarks.timing import compare, frontal_fit, photo
from mask3d.develop import develop
from mask3d.drape import drape_worn
from mask3d.lighting import estimate_lighting
from mask3d.masks import load_worn
from mask3d.pipeline import choices_of
from mask3d.recipe import draw_recipe
from mask3d.renderer import open_renderer
from mask3d.sensor import estimate_sensor

MASK = "surgical_white"


def main() -> None:
    """Print the times and their ratios to the reference."""
    rgb, fit = photo(), frontal_fit()
    worn = load_worn(MASK)
    recipe = draw_recipe(choices_of({MASK: worn}), 0, "photo", 0)
    layer = open_renderer("numba").render(
        drape_worn(worn, fit, recipe), fit, estimate_lighting(rgb, fit)
    )
    sensor = estimate_sensor(rgb, fit)
    compare(
        __doc__,
        {
            "estimate_sensor": lambda: estimate_sensor(rgb, fit),
            "develop": lambda: develop(layer, sensor, np.random.default_rng(0)),
        },
    )


if __name__ == "__main__":
    main()
