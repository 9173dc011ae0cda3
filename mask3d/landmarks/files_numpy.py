"""Arrays of numpy, ``.npy`` or ``.npz``: one face a file, its image of the same name."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mask3d.landmarks.files_base import LandmarksFile
from mask3d.landmarks.types import Landmarks

KEYS = ("points_px", "landmarks")
"""What the points may be called in an ``.npz`` that holds more than one array."""

_MAGIC = (b"\x93NUMPY", b"PK\x03\x04")
_LOAD_ERRORS = (  # what numpy raises on broken files
    OSError, ValueError, EOFError, KeyError, MemoryError, NotImplementedError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def is_numpy(head: bytes) -> bool:
    """Whether a file that begins so is an ``.npy`` or a ``.npz``."""
    return head.startswith(_MAGIC)


def read_numpy(file: LandmarksFile) -> dict[str, list[Landmarks]]:
    """The one face of the file, by its relative path without the suffix."""
    try:
        return {file.stem: [file.face(_array(file.data), "numpy")]}
    except _LOAD_ERRORS as error:
        raise file.error(f"{error}") from error


def _array(data: bytes) -> NDArray[Any]:
    """The array of points, of any shape."""
    loaded = np.load(io.BytesIO(data), allow_pickle=False)
    array = _chosen(loaded) if isinstance(loaded, np.lib.npyio.NpzFile) else loaded
    if array.dtype.kind not in "fiu":
        raise ValueError(f"it holds {array.dtype}, expected numbers")
    return np.asarray(array)


def _chosen(archive: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """The only array of an archive, or the one named in `KEYS`."""
    names = [name for name in KEYS if name in archive] or list(archive)
    if len(names) != 1:
        found = ", ".join(archive) or "no array"
        raise ValueError(f"it holds {found}, expected one array, or one named {' or '.join(KEYS)}")
    return archive[names[0]]
