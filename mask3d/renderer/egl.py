"""OpenGL without a display through libEGL: a GPU, or Mesa's software where there is none.

By ctypes alone. PyOpenGL cannot be asked whether there is an EGL: importing it
binds the whole process to one, and ``OpenGL.EGL`` fails in some set-ups.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator

POINTER = ctypes.c_void_p
# EGL/egl.h and EGL/eglext.h of the Khronos registry
EGL_NONE = 0x3038
EGL_EXTENSIONS = 0x3055
EGL_SURFACE_TYPE, EGL_PBUFFER_BIT = 0x3033, 0x0001
EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT = 0x3040, 0x0008
EGL_CONTEXT_MAJOR_VERSION, EGL_CONTEXT_MINOR_VERSION = 0x3098, 0x30FB
EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT = 0x30FD, 0x0001
EGL_OPENGL_API = 0x30A2
EGL_PLATFORM_DEVICE_EXT = 0x313F
MAX_DEVICES = 64


class EglLibrary:
    """Contexts on one device of libEGL.

    Parameters
    ----------
    egl, gl : loaded libEGL and libOpenGL (or libGL)
    display : initialised EGLDisplay

    Attributes
    ----------
    name : ``EGL``
    gl : library with the functions of OpenGL
    """

    name = "EGL"

    def __init__(self, egl: ctypes.CDLL, gl: ctypes.CDLL, display: int) -> None:
        self.gl = gl
        self._egl, self._display = egl, display

    def create_context(self) -> int:
        """Address of a new OpenGL 4.0 core context, 0 where the device has none."""
        wanted = (EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE)
        attributes = (
            *(EGL_CONTEXT_MAJOR_VERSION, 4, EGL_CONTEXT_MINOR_VERSION, 0),
            *(EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE),
        )
        config, count = POINTER(), ctypes.c_int()
        self._egl.eglBindAPI(EGL_OPENGL_API)
        found = self._egl.eglChooseConfig(
            self._display, _ints(*wanted), ctypes.byref(config), 1, ctypes.byref(count)
        )
        if not found or count.value < 1:
            return 0
        return self._egl.eglCreateContext(self._display, config, None, _ints(*attributes)) or 0

    def make_current(self, context: int) -> bool:
        """Draw into `context` from now on; False where that fails."""
        self._egl.eglBindAPI(EGL_OPENGL_API)
        return bool(self._egl.eglMakeCurrent(self._display, None, None, context))

    def current_context(self) -> int:
        """Address of the context that is current, 0 without one."""
        return self._egl.eglGetCurrentContext() or 0

    def destroy_context(self, context: int) -> None:
        """Free `context`, and leave the display alone: other renderers of the process share it."""
        if self.current_context() == context:
            self._egl.eglMakeCurrent(self._display, None, None, None)
        self._egl.eglDestroyContext(self._display, context)

    def function_address(self, name: bytes) -> int | None:
        """Address of an OpenGL function."""
        address: int | None = self._egl.eglGetProcAddress(name)
        return address


def egl_libraries(hardware_only: bool) -> Iterator[EglLibrary]:
    """One library for each device of libEGL, in its order; none where there is no libEGL.

    The environment variable EGL_DEVICE_ID (index) narrows it to one device.
    """
    egl, gl = _load("libEGL.so.1"), _load("libOpenGL.so.0") or _load("libGL.so.1")
    if egl is None or gl is None:
        return
    _declare(egl)
    only = os.environ.get("EGL_DEVICE_ID")
    for index, device in enumerate(_devices(egl)):
        if only not in (None, "", str(index)) or (hardware_only and _is_software(egl, device)):
            continue
        get_display = _extension(egl, b"eglGetPlatformDisplayEXT", POINTER)
        display = get_display(EGL_PLATFORM_DEVICE_EXT, POINTER(device), None) if get_display else 0
        if display and egl.eglInitialize(display, None, None):
            yield EglLibrary(egl, gl, display)


def _load(name: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None


def _declare(egl: ctypes.CDLL) -> None:
    """Tell ctypes what is a pointer; it takes everything for a 32-bit int otherwise."""
    egl.eglGetProcAddress.restype = POINTER
    egl.eglGetProcAddress.argtypes = [ctypes.c_char_p]
    egl.eglInitialize.argtypes = [POINTER, POINTER, POINTER]
    egl.eglChooseConfig.argtypes = [POINTER, POINTER, POINTER, ctypes.c_int, POINTER]
    egl.eglCreateContext.restype = POINTER
    egl.eglCreateContext.argtypes = [POINTER, POINTER, POINTER, POINTER]
    egl.eglMakeCurrent.argtypes = [POINTER, POINTER, POINTER, POINTER]
    egl.eglDestroyContext.argtypes = [POINTER, POINTER]
    egl.eglGetCurrentContext.restype = POINTER


def _devices(egl: ctypes.CDLL) -> list[int]:
    query = _extension(egl, b"eglQueryDevicesEXT", ctypes.c_uint)
    devices, count = (POINTER * MAX_DEVICES)(), ctypes.c_int()
    if query is None or not query(MAX_DEVICES, devices, ctypes.byref(count)):
        return []
    return [address for address in devices[: count.value] if address]


def _is_software(egl: ctypes.CDLL, device: int) -> bool:
    query = _extension(egl, b"eglQueryDeviceStringEXT", ctypes.c_char_p)
    extensions: bytes = (query(POINTER(device), EGL_EXTENSIONS) if query else None) or b""
    return b"EGL_MESA_device_software" in extensions


def _extension(egl: ctypes.CDLL, name: bytes, result: type) -> ctypes._CFunctionType | None:
    address = egl.eglGetProcAddress(name)
    return ctypes.CFUNCTYPE(result)(address) if address else None


def _ints(*values: int) -> ctypes.Array[ctypes.c_int]:
    return (ctypes.c_int * len(values))(*values)
