"""Vectors of three numbers in kernels: tuples, which need no memory."""

from __future__ import annotations

from typing import TypeAlias

from mask3d.arrays import FloatArray
from mask3d.jit import inlined

Vector: TypeAlias = tuple[float, float, float]
Triple: TypeAlias = Vector | FloatArray


@inlined
def minus(a: Triple, b: Triple) -> Vector:
    """a - b."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


@inlined
def along(a: Triple, b: Triple, share: float) -> Vector:
    """a + share * b."""
    return (a[0] + share * b[0], a[1] + share * b[1], a[2] + share * b[2])


@inlined
def dot(a: Triple, b: Triple) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@inlined
def cross(a: Triple, b: Triple) -> Vector:
    """Vector product."""
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )
