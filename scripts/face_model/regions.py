"""Named parts of the skin; a vertex belongs to at most one of them."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from mask3d.arrays import FloatArray, IntArray
from mask3d.geometry import vertex_normals
from scripts.face_model.topology import Topology

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

# Targets that shift an ear move the whole of it by the same amount, and the skin around it less.
EAR_MOVES_WHOLE = 0.999
EAR_FRONT_MM = 4.0  # the fold in front of the tragus


def named_regions(
    topology: Topology, mean_mm: FloatArray, points_mm: FloatArray, ear_moved_mm: FloatArray
) -> dict[str, IntArray]:
    """Vertex indices of the regions.

    Parameters
    ----------
    topology, mean_mm : the mean head, (V, 3)
    points_mm : (68, 3) landmarks on it
    ear_moved_mm : (V, 3) displacements of a target that shifts both ears
    """
    taken = np.zeros(len(mean_mm), dtype=bool)
    taken[topology.eyeballs] = True
    regions = {"eyeballs": np.sort(topology.eyeballs)}
    for name, chosen in _parts(topology, mean_mm, points_mm, ear_moved_mm):
        regions[name] = np.flatnonzero(chosen & ~taken).astype(np.int32)
        taken |= chosen
    return regions


def _parts(
    topology: Topology, mean_mm: FloatArray, points_mm: FloatArray, ear_moved_mm: FloatArray
) -> Iterator[tuple[str, BoolArray]]:
    """Names and members of the regions, those that win where two overlap first."""
    p = points_mm
    x, y, z = np.abs(mean_mm[:, 0]), mean_mm[:, 1], mean_mm[:, 2]
    down = -vertex_normals(mean_mm, topology.faces)[:, 1]
    front = z > p[45, 2] - 25  # in front of the temples
    left_mm = np.stack([x, y, z], axis=1)  # all vertices folded onto the subject's left

    moved = np.linalg.norm(ear_moved_mm, axis=1)
    yield "ears", (moved > EAR_MOVES_WHOLE * moved.max()) & (z < EAR_FRONT_MM)
    yield "brows", front & (_distance_mm(left_mm, p[22:27]) < 6.5)
    yield "eyes", front & _inside(left_mm, _eye_outline(p))
    yield "lips", (z > p[54, 2] - 6) & _inside(mean_mm, _grown(p[48:60], 1.02, 1.05))
    yield "nose_tip", _distance_mm(left_mm, p[30:31]) < 10
    nose = front & _inside(left_mm, _nose_outline(p))
    yield "nostrils", nose & (y < p[30, 1] - 1) & (down > 0.3)
    yield "nose_bridge", nose & (y > p[29, 1] - 3) & (x < 7)
    yield "nose_sides", nose
    jaw_mm = _distance_mm(left_mm, p[8:16])
    chin_y = p[57, 1] - 3
    yield "chin", (z > p[8, 2] - 12) & (y < chin_y) & (x < p[54, 0]) & (down < 0.95)
    yield "jaw", (jaw_mm < 11) & (down < 0.75) & (y < p[14, 1])
    edge = _jaw_height_mm(left_mm, p)
    yield "under_chin", (y < edge) & (down > 0.55) & (z > p[12, 2] - 10)
    yield "neck", y < edge - 3
    yield "philtrum", front & (y < p[33, 1] + 2) & (y > p[54, 1]) & (x < p[35, 0])
    yield "cheeks", (y < p[45, 1]) & (z > p[15, 2])
    yield "forehead", (y > p[27, 1]) & (y < p[24, 1] + 58) & (z > p[26, 2] - 12)


def _eye_outline(p: FloatArray) -> FloatArray:
    """Left outline of an eye with its lids: under the brow, round the corners, below the bag."""
    under_brow = p[22:27, :2] - [0, 4]
    below = [p[45, :2] + [5, -1], p[46, :2] - [-1, 6], p[47, :2] - [0, 6], p[42, :2] - [3, 2]]
    return np.concatenate([under_brow, np.array(below)])


def _nose_outline(p: FloatArray) -> FloatArray:
    """Left outline of the nose: ridge above, side, wing, base."""
    return np.array(
        [
            [-1.0, p[27, 1] + 4],
            [7.0, p[27, 1] + 4],
            [9.0, p[28, 1]],
            [p[35, 0] + 3, p[30, 1] + 8],
            [p[35, 0] + 6, p[30, 1]],
            [p[35, 0] + 4, p[35, 1] - 1],
            [p[34, 0], p[33, 1] - 1],
            [-1.0, p[33, 1] - 1],
        ]
    )


def _jaw_height_mm(points_mm: FloatArray, p: FloatArray) -> FloatArray:
    """Height of the jaw's lower edge at the depth of each point."""
    edge = p[8:15][::-1]  # from the angle of the jaw forward
    return np.interp(points_mm[:, 2], np.maximum.accumulate(edge[:, 2]), edge[:, 1])


def _grown(points_mm: FloatArray, across: float, up: float) -> FloatArray:
    """Outline (K, 2) in x, y, grown about its middle."""
    outline = points_mm[:, :2]
    middle = (outline.min(axis=0) + outline.max(axis=0)) / 2
    return np.asarray(middle + (outline - middle) * [across, up])


def _inside(points_mm: FloatArray, outline_mm: FloatArray) -> BoolArray:
    """Which points lie inside an outline seen from the front."""
    outline = outline_mm.astype(np.float32)
    tests = [cv2.pointPolygonTest(outline, (float(x), float(y)), False) for x, y, _ in points_mm]
    return np.array(tests) >= 0


def _distance_mm(points_mm: FloatArray, line_mm: FloatArray) -> FloatArray:
    """Distance of points to a polyline (K, 3), or to a single point."""
    starts, ends = (line_mm[:-1], line_mm[1:]) if len(line_mm) > 1 else (line_mm, line_mm)
    along = ends - starts
    away = points_mm[:, None] - starts
    share = (away * along).sum(axis=2) / np.maximum((along**2).sum(axis=1), 1e-9)
    nearest = starts + np.clip(share, 0, 1)[..., None] * along
    return np.asarray(np.linalg.norm(points_mm[:, None] - nearest, axis=2).min(axis=1))
