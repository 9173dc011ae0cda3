"""Straps run to the ear, and over or below the hair, that the photo shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import transform
from mask3d.colour import linear_from_srgb
from mask3d.ears import LEFT, NOT_LOOKED, RIGHT, Ear, Ears, ear_vertices
from mask3d.face import FaceFit
from mask3d.hair import SkinOf, bands_and_hair, not_skin
from mask3d.lighting import Lighting
from mask3d.mesh import Mesh
from mask3d.skin import SeenHead, averaged_colours, face_box, seen_head, skin_vertices
from mask3d.skin_colour import skin_share
from mask3d.strap_line import StrapLine, cut, is_first_half, line_of, seen_ends, way_mm_of

MIN_EAR = 40  # vertices of an ear in sight; with fewer, it is out of sight
BARE_EAR = 0.4  # of an ear that no hair hangs over, at least as much is skin
BARE_TOP = 0.3  # the same for its upper third, which hair hides more often than the lobe
UPPER_THIRD_MM = 12.0  # height in the face frame, from which on it begins on the mean head
SURE = 0.6  # chance of the net, from which on an ear is bare
ASIDE = 0.1  # how willingly a loop moves off the side of the head, over sliding along it
TOP_MM = np.array([0.0, -5.0, -9.0])
"""From where the fitted ear is grown on at its top to where those of people are.

The mean of 19 ears in profile, whose lobes were laid over each other: the model's stands
upright, people's lean back.
"""


def tucked(
    meshes: Sequence[Mesh],
    fit: FaceFit,
    rgb: ByteArray,
    lighting: Lighting,
    ears: Ears = NOT_LOOKED,
) -> tuple[Mesh, ...]:
    """`meshes` (face frame) without what the ear, or hair, hides of their straps.

    Where a photo (H, W, 3) shows the ear, a loop runs to it and ends there: the ears of
    people differ more than those of the head model. Else a loop ends where hair begins,
    or at the fitted ear if that comes first. An ear that was not looked at is judged by
    its colour, and one out of sight is taken to be as bare as the other one. For head
    bands and tapes see `bands_and_hair`.
    """
    if not any(mesh.is_loop or mesh.is_band for mesh in meshes):
        return tuple(meshes)
    head = seen_head(fit, (rgb.shape[1], rgb.shape[0]))
    skin_of = partial(skin_below, fit=fit, head=head, rgb=rgb, lighting=lighting)
    if any(mesh.is_loop for mesh in meshes):
        bounds = _bounds(fit, head, ears, skin_of)
        meshes = [_tucked_loop(m, fit, bounds, skin_of) if m.is_loop else m for m in meshes]
    worn = bands_and_hair(meshes, fit, rgb, skin_of)
    return tuple(mesh for mesh in worn if len(mesh.faces))


def skin_below(
    points_px: FloatArray, fit: FaceFit, head: SeenHead, rgb: ByteArray, lighting: Lighting
) -> FloatArray:
    """How far the photo shows the face's own skin at points (N, 2) on the head, 0..1."""
    seen = np.flatnonzero(head.is_seen)
    if not len(seen):
        return np.ones(len(points_px))
    tree = KDTree(head.points_px[seen], compact_nodes=False, balanced_tree=False)
    nearest = seen[tree.query(points_px)[1]]
    bare = np.flatnonzero(head.is_seen & skin_vertices(fit.model))
    places_px = np.concatenate([head.points_px[bare], points_px])
    box_px = face_box(places_px, (rgb.shape[1], rgb.shape[0]))
    _, encoded = averaged_colours(rgb, box_px, head.cell_px, places_px)
    light = lighting.irradiance(head.normals_cam[np.concatenate([bare, nearest])])
    share = skin_share(linear_from_srgb(encoded), light, np.arange(len(places_px)) < len(bare))
    return share[len(bare) :]


class _Bound(NamedTuple):
    """The ear that a loop runs to; what is of its ends is of the upper one first.

    Attributes
    ----------
    fitted_px : (N, 2) its vertices in the photo, none where it is out of sight
    top_mm : (3,) where it is grown on at its top, in the face frame
    is_bare : (2,) whether no hair hangs over it
    offsets_px : (2, 2) from where it is fitted to where it is seen
    """

    fitted_px: FloatArray
    top_mm: FloatArray
    is_bare: NDArray[np.bool_]
    offsets_px: FloatArray


def _bounds(fit: FaceFit, head: SeenHead, ears: Ears, skin_of: SkinOf) -> tuple[_Bound, ...]:
    """The left and the right ear; both are bare if nothing is known of either."""
    bounds = [_bound(fit, head, side, ears[side], skin_of) for side in (LEFT, RIGHT)]
    known = [bound.is_bare for bound in bounds if len(bound.fitted_px)]
    as_known = np.all(known, axis=0) if known else np.ones(2, bool)
    return tuple(
        bound if len(bound.fitted_px) else bound._replace(is_bare=as_known) for bound in bounds
    )


