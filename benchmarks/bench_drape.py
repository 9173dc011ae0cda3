"""Time of draping each design over a head, beside decoding a 450-px JPEG.

python -m benchmarks.bench_drape [--rounds 30]
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.timing import compare, frontal_fit
from mask3d.drape import drape
from mask3d.masks import list_masks, load_mask
from mask3d.recipe import Recipe


def main() -> None:
    """Print the time of each design and its ratio to the reference."""
    compare(__doc__, {name: _draping(name) for name in _one_of_each_design()})


def _one_of_each_design() -> list[str]:
    return list({load_mask(name).design_name: name for name in list_masks()}.values())


def _draping(name: str) -> Callable[[], object]:
    mask, fit, recipe = load_mask(name), frontal_fit(), Recipe(name)
    return lambda: drape(mask, fit, recipe)


if __name__ == "__main__":
    main()
