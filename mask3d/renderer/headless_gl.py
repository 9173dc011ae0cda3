"""Start OpenGL, PyOpenGL and pyrender on a machine without a display.

`start_gl` finds a library; only after it may ``OpenGL`` and ``pyrender`` be
imported. PyOpenGL binds a process to one library for good.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from types import ModuleType
from typing import Protocol

from mask3d.errors import RendererUnavailableError
from mask3d.renderer.egl import egl_libraries
from mask3d.renderer.osmesa import osmesa_libraries

PLATFORM = "mask3d"  # name of our plug-in in PyOpenGL
GL_RENDERER = 0x1F01
SOFTWARE_DEVICES = ("llvmpipe", "softpipe", "swrast", "software rasterizer")
REMEDY = (
    "use --renderer numba, which needs no OpenGL, or install one: libegl1 libopengl0 and the "
    "driver of the GPU (or libgl1-mesa-dri) with apt, or pip install mask3d[softgl]"
)


class GlLibrary(Protocol):
    """A library that makes OpenGL contexts without a display."""

    name: str
    gl: ctypes.CDLL

    def create_context(self) -> int:
        """Address of a new OpenGL 4.0 core context, 0 where that fails."""
        ...

    def make_current(self, context: int) -> bool:
        """Draw into `context` from now on; False where that fails."""
        ...

    def current_context(self) -> int:
        """Address of the context that is current, 0 without one."""
        ...

    def destroy_context(self, context: int) -> None:
        """Free `context`."""
        ...

    def function_address(self, name: bytes) -> int | None:
        """Address of an OpenGL function."""
        ...


@dataclass(frozen=True, slots=True)
class StartedGl:
    """What this process draws with.

    Attributes
    ----------
    library : GlLibrary
    device : name of the graphics card or of the software
    """

    library: GlLibrary
    device: str

    @property
    def is_software(self) -> bool:
        """Whether a processor, not a graphics card, does the drawing."""
        return any(word in self.device.lower() for word in SOFTWARE_DEVICES)


_started: list[StartedGl] = []  # at most one, for the life of the process


def gl_library() -> GlLibrary:
    """The library of `start_gl`, for those that come after it."""
    return _started[0].library


def start_gl(hardware_only: bool = False) -> StartedGl:
    """Find a library that draws, and make PyOpenGL and pyrender ready to import.

    EGL with a graphics card comes first, then EGL in software, the system's
    OSMesa, and that of the wheel `lavavu-osmesa`.

    Parameters
    ----------
    hardware_only : bool, default False
        Take no software.

    Raises
    ------
    RendererUnavailableError
        There is none, or PyOpenGL is already bound to another.
    """
    if not _started:
        if "OpenGL.platform" in sys.modules:
            raise RendererUnavailableError(
                "PyOpenGL was imported before and is bound to another platform",
                "open the renderer before anything imports OpenGL, or use --renderer numba",
            )
        _started.append(_first_that_draws(hardware_only))
        _prepare_imports()
    if hardware_only and _started[0].is_software:
        raise RendererUnavailableError("this process draws with software OpenGL", REMEDY)
    return _started[0]


def _first_that_draws(hardware_only: bool) -> StartedGl:
    candidates: Iterator[GlLibrary] = egl_libraries(hardware_only=True)
    if not hardware_only:
        candidates = chain(candidates, egl_libraries(hardware_only=False), osmesa_libraries())
    for library in candidates:
        started = StartedGl(library, _device_name(library))
        if started.device and not (hardware_only and started.is_software):
            return started
    kind = "graphics card" if hardware_only else "library"
    raise RendererUnavailableError(f"no {kind} with OpenGL 4.0 was found", REMEDY)


def _device_name(library: GlLibrary) -> str:
    """GL_RENDERER of a context made for the question, empty where none can be made."""
    context = library.create_context()
    if not context:
        return ""
    name = b""
    if library.make_current(context):
        address = library.function_address(b"glGetString") or 0
        name = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_uint)(address)(GL_RENDERER) or b""
    library.destroy_context(context)
    return name.decode(errors="replace")


def _prepare_imports() -> None:
    """Bind PyOpenGL to our plug-in and mend what keeps pyrender 0.1.45 from starting."""
    from OpenGL.plugins import FormatHandler, PlatformPlugin  # noqa: PLC0415  loads nothing yet

    PlatformPlugin(PLATFORM, "mask3d.renderer.opengl_platform.LoadedPlatform")
    # PyOpenGL 3.1.0 does not know what Python >= 3.12 calls a ctypes.byref()
    FormatHandler.by_name("ctypesparameter").check.append("_ctypes.CArgObject")
    before = os.environ.get("PYOPENGL_PLATFORM")
    os.environ["PYOPENGL_PLATFORM"] = PLATFORM
    try:
        import_module("OpenGL.platform")  # reads the variable
    finally:
        if before is None:
            del os.environ["PYOPENGL_PLATFORM"]
        else:
            os.environ["PYOPENGL_PLATFORM"] = before
    # the viewer imports pyglet, which wants X11 and libGL; nothing here opens a window
    viewer = ModuleType("pyrender.viewer")
    viewer.Viewer = None  # type: ignore[attr-defined]
    sys.modules.setdefault("pyrender.viewer", viewer)
