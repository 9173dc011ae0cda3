"""What a script of a mask design makes."""

from __future__ import annotations

from typing import NamedTuple

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.rig import Rig


class Design(NamedTuple):
    """A design hung on the mean head.

    Attributes
    ----------
    points_mm : (N, 3) cage, face frame
    faces : (F, 3) of the cage
    rig : Rig
    layout : (H, W, 3) see `mask3d.fabric`
    """

    points_mm: FloatArray
    faces: IntArray
    rig: Rig
    layout: ByteArray
