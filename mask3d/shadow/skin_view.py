"""Where the photo shows the skin around a mask, in cells of a few millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import ByteArray, FloatArray, IntArray
from mask3d.camera import Camera, transform
from mask3d.colour import linear_from_srgb
from mask3d.face import FaceFit
from mask3d.geometry import vertex_normals
from mask3d.jit import kernel
from mask3d.shadow.coarse import Coarse, faces_between
from mask3d.skin import skin_vertices
from mask3d.skin_colour import skin_share

CELL_MM = 2.5  # as fine as the maps of most masks are
REACH_MM = 50.0  # round the mask, in the image; farther away its shadow has no edge left
NEAR_MM = 10.0  # from the camera; a triangle that reaches nearer is dropped
FAR_PX = 1e9
BARE = 0.9  # share of skin of what is taken for bare


class Drawn(NamedTuple):
    """A mesh in the photo.

    Attributes
    ----------
    px : (V, 2)
    z_mm : (V,)
    faces : (F, 3) those that are wholly beyond `NEAR_MM`
    """

    px: FloatArray
    z_mm: FloatArray
    faces: IntArray


class SkinView(NamedTuple):
    """Cells (h, w) of a rectangle of the photo; N of them see the head and nothing worn.

    Attributes
    ----------
    origin_px, wh_px : the rectangle in the photo
    seen : (h, w) bool, the N cells
    covered : (h, w) bool, those of the head that see what is worn, or might
    points_cam_mm, normals_cam : (N, 3) what the centre of a cell sees
    is_bare : (N,) whether it is skin on nearly everyone
    """

    origin_px: tuple[int, int]
    wh_px: tuple[int, int]
    seen: NDArray[np.bool_]
    covered: NDArray[np.bool_]
    points_cam_mm: FloatArray
    normals_cam: FloatArray
    is_bare: NDArray[np.bool_]


def skin_view(worn: Sequence[Coarse], fit: FaceFit) -> SkinView | None:
    """The skin around what is worn; None where the photo shows none of it."""
    head_cam_mm = transform(fit.cam_from_face, fit.vertices_mm)
    bare = _drawn(fit.camera, head_cam_mm, fit.model.faces)
    masks = [
        _drawn(fit.camera, transform(fit.cam_from_face, part.vertices_mm), part.faces)
        for part in worn
    ]
    px_per_mm = fit.camera.focal_px / max(float(fit.cam_from_face[2, 3]), NEAR_MM)
    rectangle = _rectangle(masks, bare, fit.camera, REACH_MM * px_per_mm)
    if rectangle is None:
        return None
    x0, y0, width, height = rectangle
    cell_px = max(CELL_MM * px_per_mm, 1.0)
    columns, rows = (max(round(side / cell_px), 1) for side in (width, height))
    per_px = np.array([columns / width, rows / height])
    corner_px = np.array([x0, y0]) - 0.5

    near, attributes = np.zeros((rows, columns)), np.zeros((rows, columns, 4))
    normals = vertex_normals(head_cam_mm, fit.model.faces)
    values = np.column_stack([normals, skin_vertices(fit.model)])
    _look(bare, corner_px, per_px, True, values, near, attributes)
    front = near.copy()
    for mask in masks:
        _look(mask, corner_px, per_px, False, values[:, :0], front, attributes)
    covered = (near > 0) & _closed(front > near)
    seen = (near > 0) & ~covered
    points_cam_mm, normals_cam, skin = _cells(
        seen, near, attributes, fit.camera.principal_px - corner_px, fit.camera.focal_px, per_px
    )
    return SkinView(
        origin_px=(x0, y0),
        wh_px=(width, height),
        seen=seen,
        covered=covered,
        points_cam_mm=points_cam_mm,
        normals_cam=normals_cam,
        is_bare=skin > BARE,
    )


def skin_likeness(rgb: ByteArray, view: SkinView, light: FloatArray) -> FloatArray:
    """How far (N,) the photo shows skin, by its colour and by the light (N, 3) that falls on it."""
    (x0, y0), (width, height) = view.origin_px, view.wh_px
    cut = rgb[y0 : y0 + height, x0 : x0 + width]
    small = cv2.resize(cut, view.seen.shape[::-1], interpolation=cv2.INTER_AREA)
    linear = linear_from_srgb(np.asarray(small, np.uint8)[view.seen])  # (N, 3)
    return skin_share(linear, light, view.is_bare)


def _drawn(camera: Camera, cam_mm: FloatArray, faces: IntArray) -> Drawn:
    """A mesh of points (V, 3) and faces (F, 3) in the photo of `camera`."""
    z_mm = np.maximum(cam_mm[:, 2], NEAR_MM)
    px = camera.principal_px + camera.focal_px * cam_mm[:, :2] / z_mm[:, None]
    # a copy: the kernel would be compiled a second time for a read-only array
    return Drawn(px, z_mm, faces_between(cam_mm[:, 2] >= NEAR_MM, faces).copy())


def _rectangle(
    masks: Sequence[Drawn], head: Drawn, camera: Camera, reach_px: float
) -> tuple[int, int, int, int] | None:
    """x0, y0, width and height of what the head and the mask's surroundings share in the photo."""
    head_box, mask_box = (np.array([[FAR_PX, FAR_PX], [-FAR_PX, -FAR_PX]]) for _ in range(2))
    _grow(head_box, head)
    for mask in masks:
        _grow(mask_box, mask)
    low = np.maximum(np.floor(np.maximum(mask_box[0] - reach_px, head_box[0])), 0).astype(int)
    high = np.minimum(mask_box[1] + reach_px, head_box[1])
    end = np.minimum(high + 1, camera.image_wh).astype(int)
    (x0, y0), (width, height) = low, end - low
    return (int(x0), int(y0), int(width), int(height)) if min(width, height) > 0 else None


