"""Ways to the same picture: a draped mask, seen through the photo's camera.

Importing this imports no OpenGL; `open_renderer` does, when it has to.
"""

from __future__ import annotations

from mask3d.errors import RendererUnavailableError
from mask3d.renderer.base import Renderer
from mask3d.renderer.numba_renderer import NumbaRenderer
from mask3d.renderer.pyrender_renderer import PyrenderRenderer

__all__ = ["RENDERERS", "NumbaRenderer", "PyrenderRenderer", "Renderer", "open_renderer"]

RENDERERS = ("auto", "pyrender", "numba")


def open_renderer(name: str = "auto") -> Renderer:
    """A renderer, ready to draw; close it after use.

    Parameters
    ----------
    name : "auto", "pyrender" or "numba"
        "auto" is pyrender where a graphics card draws, and numba elsewhere:
        OpenGL in software gives the same picture later. On one processor
        core, a mask of 20,000 triangles over a head in a photo of 256 px
        (512 px) takes numba 9 ms (22 ms) and pyrender on Mesa's llvmpipe 25 ms
        (36 ms).

    Raises
    ------
    ValueError
        `name` is none of these.
    RendererUnavailableError
        "pyrender" was asked for, and there is no OpenGL.
    """
    if name not in RENDERERS:
        raise ValueError(f"renderer is {name!r}, expected one of {', '.join(RENDERERS)}")
    if name == "pyrender":
        return PyrenderRenderer()
    if name == "auto":
        try:
            return PyrenderRenderer(hardware_only=True)
        except RendererUnavailableError:
            pass  # numba needs nothing, and draws the same
    return NumbaRenderer()
