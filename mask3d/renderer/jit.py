"""How kernels are compiled.

Compiled kernels are kept on disk, and numba compiles one again only when its
own file has changed. So a kernel takes everything from elsewhere, constants
too, as an argument: what it imported would stay the old one for ever.
"""

from __future__ import annotations

from numba import njit

# error_model: division by zero gives inf, as in numpy, instead of a check at each division
kernel = njit(cache=True, nogil=True, error_model="numpy")
# A part of a kernel, copied into it: a call would hand over every array field by field, which
# costs a sixth of the time of shading.
inlined = njit(cache=True, nogil=True, error_model="numpy", inline="always")
