"""The straps of a mask as it is worn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mask3d.arrays import FloatArray
from mask3d.mesh import Mesh
from mask3d.recipe import EARS, Wearing
from mask3d.straps.band import head_band, head_band_line
from mask3d.straps.knot import bow, knot
from mask3d.straps.loop import ear_loop, free_loop
from mask3d.straps.types import ROUND_THE_EAR, Strap, StrappedHead


def worn_straps(
    straps: Iterable[Strap], ends_mm: FloatArray, head: StrappedHead, wearing: Wearing
) -> tuple[Mesh, ...]:
    """Meshes of straps, face frame.

    Parameters
    ----------
    straps : S of them
    ends_mm : (S, 2, 2, 3)
        Where they leave the mask, strap by side (subject's left first) by end (upper first).
    head : StrappedHead
    wearing : Wearing
        Decides which loops hang free, and how taut the others are.
    """
    return tuple(
        mesh
        for strap, strap_ends_mm in zip(straps, ends_mm, strict=True)
        for mesh in _meshes(strap, strap_ends_mm, head, wearing)
    )


def _meshes(strap: Strap, ends_mm: FloatArray, head: StrappedHead, wearing: Wearing) -> list[Mesh]:
    if strap.kind in ROUND_THE_EAR:
        return [_loop(strap, ends_mm[side], side, head, wearing) for side in range(len(EARS))]
    if strap.kind == "knot":
        return knot(strap, ends_mm[:, 0], head)
    line_mm = head_band_line(strap, ends_mm[:, 0], head)
    tied = bow(strap, line_mm, head) if strap.kind == "tape" else []
    bows = [replace(mesh, is_bow=True) for mesh in tied]
    return [replace(head_band(strap, line_mm, head), is_band=True), *bows]


def _loop(
    strap: Strap, ends_mm: FloatArray, side: int, head: StrappedHead, wearing: Wearing
) -> Mesh:
    if wearing.state == "one_ear" and wearing.ear != EARS[side]:
        return free_loop(strap, ends_mm, side, head)
    return replace(ear_loop(strap, ends_mm, side, head, wearing.sag), is_loop=True)