def _closed(covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Covered cells, the seams between their coarse triangles, and the next cell all round."""
    grown = cv2.dilate(covered.astype(np.uint8), np.ones((5, 5), np.uint8))
    closed = cv2.erode(grown, np.ones((3, 3), np.uint8))
    return closed.astype(bool)


@kernel
def _grow(box: FloatArray, mesh: Drawn) -> None:  # pragma: no cover
    """Make room for the corners of `mesh` between the least and the greatest (2, 2), in place."""
    for f in range(len(mesh.faces)):
        for corner in mesh.faces[f]:
            for k in range(2):
                box[0, k] = min(box[0, k], mesh.px[corner, k])
                box[1, k] = max(box[1, k], mesh.px[corner, k])


@kernel
def _look(
    mesh: Drawn,
    corner_px: FloatArray,
    per_px: FloatArray,
    is_solid: bool,
    values: FloatArray,
    near: FloatArray,
    seen: FloatArray,
) -> None:  # pragma: no cover
    """Draw `mesh` into `near` (h, w), 1 / z, and the values of its vertices into `seen`."""
    rows, columns = near.shape
    at, z_mm, faces = np.zeros_like(mesh.px), mesh.z_mm, mesh.faces
    for v in range(len(at)):
        for k in range(2):
            at[v, k] = (mesh.px[v, k] - corner_px[k]) * per_px[k] - 0.5
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay = at[a, 0], at[a, 1]
        bx, by, cx, cy = at[b, 0] - ax, at[b, 1] - ay, at[c, 0] - ax, at[c, 1] - ay
        area = bx * cy - cx * by
        if area == 0 or (area > 0 and is_solid):  # nothing, or the inside
            continue
        x0, x1 = max(ax + min(bx, cx, 0.0), 0.0), min(ax + max(bx, cx, 0.0), columns - 1.0)
        y0, y1 = max(ay + min(by, cy, 0.0), 0.0), min(ay + max(by, cy, 0.0), rows - 1.0)
        for y in range(int(np.ceil(y0)), int(np.floor(y1)) + 1):
            for x in range(int(np.ceil(x0)), int(np.floor(x1)) + 1):
                wb = ((x - ax) * cy - cx * (y - ay)) / area
                wc = (bx * (y - ay) - (x - ax) * by) / area
                if min(wb, wc, 1 - wb - wc) < -1e-9:
                    continue
                qa, qb, qc = (1 - wb - wc) / z_mm[a], wb / z_mm[b], wc / z_mm[c]
                total = qa + qb + qc
                if total > near[y, x]:
                    near[y, x] = total
                    for k in range(values.shape[1]):
                        mixed = qa * values[a, k] + qb * values[b, k] + qc * values[c, k]
                        seen[y, x, k] = mixed / total


@kernel
def _cells(
    seen: NDArray[np.bool_],
    near: FloatArray,
    attributes: FloatArray,
    principal_px: FloatArray,
    focal_px: float,
    per_px: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # pragma: no cover
    """Points (N, 3) and unit normals (N, 3) in the camera's frame, share of skin (N,), of cells."""
    count = seen.sum()
    points_mm, normals, skin = np.zeros((count, 3)), np.zeros((count, 3)), np.zeros(count)
    rows, columns = seen.shape
    i = 0
    for y in range(rows):
        for x in range(columns):
            if not seen[y, x]:
                continue
            z_mm = 1 / near[y, x]
            points_mm[i, 0] = ((x + 0.5) / per_px[0] - principal_px[0]) / focal_px * z_mm
            points_mm[i, 1] = ((y + 0.5) / per_px[1] - principal_px[1]) / focal_px * z_mm
            points_mm[i, 2] = z_mm
            nx, ny, nz, skin[i] = attributes[y, x]
            length = max(np.sqrt(nx * nx + ny * ny + nz * nz), 1e-9)
            normals[i, 0], normals[i, 1], normals[i, 2] = nx / length, ny / length, nz / length
            i += 1
    return points_mm, normals, skin
