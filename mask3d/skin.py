"""What the photo shows of the skin: one colour for every visible spot of the fitted head."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import transform
from mask3d.face import FaceFit
from mask3d.face_model import FaceModel
from mask3d.geometry import vertex_normals

# The mask will cover most of these, but in the photo they still are what the light falls on.
SKIN_REGIONS = ("cheeks", "nose_bridge", "nose_sides", "nose_tip", "forehead", "jaw", "chin")
NOT_SKIN_REGIONS = ("eyes", "brows", "lips", "nostrils", "ears")
CELL_MM = 3.0  # averaged over: wider than pores, stubble and film grain
MIN_FACING = 0.15  # cosine; the rim of the head mixes with the background
DEPTH_TOLERANCE_MM = 10.0  # what slanting skin may span within a cell; a nose stands out further
CLIPPED = 0.97  # encoded, mean of a cell; brighter than this says only "at least"


class SkinSamples(NamedTuple):
    """The visible skin of one face, as numbers.

    Attributes
    ----------
    normals_cam : (N, 3) unit normals in the camera frame
    encoded : (N, 3) sRGB colours in 0..1
    may_be_beard, is_clipped : (N,) bool
    weights : (N,) share of a cell of the image, so that dense triangles do not count more
    surroundings : (h, w, 3) the face's box, cells averaged; never empty
    """

    normals_cam: FloatArray
    encoded: FloatArray
    may_be_beard: NDArray[np.bool_]
    is_clipped: NDArray[np.bool_]
    weights: FloatArray
    surroundings: FloatArray


class SeenHead(NamedTuple):
    """The fitted head as the photo sees it.

    Attributes
    ----------
    points_px, normals_cam : (V, 2), (V, 3) of all vertices
    cell_px : side of the square cells that colours are averaged over
    cells : (V,) number of the cell of the image that a vertex falls into
    is_seen : (V,) bool
    """

    points_px: FloatArray
    normals_cam: FloatArray
    cell_px: float
    cells: NDArray[np.int64]
    is_seen: NDArray[np.bool_]


@lru_cache(maxsize=2)
def seen_head(fit: FaceFit, image_wh: tuple[int, int]) -> SeenHead:
    """What a photo of this size sees of the fitted head; read-only, several stages ask for it."""
    vertices_cam_mm = transform(fit.cam_from_face, fit.vertices_mm)
    normals_cam = vertex_normals(vertices_cam_mm, fit.model.faces)
    points_px = fit.camera.project(vertices_cam_mm)
    skin_mm = vertices_cam_mm[skin_vertices(fit.model)]
    cell_px = max(CELL_MM * fit.camera.focal_px / float(skin_mm[:, 2].mean()), 1.0)
    lines_of_sight = vertices_cam_mm / np.linalg.norm(vertices_cam_mm, axis=1, keepdims=True)
    facing = -np.einsum("vd,vd->v", normals_cam, lines_of_sight) > MIN_FACING
    cells = image_cells(points_px, cell_px)
    in_front = is_in_front(cells, vertices_cam_mm[:, 2], facing)
    inside = ((points_px >= 0) & (points_px <= np.array(image_wh) - 1)).all(axis=1)
    arrays = (points_px, normals_cam, cells, is_seen := in_front & inside)
    for array in arrays:
        array.flags.writeable = False
    return SeenHead(points_px, normals_cam, cell_px, cells, is_seen)


def sample_skin(rgb: ByteArray, fit: FaceFit) -> SkinSamples:
    """Colours of the skin that the fitted head shows in the photo.

    Parameters
    ----------
    rgb : (H, W, 3)
    fit : FaceFit
        Its camera is that of the whole photo.

    Returns
    -------
    SkinSamples
        With N = 0 where the photo shows nothing of the face.
    """
    head = seen_head(fit, (rgb.shape[1], rgb.shape[0]))
    skin = skin_vertices(fit.model)
    chosen = np.flatnonzero(skin & head.is_seen)
    box_px = face_box(head.points_px[skin], (rgb.shape[1], rgb.shape[0]))
    surroundings, encoded = averaged_colours(rgb, box_px, head.cell_px, head.points_px[chosen])
    _, cell_of, count = np.unique(head.cells[chosen], return_inverse=True, return_counts=True)
    return SkinSamples(
        head.normals_cam[chosen],
        encoded,
        beard_vertices(fit.model)[chosen],
        encoded.max(axis=1, initial=0.0) > CLIPPED,
        1.0 / count[cell_of],
        surroundings,
    )


def skin_vertices(model: FaceModel) -> NDArray[np.bool_]:
    """Vertices (V,) that are bare skin on nearly everyone."""
    is_skin = np.zeros(len(model.mean_mm), bool)
    for name in SKIN_REGIONS:
        is_skin[model.regions[name]] = True
    for name in NOT_SKIN_REGIONS:
        is_skin[model.regions[name]] = False
    return is_skin


def beard_vertices(model: FaceModel) -> NDArray[np.bool_]:
    """Vertices (V,) where a beard may be: all that lies lower than the upper lip."""
    height_mm = model.mean_mm[:, 1]
    lower: NDArray[np.bool_] = height_mm < height_mm[model.regions["lips"]].max()
    return lower


def image_cells(points_px: FloatArray, cell_px: float) -> NDArray[np.int64]:
    """Number (V,) of the square cell of the image that each point (V, 2) falls into."""
    column, row = np.floor((points_px - points_px.min(axis=0)) / cell_px).astype(np.int64).T
    cells: NDArray[np.int64] = row * (column.max() + 1) + column
    return cells


def is_in_front(
    cells: NDArray[np.int64], depth_mm: FloatArray, facing: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether each facing vertex (V,) is about the nearest of its cell."""
    nearest_mm = np.full(cells.max() + 1, np.inf)
    np.minimum.at(nearest_mm, cells[facing], depth_mm[facing])
    return facing & (depth_mm <= nearest_mm[cells] + DEPTH_TOLERANCE_MM)


def face_box(points_px: FloatArray, image_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    """Box (x0, y0, x1, y1) of the points within the photo, one pixel at least, end exclusive."""
    last_px = np.array(image_wh) - 1
    x0, y0 = np.clip(np.floor(points_px.min(axis=0)), 0, last_px).astype(int)
    x1, y1 = np.clip(np.ceil(points_px.max(axis=0)), 0, last_px).astype(int) + 1
    return int(x0), int(y0), int(x1), int(y1)


def averaged_colours(
    rgb: ByteArray, box_px: tuple[int, int, int, int], cell_px: float, points_px: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Shrink the box of the photo to a pixel a cell, and read it at points (N, 2).

    Returns
    -------
    shrunk : (h, w, 3), encoded 0..1
    at_points : (N, 3), encoded 0..1
    """
    x0, y0, x1, y1 = box_px
    shrunk_wh = [max(round((x1 - x0) / cell_px), 1), max(round((y1 - y0) / cell_px), 1)]
    shrunk = cv2.resize(rgb[y0:y1, x0:x1], shrunk_wh, interpolation=cv2.INTER_AREA)
    scale = np.array(shrunk_wh) / (x1 - x0, y1 - y0)
    places = ((points_px - (x0, y0) + 0.5) * scale - 0.5).astype(np.float32)
    at_points = np.zeros((len(places), 3))
    if len(places):
        columns, rows = places[:, :1], places[:, 1:]
        border = cv2.BORDER_REPLICATE
        sampled = cv2.remap(shrunk, columns, rows, cv2.INTER_LINEAR, borderMode=border)
        at_points = sampled[:, 0].astype(np.float64) / 255
    return shrunk.astype(np.float64) / 255, at_points
