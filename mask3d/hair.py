"""Bands run over the hair that the photo shows, and below what hangs over the neck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import transform
from mask3d.face import FaceFit
from mask3d.mesh import Mesh
from mask3d.skin import averaged_colours, face_box
from mask3d.strap_line import StrapLine, cut, line_of, passes, way_mm_of

BARE = 0.5  # likeness to skin, from which on a strap is seen over it
EVEN_RINGS = 7  # of a strap, over which the skin below it is averaged
MAX_HAIR_MM = 30  # beyond the bald head; what goes on farther is not known to be hair
LEAST_HAIR_MM = 2.0
LASTING_MM = 6  # the photo is something else for as long where the hair ends
KNOWN_MM = 12  # inside the bald head's outline, where the colour of the hair is read
ASIDE_MM = np.arange(-3.0, 4.0)  # along the outline, averaged over
MIN_CHANGE = 0.1  # of encoded colours; and
CHANGE_SIGMAS = 3.0  # of what is seen of the hair itself: what differs more is no hair
LEFT_UNDER = 0.85  # share of the hair's thickness, that a band does not press in
STEEPEST = 0.6  # rise of a band over its way

SkinOf = Callable[[FloatArray], FloatArray]
"""How far (N,) the photo shows skin at points (N, 2) of the head."""


def bands_and_hair(
    meshes: Sequence[Mesh], fit: FaceFit, rgb: ByteArray, skin_of: SkinOf
) -> list[Mesh]:
    """`meshes` (face frame), of whose head bands a photo (H, W, 3) shows what is left.

    Above the ears a band lies on the hair, as far off the bald head as hair is seen to
    reach beyond its outline. Below them it ends where the skin of the neck does: hair or
    a collar hides the rest. Either hides the bow of a tape as well.
    """
    lines = [line_of(mesh, fit) for mesh in meshes if mesh.is_band]
    if not lines:
        return list(meshes)
    ends = np.cumsum([len(line.points_px) for line in lines])[:-1]
    skin = np.split(skin_of(np.concatenate([line.points_px for line in lines])), ends)
    seen = zip(lines, skin, strict=True)
    shown: list[Mesh] = []
    is_whole = True
    for mesh in meshes:
        if mesh.is_band:
            shown.append(_worn(mesh, *next(seen), fit, rgb))
            is_whole = shown[-1] is mesh
        elif is_whole or not mesh.is_bow:
            shown.append(mesh)
    return shown


def not_skin(skin: FloatArray) -> FloatArray:
    """How far (R,) something else is seen at rings of a strap than skin (R,); negative: skin."""
    found: FloatArray = BARE - uniform_filter1d(skin, EVEN_RINGS, mode="nearest")
    return found


def _worn(band: Mesh, line: StrapLine, skin: FloatArray, fit: FaceFit, rgb: ByteArray) -> Mesh:
    outward = _outward(band, line)
    turned_away = _turned_away(line, outward, fit)
    in_hair = not_skin(skin)
    if line.points_mm[len(in_hair) // 2, 1] < _ear_height_mm(fit):
        covered = _covered(turned_away, in_hair)
        in_sight = turned_away < 0
        return cut(band, line, covered) if (covered[in_sight] >= 0).any() else band
    lift_mm = np.zeros(len(in_hair))
    covered = np.full(len(in_hair), -1.0)
    for half in _halves(len(in_hair)):
        seen = half[: _count_in_sight(turned_away[half])]
        if not len(seen):
            continue
        hair_mm = _hair_mm(line.points_mm[seen[-1]], outward[seen[-1]], fit, rgb)
        if hair_mm >= LEAST_HAIR_MM:
            covered[half] = turned_away[half]
            lift_mm[half] = _lift_mm(way_mm_of(line)[half], in_hair[seen], hair_mm)
    if not lift_mm.any():
        return band
    shift_mm = lift_mm[:, None] * outward
    lifted = replace(band, vertices_mm=band.vertices_mm + shift_mm[line.ring_of])
    return cut(lifted, line_of(lifted, fit), covered)


def _ear_height_mm(fit: FaceFit) -> float:
    return float(fit.vertices_mm[fit.model.regions["ears"], 1].mean())


def _halves(rings: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rings of a band from either end to its middle."""
    return np.arange(rings // 2), np.arange(rings - 1, rings // 2 - 1, -1)


def _count_in_sight(turned_away: FloatArray) -> int:
    """How many rings of a half of a band are seen before it turns away."""
    return max(int(np.ceil(passes(turned_away))), 0)


def _covered(turned_away: FloatArray, in_hair: FloatArray) -> FloatArray:
    """How far (R,) rings are out of sight or under what is not skin and goes on as far as that."""
    covered = turned_away.copy()
    for half in _halves(len(covered)):
        seen = half[: _count_in_sight(turned_away[half])]
        lasting = np.minimum.accumulate(in_hair[seen][::-1])[::-1]
        covered[seen] = np.maximum(covered[seen], lasting)
    return covered


def _lift_mm(way_mm: FloatArray, in_hair: FloatArray, hair_mm: float) -> FloatArray:
    """How far (K,) a half of a band is lifted by hair: more and more from where skin ends."""
    way_mm = np.abs(way_mm - way_mm[0])
    bare = np.flatnonzero(in_hair < 0)
    begins_mm = way_mm[bare[-1]] if len(bare) else 0.0
    room_mm = way_mm[len(in_hair) - 1] - begins_mm
    share = ((way_mm - begins_mm) / max(room_mm, 1.0)).clip(0.0, 1.0)
    lift_mm: FloatArray = min(LEFT_UNDER * hair_mm, STEEPEST * room_mm) * share**2 * (3 - 2 * share)
    return lift_mm


def _outward(band: Mesh, line: StrapLine) -> FloatArray:
    """Where the flat side of a band faces at its rings (R, 3)."""
    from_middle_mm = line.points_mm - line.points_mm.mean(axis=0)
    normals = band.normals.reshape(len(from_middle_mm), -1, 3)
    flat_side = np.einsum("rsd,rd->s", normals, from_middle_mm).argmax()
    outward: FloatArray = normals[:, flat_side]
    return outward


def _turned_away(line: StrapLine, outward: FloatArray, fit: FaceFit) -> FloatArray:
    """Cosine (R,) between the line of sight and where the rings face; positive out of sight."""
    points_cam_mm = transform(fit.cam_from_face, line.points_mm)
    sight = points_cam_mm / np.linalg.norm(points_cam_mm, axis=1, keepdims=True)
    cosine: FloatArray = np.einsum("rd,rd->r", sight, outward @ fit.cam_from_face[:3, :3].T)
    return cosine


def _hair_mm(limb_mm: FloatArray, outward: FloatArray, fit: FaceFit, rgb: ByteArray) -> float:
    """How far hair reaches beyond a place (3,) of the bald head's outline; 0 if that is not sure.

    It ends where the colour that it has just inside the outline ends for good.
    """
    limb_cam_mm = transform(fit.cam_from_face, limb_mm[None])
    px_per_mm = fit.camera.focal_px / float(limb_cam_mm[0, 2])
    out_px = (fit.cam_from_face[:3, :3] @ outward)[:2]
    out_px *= px_per_mm / np.linalg.norm(out_px)
    along_px = np.array([-out_px[1], out_px[0]])
    steps_mm = np.arange(-KNOWN_MM, MAX_HAIR_MM + LASTING_MM)
    strip_px = steps_mm[:, None, None] * out_px + ASIDE_MM[:, None] * along_px
    places_px = fit.camera.project(limb_cam_mm) + strip_px.reshape(-1, 2)
    box_px = face_box(places_px, (rgb.shape[1], rgb.shape[0]))
    _, encoded = averaged_colours(rgb, box_px, max(px_per_mm, 1.0), places_px)
    colours = encoded.reshape(len(steps_mm), -1, 3).mean(axis=1)
    hair, beyond = colours[:KNOWN_MM], colours[KNOWN_MM:]
    spread = float(np.sqrt(hair.var(axis=0).sum()))
    is_other = np.linalg.norm(beyond - hair.mean(axis=0), axis=1) > max(
        MIN_CHANGE, CHANGE_SIGMAS * spread
    )
    ends_mm = np.flatnonzero(sliding_window_view(is_other, LASTING_MM).all(axis=1))
    return float(ends_mm[0]) if len(ends_mm) else 0.0
