"""Ways to the same picture: a draped mask, seen through the photo's camera.

Nothing here imports OpenGL before `open_renderer` is asked for it.
"""

from __future__ import annotations

from mask3d.renderer.base import Renderer
from mask3d.renderer.numba_renderer import NumbaRenderer

__all__ = ["NumbaRenderer", "Renderer", "open_renderer"]


def open_renderer(name: str = "auto") -> Renderer:
    """A renderer, ready to draw; close it after use.

    Parameters
    ----------
    name : "auto" or "numba"

    Raises
    ------
    ValueError
        `name` is none of these.
    """
    if name in ("auto", "numba"):
        return NumbaRenderer()
    raise ValueError(f"renderer is {name!r}, expected 'auto' or 'numba'")
