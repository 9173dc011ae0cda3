"""Where the 68 landmarks and the roots of the ears lie on the mesh.

Convention: projected 3D contour, as in 300W-LP and AFLW2000-3D, in the order of iBUG 68. The
vertices were picked by hand on the mean head: corners and rims of the lids, border and seam of the
lips, ridge and base of the nose, and the lower edge of the jaw from the temple in front of the ear
to the menton. Only the subject's left and the midline are listed; the right is their mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from scripts.face_model.topology import Topology

Place = tuple[int, ...]  # vertices of the base mesh; the place is their mean


@dataclass(frozen=True, slots=True)
class Along:
    """Landmarks at shares of the length of a chain of places."""

    chain: tuple[Place, ...]
    shares: dict[int, float]


def _vertices(*ids: int) -> tuple[Place, ...]:
    return tuple((i,) for i in ids)


# Lower edge of the jaw, where the skin turns from facing sideways to facing down.
JAW = Along(
    (
        *_vertices(12001, 12360, 12347, 12356, 7571, 7613, 7597, 7596, 7594, 10365),
        *_vertices(7619, 11899, 11831),
        (5225, 5296),
    ),
    {16 - k: k / 8 for k in range(9)},
)
# The middle of the brow, where the targets that raise it move the skin most.
BROW = Along(
    ((7001, 6983), (6980, 6997), (6979, 6996), (6981, 6998), (6999,), (7024, 7031)),
    {22 + k: k / 4 for k in range(5)},
)
UPPER_LID = Along(
    _vertices(6850, 6847, 6844, 6841, 6838, 6785, 6784, 6790, 6793, 6796, 6799, 6802, 6805),
    {42: 0.0, 43: 1 / 3, 44: 2 / 3, 45: 1.0},
)
LOWER_LID = Along(
    _vertices(6850, 6853, 6856, 6837, 6834, 6831, 6828, 6825, 6820, 6817, 6814, 6811, 6808, 6805),
    {47: 1 / 3, 46: 2 / 3},
)
# From the sellion, level with the pupils, to the most protruding point of the tip.
NOSE_RIDGE = Along(
    ((132, 133), (134,), (135,), (131,), (5063,), (164,), (201,), (291,), (5134,), (294,), (5054,)),
    {27: 0.0, 28: 1 / 3, 29: 2 / 3, 30: 1.0},
)
CHAINS = (JAW, BROW, UPPER_LID, LOWER_LID, NOSE_RIDGE)
PLACES: dict[int, Place] = {
    33: (343,),  # subnasale
    34: (7076, 7077),
    35: (7055, 7119),  # where the wing of the nose meets the lip
    51: (466,),  # border of the lips
    52: (7219,),
    53: (7211, 11956),
    54: (7185,),  # commissure
    55: (7235, 7166),
    56: (7241,),
    57: (492,),
    62: (474,),  # seam of the lips
    63: (7227, 7228),
    64: (7191,),
    65: (7264, 7264, 7264, 7265),
    66: (523,),
}
# The fold between ear and skull, along its deepest vertices, then below the lobe to its front.
EAR_ROOT = (12352, 12364, 12353, 12355, 12345, 12348, 12344, 12354, 12361, 12359, 12350, 7458)

# The landmark on the other side: jaw, brows, nose, eyes, outer and inner lips.
MIRROR_68 = np.array(
    [
        *range(16, -1, -1),
        *range(26, 16, -1),
        *(27, 28, 29, 30, 35, 34, 33, 32, 31),
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
        *range(54, 47, -1),
        *range(59, 54, -1),
        *(64, 63, 62, 61, 60, 67, 66, 65),
    ]
)


def landmark_embedding(topology: Topology, mean_mm: FloatArray) -> tuple[IntArray, FloatArray]:
    """Triangle corners (68, 3) and barycentric weights (68, 3) of the landmarks."""
    corners = np.zeros((68, 3), dtype=np.int32)
    weights = np.zeros((68, 3))
    for landmark, point_mm in _points_mm(topology, mean_mm).items():
        corners[landmark], weights[landmark] = _on_surface(topology, mean_mm, point_mm)
    for landmark, other in enumerate(MIRROR_68):
        if not weights[landmark].any():
            corners[landmark] = topology.mirror[corners[other]]
            weights[landmark] = weights[other]
    return corners, weights


def ear_roots(topology: Topology) -> IntArray:
    """Vertices (2, K) of the fold behind the left and the right ear."""
    left = topology.index_of(list(EAR_ROOT))
    return np.stack([left, topology.mirror[left]])


def _points_mm(topology: Topology, mean_mm: FloatArray) -> dict[int, FloatArray]:
    def place_mm(place: Place) -> FloatArray:
        index = np.concatenate([topology.index_of([i]) for i in place])
        return np.asarray(mean_mm[index].mean(axis=0))

    points = {landmark: place_mm(place) for landmark, place in PLACES.items()}
    for along in CHAINS:
        chain_mm = np.stack([place_mm(place) for place in along.chain])
        length_mm = np.cumsum(
            [0.0, *np.linalg.norm(np.diff(chain_mm, axis=0), axis=1)], dtype=np.float64
        )
        for landmark, share in along.shares.items():
            at_mm = share * length_mm[-1]
            points[landmark] = np.stack([np.interp(at_mm, length_mm, x) for x in chain_mm.T])
    return points


def _on_surface(
    topology: Topology, mean_mm: FloatArray, point_mm: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Triangle and weights of the point of the surface that is nearest to `point_mm`."""
    a, b, c = (mean_mm[topology.faces[:, k]] for k in range(3))
    weights = _nearest_weights(point_mm - a, b - a, c - a)
    nearest_mm = np.einsum("fk,fkd->fd", weights, np.stack([a, b, c], axis=1))
    best = int(np.argmin(np.linalg.norm(nearest_mm - point_mm, axis=1)))
    kept = np.round(weights[best], 4)
    return topology.faces[best], kept / kept.sum()


def _nearest_weights(p: FloatArray, u: FloatArray, v: FloatArray) -> FloatArray:
    """Barycentric weights (F, 3) of the points of triangles (0, u, v) nearest to points p."""
    uu, uv, vv = ((x * y).sum(axis=1) for x, y in ((u, u), (u, v), (v, v)))
    pu, pv = (p * u).sum(axis=1), (p * v).sum(axis=1)
    det = uu * vv - uv * uv
    s, t = (vv * pu - uv * pv) / det, (uu * pv - uv * pu) / det
    on_u = np.clip(pu / uu, 0, 1)
    on_v = np.clip(pv / vv, 0, 1)
    on_w = np.clip((((p - u) * (v - u)).sum(axis=1)) / ((v - u) ** 2).sum(axis=1), 0, 1)
    zero = np.zeros_like(s)
    candidates = np.stack(
        [
            np.stack([1 - on_u, on_u, zero], axis=1),
            np.stack([1 - on_v, zero, on_v], axis=1),
            np.stack([zero, 1 - on_w, on_w], axis=1),
        ]
    )  # the nearest points on the three edges
    away = p - candidates[..., 1:2] * u - candidates[..., 2:3] * v
    edges = np.take_along_axis(
        candidates, np.argmin((away**2).sum(axis=2), axis=0)[None, :, None], axis=0
    )[0]
    inside = (s >= 0) & (t >= 0) & (s + t <= 1)
    return np.asarray(np.where(inside[:, None], np.stack([1 - s - t, s, t], axis=1), edges))
