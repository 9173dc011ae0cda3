"""Time of `estimate_lighting` for a face in a 450-px photo, beside decoding the same JPEG.

python -m benchmarks.bench_lighting [--rounds 30]
"""

from __future__ import annotations

from benchmarks.timing import compare, frontal_fit, photo
from mask3d.lighting import estimate_lighting


def main() -> None:
    """Print the time and its ratio to the reference."""
    rgb, fit = photo(), frontal_fit()
    compare(__doc__, {"estimate_lighting": lambda: estimate_lighting(rgb, fit)})


if __name__ == "__main__":
    main()
