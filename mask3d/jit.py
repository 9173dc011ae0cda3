"""How kernels are compiled.

Compiled kernels are kept on disk, and numba compiles one again only when its
own file has changed. So a kernel takes constants from elsewhere as arguments:
what it imported would stay the old one for ever. Who changes a kernel that
another file's kernels call (`mask3d.contact.skin_at`) deletes the cached ones,
as ``scripts/check`` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

# A part of a kernel, copied into it: a call would hand over every array field by field, which
# costs a sixth of the time of shading.
inlined = njit(nogil=True, error_model="numpy", inline="always")


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` at its first call, and keep the result where a folder can be written.

    Division by zero gives inf, as in numpy, instead of a check at each division.
    """
    try:
        compiled = njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # neither the package's folder nor the user's takes a file
        compiled = njit(nogil=True, error_model="numpy")(function)
    result: Callable[..., Any] = compiled
    return result