def _bound(fit: FaceFit, head: SeenHead, side: int, ear: Ear | None, skin_of: SkinOf) -> _Bound:
    """One of the ears; not bare where it is out of sight."""
    top_mm = fit.model.ear_roots_mm(fit.vertices_mm)[side, 0]
    vertices = ear_vertices(fit.model, side)
    seen = vertices[head.is_seen[vertices]]
    if len(seen) < MIN_EAR:
        return _Bound(np.zeros((0, 2)), top_mm, np.zeros(2, bool), np.zeros((2, 2)))
    ear_px = head.points_px[seen]
    offsets_px = _offsets_px(fit, top_mm, ear)
    upper_px = ear_px[fit.model.mean_mm[seen, 1] > UPPER_THIRD_MM] + offsets_px[0]
    is_bare = _are_bare(ear, ear_px, upper_px, skin_of)
    return _Bound(ear_px, top_mm, is_bare, offsets_px * is_bare[1])


def _offsets_px(fit: FaceFit, top_mm: FloatArray, ear: Ear | None) -> FloatArray:
    """How far (2, 2) the upper and the lower end of a loop are from where they are fitted."""
    top_cam_mm = transform(fit.cam_from_face, np.array([top_mm, top_mm + TOP_MM]))
    here_px, there_px = fit.camera.project(top_cam_mm)
    lower_px = np.zeros(2) if ear is None else ear.offset_px
    return np.array([lower_px + there_px - here_px, lower_px])


def _are_bare(
    ear: Ear | None, ear_px: FloatArray, upper_px: FloatArray, skin_of: SkinOf
) -> NDArray[np.bool_]:
    """Whether the top and the lobe of an ear (2,) are bare."""
    if ear is None:
        return np.full(2, skin_of(ear_px).mean() > BARE_EAR)
    is_top_skin = len(upper_px) > 0 and skin_of(upper_px).mean() > BARE_TOP
    return np.array([ear.bare >= SURE and is_top_skin, ear.bare >= SURE])


def _tucked_loop(loop: Mesh, fit: FaceFit, bounds: tuple[_Bound, ...], skin_of: SkinOf) -> Mesh:
    """What is seen of a loop."""
    bound = bounds[LEFT if loop.vertices_mm[:, 0].mean() > 0 else RIGHT]
    line = line_of(loop, fit)
    behind = _behind(line, bound)
    loop = _slid(loop, line, fit, seen_ends(behind), bound.offsets_px)
    line = line_of(loop, fit)
    if bound.is_bare.all():
        return cut(loop, line, behind)
    in_outline = _depth_px(line.points_px, bound.fitted_px + bound.offsets_px[1])
    in_hair = not_skin(skin_of(line.points_px))
    is_bare = np.where(is_first_half(line), *bound.is_bare)
    return cut(loop, line, np.where(is_bare, behind, np.maximum(in_outline, in_hair)))


def _behind(line: StrapLine, bound: _Bound) -> FloatArray:
    """How far (R,) rings lie behind an ear in sight; negative before it.

    A loop goes behind the ear where the ear is grown on at its top, and comes out again
    at its outline.
    """
    if not len(bound.fitted_px):
        return np.full(len(line.points_mm), -1.0)
    is_upper, way_mm = is_first_half(line), way_mm_of(line)
    to_top_mm = np.linalg.norm(line.points_mm - bound.top_mm, axis=1)
    past_mm = way_mm - way_mm[np.argmin(np.where(is_upper, to_top_mm, np.inf))]
    return np.where(is_upper, past_mm, _depth_px(line.points_px, bound.fitted_px))


def _slid(
    loop: Mesh, line: StrapLine, fit: FaceFit, ends: tuple[float, float], offsets_px: FloatArray
) -> Mesh:
    """A loop moved by (2, 2) pixels at the rings where it ends, and by none at the mask."""
    way_mm = way_mm_of(line)
    to_upper, to_lower = np.interp(ends, np.arange(len(way_mm)), way_mm)
    least_mm = np.diff(way_mm).max()
    from_upper = way_mm / max(to_upper, least_mm)
    from_lower = (way_mm[-1] - way_mm) / max(way_mm[-1] - to_lower, least_mm)
    is_upper = is_first_half(line)[:, None]
    share = np.where(is_upper, from_upper[:, None], from_lower[:, None]).clip(max=1.0)
    moved_px = share * np.where(is_upper, offsets_px[0], offsets_px[1])
    depth_mm = transform(fit.cam_from_face, line.points_mm)[:, 2:]
    shift_mm = moved_px * depth_mm / fit.camera.focal_px @ _along_the_head(fit).T
    return replace(loop, vertices_mm=loop.vertices_mm + shift_mm[line.ring_of])


def _along_the_head(fit: FaceFit) -> FloatArray:
    """Moves (3, 2) in the face frame that are seen as a move by 1 to the right and down.

    Of all that are, those with the least squares, where what leads off the side counts more.
    """
    seen = fit.cam_from_face[:2, :3]
    willing = np.diag([ASIDE, 1.0, 1.0])
    moves: FloatArray = willing @ seen.T @ np.linalg.inv(seen @ willing @ seen.T)
    return moves


def _depth_px(points_px: FloatArray, of_px: FloatArray) -> FloatArray:
    """How deep points (N, 2) lie within the convex hull of others; negative outside."""
    if not len(of_px):
        return np.full(len(points_px), -1.0)
    hull = cv2.convexHull(of_px.astype(np.float32))
    return np.array([cv2.pointPolygonTest(hull, point, True) for point in points_px])
