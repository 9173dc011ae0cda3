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
from mask3d.shadow.coarse import Coarse
from mask3d.skin import skin_vertices
from mask3d.skin_colour import skin_share

CELL_MM = 2.5  # as fine as the maps of most masks are
REACH_MM = 50.0  # round the mask, in the image; farther away its shadow has no edge left
NEAR_MM = 10.0  # from the camera; a triangle that reaches nearer is dropped


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
    masks = [(transform(fit.cam_from_face, part.vertices_mm), part.faces) for part in worn]
    head_cam_mm = transform(fit.cam_from_face, fit.vertices_mm)
    px_per_mm = fit.camera.focal_px / max(float(fit.cam_from_face[2, 3]), NEAR_MM)
    rectangle = _rectangle(masks, head_cam_mm, fit.camera, REACH_MM * px_per_mm)
    if rectangle is None:
        return None
    x0, y0, width, height = rectangle
    cell_px = max(CELL_MM * px_per_mm, 1.0)
    columns, rows = (max(round(side / cell_px), 1) for side in (width, height))
    camera = fit.camera.crop(x0, y0, width, height)
    per_px = np.array([columns / width, rows / height])

    near, attributes = np.zeros((rows, columns)), np.zeros((rows, columns, 4))
    normals = vertex_normals(head_cam_mm, fit.model.faces)
    values = np.column_stack([normals, skin_vertices(fit.model)])
    _look(*_on_cells(camera, per_px, head_cam_mm, fit.model.faces), values, near, attributes)
    head, front = near > 0, near.copy()
    for cam_mm, faces in masks:
        _look(*_on_cells(camera, per_px, cam_mm, faces), values[:, :0], front, attributes)
    covered = head & _closed(front > near)
    seen = head & ~covered
    at_rows, at_columns = np.nonzero(seen)
    px = (np.stack([at_columns, at_rows], axis=1) + 0.5) / per_px - 0.5
    z_mm = 1 / near[seen][:, None]
    rays = (px - camera.principal_px) / camera.focal_px
    found = attributes[seen]
    lengths = np.sqrt((found[:, :3] ** 2).sum(axis=1, keepdims=True))
    return SkinView(
        origin_px=(x0, y0),
        wh_px=(width, height),
        seen=seen,
        covered=covered,
        points_cam_mm=np.concatenate([rays * z_mm, z_mm], axis=1),
        normals_cam=found[:, :3] / np.maximum(lengths, 1e-9),
        is_bare=found[:, 3] > 0.9,
    )


def skin_likeness(rgb: ByteArray, view: SkinView, light: FloatArray) -> FloatArray:
    """How far (N,) the photo shows skin, by its colour and by the light (N, 3) that falls on it."""
    (x0, y0), (width, height) = view.origin_px, view.wh_px
    cut = rgb[y0 : y0 + height, x0 : x0 + width]
    small = cv2.resize(cut, view.seen.shape[::-1], interpolation=cv2.INTER_AREA)
    linear = linear_from_srgb(np.asarray(small, np.uint8)[view.seen])  # (N, 3)
    return skin_share(linear, light, view.is_bare)


def _on_cells(
    camera: Camera, per_px: FloatArray, cam_mm: FloatArray, faces: IntArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Columns and rows (V, 2), depths (V,) and faces (F, 3) of what is beyond `NEAR_MM`."""
    far = cam_mm[:, 2] >= NEAR_MM
    # a copy either way: the kernel would be compiled a second time for a read-only array
    faces = faces.copy() if far.all() else faces[far[faces].all(axis=1)]
    places = camera.project(np.where(far[:, None], cam_mm, NEAR_MM))
    return (places + 0.5) * per_px - 0.5, np.ascontiguousarray(cam_mm[:, 2]), faces


def _rectangle(
    masks: Sequence[tuple[FloatArray, IntArray]],
    head_cam_mm: FloatArray,
    camera: Camera,
    reach_px: float,
) -> tuple[int, int, int, int] | None:
    """x0, y0, width and height of what the head and the mask's surroundings share in the photo."""
    boxes = []
    for points in (
        np.concatenate([np.zeros((0, 3)), *(cam_mm for cam_mm, faces in masks if len(faces))]),
        head_cam_mm,
    ):
        x, y = camera.project(points[points[:, 2] >= NEAR_MM]).T
        if not len(x):
            return None
        boxes.append(np.array([[x.min(), y.min()], [x.max(), y.max()]]))
    boxes[0] += np.array([[-reach_px], [reach_px]])
    first = np.maximum(np.floor(np.maximum(boxes[0][0], boxes[1][0])), 0).astype(int)
    end = np.minimum(np.minimum(boxes[0][1], boxes[1][1]) + 1, camera.image_wh).astype(int)
    (x0, y0), (width, height) = first, end - first
    return (int(x0), int(y0), int(width), int(height)) if min(width, height) > 0 else None


def _closed(covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Covered cells, the seams between their coarse triangles, and the next cell all round."""
    grown = cv2.dilate(covered.astype(np.uint8), np.ones((5, 5), np.uint8))
    closed = cv2.erode(grown, np.ones((3, 3), np.uint8))
    return closed.astype(bool)


@kernel
def _look(
    at: FloatArray,
    z_mm: FloatArray,
    faces: IntArray,
    values: FloatArray,
    near: FloatArray,
    seen: FloatArray,
) -> None:  # pragma: no cover
    """Draw triangles at `at` (V, 2) into `near` (h, w), 1 / z, and their values into `seen`."""
    rows, columns = near.shape
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay = at[a, 0], at[a, 1]
        bx, by, cx, cy = at[b, 0] - ax, at[b, 1] - ay, at[c, 0] - ax, at[c, 1] - ay
        area = bx * cy - cx * by
        if area == 0:
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
