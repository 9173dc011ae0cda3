"""Array types, and the check that every array dataclass makes of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int32]
ByteArray = NDArray[np.uint8]
Shape = tuple[int | None, ...]


def frozen_array(
    value: ArrayLike, shape: Shape, dtype: DTypeLike = np.float64, *, name: str
) -> NDArray[Any]:
    """Return `value` as a read-only C-contiguous array of `shape`.

    Parameters
    ----------
    value : array_like
    shape : tuple of int or None
        None stands for any length.
    dtype : dtype, default float64
    name : str
        Name of the field, for the error.

    Raises
    ------
    ValueError
        The shape differs, or a float is not finite.
    """
    array = np.ascontiguousarray(value, dtype=dtype)
    if array.ndim != len(shape) or any(
        want is not None and got != want for got, want in zip(array.shape, shape, strict=True)
    ):
        raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    if array.flags.writeable:
        array = array.copy() if array is value or array.base is not None else array
        array.flags.writeable = False
    return array


def freeze_fields(instance: object, fields: Mapping[str, tuple[Shape, DTypeLike]]) -> None:
    """Check fields of a frozen dataclass and replace them by read-only arrays.

    Parameters
    ----------
    instance : dataclass, from its ``__post_init__``
    fields : field name -> shape and dtype, as for `frozen_array`

    Raises
    ------
    ValueError
        A field has another shape, or a float that is not finite.
    """
    for name, (shape, dtype) in fields.items():
        array = frozen_array(getattr(instance, name), shape, dtype, name=name)
        object.__setattr__(instance, name, array)
