"""Ear loops run below the hair, and behind the ear, that the photo shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.spatial import KDTree

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import transform
from mask3d.colour import linear_from_srgb
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel
from mask3d.lighting import Lighting
from mask3d.mesh import Mesh
from mask3d.skin import SeenHead, averaged_colours, face_box, seen_head, skin_vertices
from mask3d.skin_colour import skin_share

MIN_EAR = 40  # vertices of an ear in sight; with fewer, it is out of sight
BARE_EAR = 0.4  # of an ear that no hair hangs over, at least as much is skin
BARE = 0.5  # likeness to skin, from which on a loop is seen over it
EVEN_RINGS = 7  # of a loop, over which the skin below it is averaged


def tucked(
    meshes: Sequence[Mesh], fit: FaceFit, rgb: ByteArray, lighting: Lighting
) -> tuple[Mesh, ...]:
    """`meshes` (face frame) without what the ear, or hair over it, hides of their ear loops.

    Where a photo (H, W, 3) shows the ear, a loop ends at its outline: the ears of people
    differ more than those of the head model. Where it shows hair instead, a loop ends
    where the hair begins. An ear out of sight is taken to be as bare as the other one.
    """
    loops = [mesh for mesh in meshes if mesh.is_loop]
    if not loops:
        return tuple(meshes)
    head = seen_head(fit, (rgb.shape[1], rgb.shape[0]))
    ears_px = [_ear_px(fit.model, head, is_left=is_left) for is_left in (True, False)]
    lines = [_line_of(loop, fit) for loop in loops]
    places_px = ears_px + [line.points_px for line in lines]
    ends = np.cumsum([len(some_px) for some_px in places_px])[:-1]
    skin = np.split(skin_below(np.concatenate(places_px), fit, head, rgb, lighting), ends)
    is_bare = _are_bare(skin[:2])
    left_over = []
    for loop, line, line_skin in zip(loops, lines, skin[2:], strict=True):
        side = int(loop.vertices_mm[:, 0].mean() < 0)
        in_hair = BARE - uniform_filter1d(line_skin, EVEN_RINGS, mode="nearest")
        covered = _depth_px(line.points_px, ears_px[side]) if is_bare[side] else in_hair
        left_over.append(_cut(loop, line, covered))
    in_order = iter(left_over)
    worn = [next(in_order) if mesh.is_loop else mesh for mesh in meshes]
    return tuple(mesh for mesh in worn if len(mesh.faces))


def skin_below(
    points_px: FloatArray, fit: FaceFit, head: SeenHead, rgb: ByteArray, lighting: Lighting
) -> FloatArray:
    """How far the photo shows the face's own skin at points (N, 2) on the head, 0..1."""
    seen = np.flatnonzero(head.is_seen)
    if not len(seen):
        return np.ones(len(points_px))
    nearest = seen[KDTree(head.points_px[seen]).query(points_px)[1]]
    bare = np.flatnonzero(head.is_seen & skin_vertices(fit.model))
    places_px = np.concatenate([head.points_px[bare], points_px])
    box_px = face_box(places_px, (rgb.shape[1], rgb.shape[0]))
    _, encoded = averaged_colours(rgb, box_px, head.cell_px, places_px)
    light = lighting.irradiance(head.normals_cam[np.concatenate([bare, nearest])])
    share = skin_share(linear_from_srgb(encoded), light, np.arange(len(places_px)) < len(bare))
    return share[len(bare) :]


def _ear_px(model: FaceModel, head: SeenHead, *, is_left: bool) -> FloatArray:
    """Vertices (N, 2) of an ear in the photo; none where too little of it is in sight."""
    ears = model.regions["ears"]
    ear = ears[((model.mean_mm[ears, 0] > 0) == is_left) & head.is_seen[ears]]
    ear_px: FloatArray = head.points_px[ear] if len(ear) >= MIN_EAR else np.zeros((0, 2))
    return ear_px


def _are_bare(skin_of_ears: Sequence[FloatArray]) -> list[bool]:
    """Whether each ear shows; one out of sight is as bare as the other, and bare if both are."""
    bare = [float(skin.mean()) > BARE_EAR if len(skin) else None for skin in skin_of_ears]
    known = [one for one in bare if one is not None]
    return [all(known) if one is None else one for one in bare]


class _Line(NamedTuple):
    """Rings of a loop from its upper end to its lower one: (R, 3), (R, 2), and of vertices (V,)."""

    points_mm: FloatArray
    points_px: FloatArray
    ring_of: NDArray[np.intp]


def _line_of(loop: Mesh, fit: FaceFit) -> _Line:
    _, ring_of, size = np.unique(loop.uv[:, 0], return_inverse=True, return_counts=True)
    sums_mm = np.zeros((len(size), 3))
    np.add.at(sums_mm, ring_of, loop.vertices_mm)
    points_mm = sums_mm / size[:, None]
    return _Line(points_mm, fit.camera.project(transform(fit.cam_from_face, points_mm)), ring_of)


def _depth_px(points_px: FloatArray, of_px: FloatArray) -> FloatArray:
    """How deep points (N, 2) lie within the convex hull of others; negative outside."""
    if not len(of_px):
        return np.full(len(points_px), -1.0)
    hull = cv2.convexHull(of_px.astype(np.float32))
    return np.array([cv2.pointPolygonTest(hull, point, True) for point in points_px])


def _cut(loop: Mesh, line: _Line, covered: FloatArray) -> Mesh:
    """A loop from either end up to where `covered` (R,) passes zero on the way to the middle."""
    middle = len(covered) // 2
    upper, lower = _passes(covered[:middle]), len(covered) - 1 - _passes(covered[middle:][::-1])
    rings = np.arange(len(covered))
    at = np.where(rings < middle, np.minimum(rings, upper), np.maximum(rings, lower))
    moved_mm = np.column_stack([np.interp(at, rings, axis_mm) for axis_mm in line.points_mm.T])
    shift_mm = (moved_mm - line.points_mm)[line.ring_of]
    beyond = (rings >= upper + 1) & (rings <= lower - 1)
    faces = loop.faces[~beyond[line.ring_of][loop.faces].any(axis=1)]
    return replace(loop, vertices_mm=loop.vertices_mm + shift_mm, faces=faces)


def _passes(covered: FloatArray) -> float:
    """Ring, and part of the way to the next, where `covered` (R,) passes zero first.

    -1 where it is covered from the start, R where it never is.
    """
    deep = np.flatnonzero(covered >= 0)
    if not len(deep):
        return float(len(covered))
    k = int(deep[0])
    return k - covered[k] / (covered[k] - covered[k - 1]) if k else -1.0
