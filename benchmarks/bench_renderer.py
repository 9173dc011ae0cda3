"""Time of rendering and compositing a draped mask in a 450-px photo, beside decoding its JPEG.

    python -m benchmarks.bench_renderer [--rounds 30]

Every renderer that starts on this machine is timed.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.timing import compare, frontal_fit, photo
from mask3d.composite import composite_over
from mask3d.drape import drape
from mask3d.errors import RendererUnavailableError
from mask3d.lighting import estimate_lighting
from mask3d.masks import load_mask
from mask3d.mesh import Layer
from mask3d.photo import Photo
from mask3d.recipe import Recipe
from mask3d.renderer import Renderer, open_renderer

MASK = "surgical_blue"


def main() -> None:
    """Print the time of each renderer and of compositing, and their ratios to the reference."""
    renderers = _renderers()
    actions = {f"render, {renderer.name}": _rendering(renderer) for renderer in renderers}
    layer = _rendering(renderers[0])()
    plain = Photo(photo())
    compare(__doc__, {**actions, "composite_over": lambda: composite_over(layer, plain)})


def _renderers() -> list[Renderer]:
    found = [open_renderer("numba")]
    try:
        found.append(open_renderer("pyrender"))
    except RendererUnavailableError as error:
        print(error)
    return found


def _rendering(renderer: Renderer) -> Callable[[], Layer]:
    fit = frontal_fit()
    light = estimate_lighting(photo(), fit)
    meshes = drape(load_mask(MASK), fit, Recipe(MASK))
    return lambda: renderer.render(meshes, fit, light)


if __name__ == "__main__":
    main()
