"""Time of rendering and compositing a draped mask in a 450-px photo, beside decoding its JPEG.

    python -m benchmarks.bench_renderer [--rounds 30]

Every renderer that starts on this machine is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.timing import compare, frontal_fit, photo
from mask3d.composite import composite_over
from mask3d.drape import drape
from mask3d.errors import RendererUnavailableError
from mask3d.lighting import estimate_lighting
from mask3d.masks import load_mask
from mask3d.material import Material, opaque
from mask3d.mesh import Layer, Mesh
from mask3d.photo import Photo
from mask3d.recipe import Recipe
from mask3d.renderer import Renderer, open_renderer

MASK = "surgical_blue"
Change = Callable[[Material], Material]


def _flat(material: Material) -> Material:
    return opaque(material.albedo[..., :3])


def _clear(material: Material) -> Material:
    faint = np.full_like(material.albedo[..., 3:], 10)
    albedo = np.concatenate([material.albedo[..., :3], faint], axis=2)
    return Material(albedo, gloss=0.045, roughness=0.1)


MATERIALS: dict[str, Change] = {
    "as sold": lambda material: material,
    "flat": _flat,
    "relief": lambda material: replace(material, gloss=0.0),
    "gloss": lambda material: replace(_flat(material), gloss=0.045, roughness=0.25),
    "clear": _clear,
}


def main() -> None:
    """Print the time of each renderer and of compositing, and their ratios to the reference."""
    renderers = _renderers()
    actions = {
        f"{renderer.name}, {kind}": _rendering(renderer, change)
        for renderer in renderers
        for kind, change in MATERIALS.items()
    }
    layer = actions["numba, as sold"]()
    plain = Photo(photo())
    compare(__doc__, {**actions, "composite_over": lambda: composite_over(layer, plain)})


def _renderers() -> list[Renderer]:
    found = [open_renderer("numba")]
    try:
        found.append(open_renderer("pyrender"))
    except RendererUnavailableError as error:
        print(error)
    return found


def _rendering(renderer: Renderer, change: Change) -> Callable[[], Layer]:
    fit = frontal_fit()
    light = estimate_lighting(photo(), fit)
    worn = drape(load_mask(MASK), fit, Recipe(MASK))
    meshes = [_made_of(mesh, change(mesh.material)) for mesh in worn]
    return lambda: renderer.render(meshes, fit, light)


def _made_of(mesh: Mesh, material: Material) -> Mesh:
    return Mesh(mesh.vertices_mm, mesh.normals, mesh.faces, mesh.uv, mesh.occlusion, material)


if __name__ == "__main__":
    main()
