"""The part of a photo that shows a face, in pieces of bounded size, for pixel statistics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import ByteArray, Float32Array, FloatArray, IntArray
from mask3d.camera import transform
from mask3d.face import FaceFit
from mask3d.skin import skin_vertices

GRID_PX = 16  # pieces begin at multiples of it, as the blocks of a JPEG do
MIN_SIDE_PX = 64  # what is smaller tells too little alone: what lies round it joins
PIECES = 4  # along each side, that a large region is looked at in


class Patch(NamedTuple):
    """A piece of the photo.

    Attributes
    ----------
    ycc : (h, w, 3) encoded luma, Cr and Cb, in steps of 8 bits
    inside : (h, w) whether a pixel belongs to the face or borders on it
    """

    ycc: Float32Array
    inside: NDArray[np.bool_]


def patches_about(
    rgb: ByteArray, outline_px: IntArray, margin_px: int, piece_px: int
) -> list[Patch]:
    """Pieces of the photo (H, W, 3) in and about a convex outline (N, 2); none outside of it.

    Parameters
    ----------
    rgb, outline_px : the photo and the outline of a face, in pixels
    margin_px : that counts to the face all round it; more where the face is tiny
    piece_px : multiple of `GRID_PX`
        What is larger than `PIECES` squared pieces of this side is shown by as many.
    """
    margin_px = max(margin_px, round((MIN_SIDE_PX - shorter_side_px(outline_px)) / 2))
    first = np.maximum(outline_px.min(axis=0) - margin_px, 0) // GRID_PX * GRID_PX
    last = np.minimum(outline_px.max(axis=0) + margin_px + 1, rgb.shape[1::-1])
    if (last <= first).any():
        return []
    boxes = _pieces(first, last, piece_px)
    return [cut_patch(rgb, box, outline_px, margin_px) for box in boxes]


def face_outline(fit: FaceFit) -> IntArray:
    """Corners (N, 2), in pixels, of the convex hull of the face's skin."""
    skin_cam_mm = transform(fit.cam_from_face, fit.vertices_mm[skin_vertices(fit.model)])
    hull_px = cv2.convexHull(fit.camera.project(skin_cam_mm).astype(np.float32))[:, 0]
    return hull_px.round().astype(np.int32)


def shorter_side_px(outline_px: IntArray) -> int:
    """Width or height of an outline (N, 2), whichever is less."""
    return int(np.ptp(outline_px, axis=0).min())


def cut_patch(
    rgb: ByteArray, box_px: tuple[int, int, int, int], outline_px: IntArray, margin_px: int
) -> Patch:
    """The box (x0, y0, x1, y1; end exclusive) of the photo, and where the widened outline is."""
    x0, y0, x1, y1 = box_px
    inside = np.zeros((y1 - y0, x1 - x0), np.uint8)
    corners = outline_px - np.array([x0, y0], np.int32)
    cv2.fillConvexPoly(inside, corners, 1)
    cv2.polylines(inside, [corners], isClosed=True, color=1, thickness=2 * margin_px)
    return Patch(ycc_of(rgb[y0:y1, x0:x1]), inside.astype(bool))


def ycc_of(rgb: ByteArray | Float32Array) -> Float32Array:
    """Luma, Cr and Cb (h, w, 3) of pixels, as JPEG has them, in steps of 8 bits."""
    floats = rgb.astype(np.float32, copy=False)
    return np.asarray(cv2.cvtColor(floats, cv2.COLOR_RGB2YCrCb), np.float32)


def block_means(image: Float32Array, block_px: int) -> Float32Array:
    """Mean (h // block_px, w // block_px, ...) of each whole block of an image (h, w, ...)."""
    rows, columns = (side // block_px for side in image.shape[:2])
    whole = image[: rows * block_px, : columns * block_px]
    means = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(means, np.float32)


def percentile(values: NDArray[Any], percent: float) -> FloatArray:
    """What `percent` of numbers (N, ...), N > 0, stay below: `np.percentile` along the first axis.

    It takes a tenth of its time for the few numbers of a face.
    """
    place = percent / 100 * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    ranked = np.partition(values, (below, above), axis=0)
    between: FloatArray = ranked[below] + (place - below) * (ranked[above] - ranked[below])
    return between


def _pieces(first: IntArray, last: IntArray, piece_px: int) -> Iterator[tuple[int, int, int, int]]:
    """The box from `first` to `last` as (x0, y0, x1, y1), or small boxes spread over it."""
    if np.prod((last - first).astype(np.int64)) <= (PIECES * piece_px) ** 2:
        yield (*first.tolist(), *last.tolist())
        return
    side = np.minimum(piece_px, last - first)
    starts = np.linspace(first, last - side, PIECES).astype(int) // GRID_PX * GRID_PX
    for y0 in dict.fromkeys(starts[:, 1].tolist()):
        for x0 in dict.fromkeys(starts[:, 0].tolist()):
            yield x0, y0, x0 + int(side[0]), y0 + int(side[1])
