"""PyOpenGL on the library that `headless_gl` found: its platform plug-in.

PyOpenGL brings plug-ins for EGL and OSMesa of its own, which look for the
libraries by themselves, do not know those of a wheel, and hand out contexts
that never compare equal, so that everything kept per context piles up.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, ClassVar

from OpenGL.platform.baseplatform import BasePlatform

from mask3d.renderer.headless_gl import gl_library


class LoadedPlatform(BasePlatform):  # type: ignore[misc]  # PyOpenGL has no types
    """The names that PyOpenGL asks a platform for."""

    EXPORTED_NAMES: ClassVar[list[str]] = BasePlatform.EXPORTED_NAMES
    DEFAULT_FUNCTION_TYPE = staticmethod(ctypes.CFUNCTYPE)
    GLU = GLUT = GLE = None

    @property
    def GL(self) -> ctypes.CDLL:  # noqa: N802  PyOpenGL's name
        """The library with the functions of OpenGL 1.1 and later."""
        return gl_library().gl

    @property
    def GetCurrentContext(self) -> Callable[[], int]:  # noqa: N802
        """Address of the current context, as an int that compares equal to itself."""
        return gl_library().current_context

    @property
    def CurrentContextIsValid(self) -> Callable[[], int]:  # noqa: N802
        """The same: 0 is none."""
        return gl_library().current_context

    @property
    def getExtensionProcedure(self) -> Callable[[bytes], Any]:  # noqa: N802
        """Address of a function that the library does not export by name."""
        return gl_library().function_address
