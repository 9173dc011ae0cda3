"""OpenGL in software through OSMesa, the system's or that of a wheel.

The wheel `lavavu-osmesa` holds libOSMesa of Mesa 23.1; the package `lavavu`
in it is never imported.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

POINTER = ctypes.c_void_p
# GL/osmesa.h and GL/gl.h
OSMESA_FORMAT, OSMESA_RGBA, OSMESA_DEPTH_BITS = 0x22, 0x1908, 0x30
OSMESA_PROFILE, OSMESA_CORE_PROFILE = 0x33, 0x34
OSMESA_CONTEXT_MAJOR_VERSION, OSMESA_CONTEXT_MINOR_VERSION = 0x36, 0x37
GL_UNSIGNED_BYTE = 0x1401

SYSTEM_NAMES = ("libOSMesa.so.8", "libOSMesa.so.6")
WHEEL = "lavavu-osmesa"
# each needs those before it, and the wheel has no search path in it to find them by
WHEEL_NAMES = (
    *("libffi", "libtinfo", "libzstd", "libpcre2", "libselinux"),
    *("libdrm", "libglapi", "libLLVM", "libOSMesa"),
)
UNUSED_PX = 8  # side of the window that OSMesa wants to have; all drawing goes to framebuffers


class OsmesaLibrary:
    """Contexts of libOSMesa.

    Parameters
    ----------
    gl : loaded libOSMesa

    Attributes
    ----------
    name : ``OSMesa``
    gl : library with the functions of OpenGL
    """

    name = "OSMesa"

    def __init__(self, gl: ctypes.CDLL) -> None:
        self.gl = gl
        self._window = (ctypes.c_ubyte * (4 * UNUSED_PX * UNUSED_PX))()
        gl.OSMesaCreateContextAttribs.restype = POINTER
        gl.OSMesaCreateContextAttribs.argtypes = [POINTER, POINTER]
        gl.OSMesaMakeCurrent.restype = ctypes.c_ubyte
        gl.OSMesaMakeCurrent.argtypes = [
            POINTER,
            POINTER,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_int,
        ]
        gl.OSMesaGetCurrentContext.restype = POINTER
        gl.OSMesaDestroyContext.argtypes = [POINTER]
        gl.OSMesaGetProcAddress.restype = POINTER
        gl.OSMesaGetProcAddress.argtypes = [ctypes.c_char_p]

    def create_context(self) -> int:
        """Address of a new OpenGL 4.0 core context, 0 where that fails."""
        attributes = (
            *(OSMESA_FORMAT, OSMESA_RGBA, OSMESA_DEPTH_BITS, 24),
            *(OSMESA_PROFILE, OSMESA_CORE_PROFILE),
            *(OSMESA_CONTEXT_MAJOR_VERSION, 4, OSMESA_CONTEXT_MINOR_VERSION, 0, 0, 0),
        )
        values = (ctypes.c_int * len(attributes))(*attributes)
        return self.gl.OSMesaCreateContextAttribs(values, None) or 0

    def make_current(self, context: int) -> bool:
        """Draw into `context` from now on; False where that fails."""
        side = UNUSED_PX
        return bool(self.gl.OSMesaMakeCurrent(context, self._window, GL_UNSIGNED_BYTE, side, side))

    def current_context(self) -> int:
        """Address of the context that is current, 0 without one."""
        return self.gl.OSMesaGetCurrentContext() or 0

    def destroy_context(self, context: int) -> None:
        """Free `context`."""
        self.gl.OSMesaDestroyContext(context)

    def function_address(self, name: bytes) -> int | None:
        """Address of an OpenGL function."""
        address: int | None = self.gl.OSMesaGetProcAddress(name)
        return address


def osmesa_libraries() -> Iterator[OsmesaLibrary]:
    """The system's OSMesa and the wheel's, as far as there are any."""
    for load in (_load_system, _load_wheel):
        library = load()
        # OSMesa of before 2015 cannot make a core context
        if library is not None and hasattr(library, "OSMesaCreateContextAttribs"):
            yield OsmesaLibrary(library)


def _load_system() -> ctypes.CDLL | None:
    for name in SYSTEM_NAMES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _load_wheel() -> ctypes.CDLL | None:
    library = None
    try:
        for stem in WHEEL_NAMES:
            library = ctypes.CDLL(str(_wheel_file(stem)))
    except (OSError, FileNotFoundError):
        return None
    return library


def _wheel_file(stem: str) -> Path:
    try:
        files = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError as error:
        raise FileNotFoundError(WHEEL) from error
    for file in files:
        if file.name.startswith(stem) and file.parent.name == "lavavu_osmesa.libs":
            return Path(str(file.locate()))
    raise FileNotFoundError(f"{stem} of {WHEEL}")
