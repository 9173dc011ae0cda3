"""A photo of a face drawn as if the head had turned: the head model carries its pixels along."""

from __future__ import annotations

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, FloatArray, IntArray
from mask3d.jit import kernel

FINE = 2  # samples a pixel on each axis
HIDDEN = -0.15  # cosine to the viewer below which a place takes the colour of the other side's
MARGIN_PX = 4  # around the head, where its hair and its shade are no background
FILL_SIGMAS_PX = (60.0, 15.0, 4.0)  # of the blurs that fill the place of the head


def texture_px(head_px: FloatArray, faces: IntArray, mirror: IntArray) -> FloatArray:
    """Where in the photo (V, 2) each vertex of a head (V, 3) as seen there gets its colour."""
    facing = _facing(head_px, faces)
    other_side = (facing < HIDDEN) & (facing[mirror] > facing)
    source = np.where(other_side, mirror, np.arange(len(mirror)))
    return head_px[source, :2]


def draw(
    rgb: ByteArray, head_px: FloatArray, faces: IntArray, texture: FloatArray, behind: ByteArray
) -> ByteArray:
    """The head (V, 3) with the pixels of `rgb` at `texture` (V, 2), over the picture `behind`."""
    height, width = rgb.shape[:2]
    corners = np.column_stack([(head_px[:, :2] + 0.5) * FINE - 0.5, head_px[:, 2]])
    uv, nearness = _buffers(height * FINE, width * FINE)
    _rasterise(uv, nearness, corners, faces, texture)
    x, y = uv[..., 0], uv[..., 1]
    drawn = cv2.remap(rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    back = cv2.resize(behind, (width * FINE, height * FINE), interpolation=cv2.INTER_LINEAR)
    fine = np.where(np.isfinite(nearness)[..., None], drawn, back)
    return cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def without_head(rgb: ByteArray, head_px: FloatArray, faces: IntArray) -> ByteArray:
    """The photo with the head (V, 3) painted over by the colours around it."""
    uv, nearness = _buffers(*rgb.shape[:2])
    _rasterise(uv, nearness, head_px, faces, head_px[:, :2])
    kernel_px = np.ones((2 * MARGIN_PX + 1,) * 2, np.uint8)
    head = cv2.dilate(np.isfinite(nearness).astype(np.uint8), kernel_px)[..., None] > 0
    filled = rgb.astype(np.float32)
    known = np.where(head, 0, 1).astype(np.float32)
    for sigma_px in FILL_SIGMAS_PX:
        share = cv2.GaussianBlur(known, (0, 0), sigma_px)[..., None]
        mean = cv2.GaussianBlur(rgb * known, (0, 0), sigma_px) / (share + 1e-6)
        filled = np.where(head, filled + np.minimum(1, 4 * share) * (mean - filled), filled)
    return np.clip(filled, 0, 255).astype(np.uint8)


def vertex_normals(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """Unit normals (V, 3) of a mesh wound counter-clockwise in right-handed axes."""
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    summed = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(summed, faces[:, corner], normals)
    unit: FloatArray = summed / (np.linalg.norm(summed, axis=1, keepdims=True) + 1e-9)
    return unit


def _facing(head_px: FloatArray, faces: IntArray) -> FloatArray:
    """Cosine (V,) between each vertex normal and the direction to the viewer."""
    return vertex_normals(head_px * (1, -1, 1), faces)[:, 2]  # y up: right-handed


def _buffers(height: int, width: int) -> tuple[Float32Array, FloatArray]:
    return np.zeros((height, width, 2), np.float32), np.full((height, width), -np.inf)


@kernel
def _rasterise(
    uv: Float32Array,
    nearness: FloatArray,
    points: FloatArray,
    faces: IntArray,
    texture: FloatArray,
) -> None:  # pragma: no cover
    """Draw triangles of points (V, 3) into the buffers; larger z is nearer and hides."""
    height, width = nearness.shape
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, bx, by = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
        cx, cy = points[c, 0], points[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0:
            continue
        x0, x1 = max(int(np.ceil(min(ax, bx, cx))), 0), min(int(max(ax, bx, cx)), width - 1)
        y0, y1 = max(int(np.ceil(min(ay, by, cy))), 0), min(int(max(ay, by, cy)), height - 1)
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
                wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
                wa = 1 - wb - wc
                if wa < 0 or wb < 0 or wc < 0:
                    continue
                z = wa * points[a, 2] + wb * points[b, 2] + wc * points[c, 2]
                if z > nearness[y, x]:
                    nearness[y, x] = z
                    for i in range(2):
                        uv[y, x, i] = wa * texture[a, i] + wb * texture[b, i] + wc * texture[c, i]
