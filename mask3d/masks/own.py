"""How an own design drapes, worked out from its mesh when it is loaded.

The shipped designs bring this along in ``rig.npz``; see `mask3d.rig` for what
the parts of a rig are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray, IntArray
from mask3d.errors import BadMaskError
from mask3d.face_model import FaceModel
from mask3d.masks.coarse import Coarse, coarse
from mask3d.masks.own_mesh import OwnMesh, borders
from mask3d.masks.spec import OwnStrap
from mask3d.recipe import CREASE_SETS
from mask3d.rig import Rig, Surface
from mask3d.sheet import Sheet

INNER_OCCLUSION = 0.5
STRETCH = (0.97, 1.01)  # least and greatest length of a link over its own: woven cloth
EDGE_COMPLIANCE = 0.1  # edges run across the thread too, where cloth gives
BEND_COMPLIANCE = 12.0  # as the shipped cloth mask
SOFT_RIM_MM = 25.0  # how far the softness of a shell's rim reaches in
WIRE_HALF_MM = 28.0  # a nose wire of 56 mm runs along the upper edge
MIRRORED = np.array([-1.0, 1.0, 1.0])


def own_rig(
    mesh: OwnMesh, straps: Sequence[OwnStrap], thickness_mm: float, stiff: bool, model: FaceModel
) -> tuple[IntArray, Rig]:
    """Triangles (F, 3) of the cage and the rig of a mesh that is modelled on the mean head.

    Raises
    ------
    BadMaskError
        The mesh has no border.
    """
    cage = coarse(mesh.joined_mm, mesh.joined_faces)
    ends = strap_ends(cage.points_mm, straps)
    pulled = np.zeros(0, np.int32) if stiff else ends.reshape(-1)
    loops = borders(cage.faces)
    if not loops:
        raise BadMaskError("the mesh has no border", "model one side only, open to the face")
    rim = loops[0] if stiff else np.zeros(0, np.int32)
    pulls_mm = np.zeros((0, 3)) if stiff else _pulled_to_mm(straps, model)
    return cage.faces, Rig(
        sheet=_no_sheet() if stiff else _sheet(cage, pulled, loops),
        surface=_surface(mesh, cage, thickness_mm),
        softness=_softness(cage.points_mm, rim),
        rim=rim,
        strap_ends=ends,
        pose_names=("covered",),
        poses_mm=cage.points_mm[None],
        pulls=np.ones((1, len(pulled))),
        pulled_to_mm=pulls_mm,
    )


def strap_ends(points_mm: FloatArray, straps: Sequence[OwnStrap]) -> IntArray:
    """Points next to where each strap is fastened, (S, side, end)."""
    ends_mm = np.array([[strap.ends_mm, strap.ends_mm * MIRRORED] for strap in straps])
    _, nearest = cKDTree(points_mm).query(ends_mm.reshape(-1, 3))
    ends: IntArray = nearest.reshape(-1, 2, 2).astype(np.int32)
    return ends


def _pulled_to_mm(straps: Sequence[OwnStrap], model: FaceModel) -> FloatArray:
    """Where each end is pulled to, (S * 2 * 2, 3): the ear's root, or the back of the head."""
    roots_mm = model.ear_roots_mm(model.mean_mm)[:, [1, -1]]  # (side, end, 3)
    to_mm = [
        roots_mm if strap.via_mm is None else np.broadcast_to(strap.via_mm, (2, 2, 3))
        for strap in straps
    ]
    return np.array(to_mm).reshape(-1, 3)


def _sheet(cage: Coarse, pulled: IntArray, loops: Sequence[IntArray]) -> Sheet:
    """Links along the edges against stretch, across them against bending."""
    edges, across = _neighbours(cage.faces)
    pairs = np.concatenate([edges, across])
    compliance = np.repeat([EDGE_COMPLIANCE, BEND_COMPLIANCE], [len(edges), len(across)])
    order = np.random.default_rng(0).permutation(len(pairs))  # no side settles before the other
    pairs, compliance = pairs[order], compliance[order]
    length_mm = np.linalg.norm(np.diff(cage.points_mm[pairs], axis=1)[:, 0], axis=1)
    bridge, wire = _upper_edge(cage.points_mm, loops)
    return Sheet(
        pairs=pairs,
        bounds_mm=length_mm[:, None] * STRETCH,
        compliance=compliance,
        pulled=pulled,
        wire=wire,
        tucked=np.zeros(0, np.int32),
        gaps=np.zeros((0, 2), np.int32),
        bridge=bridge,
    )


def _no_sheet() -> Sheet:
    none, pairs = np.zeros(0, np.int32), np.zeros((0, 2), np.int32)
    return Sheet(pairs, np.zeros((0, 2)), np.zeros(0), none, none, none, pairs, 0)


def _neighbours(faces: IntArray) -> tuple[IntArray, IntArray]:
    """Edges (E, 2), and the corners (B, 2) opposite to the edges that two triangles share."""
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    corner = np.concatenate([faces[:, 2], faces[:, 0], faces[:, 1]])
    order = np.lexsort(edges.T)
    edges, corner = edges[order], corner[order]
    shared = np.flatnonzero((edges[1:] == edges[:-1]).all(axis=1))
    across = np.stack([corner[shared], corner[shared + 1]], axis=1)
    return np.unique(edges, axis=0), across[across[:, 0] != across[:, 1]]


def _upper_edge(points_mm: FloatArray, loops: Sequence[IntArray]) -> tuple[int, IntArray]:
    """The border point on the bridge of the nose, and those of the wire to its sides."""
    border = np.concatenate(loops)
    middle_y = (points_mm[:, 1].min() + points_mm[:, 1].max()) / 2
    upper = border[points_mm[border, 1] > middle_y]
    bridge = int(upper[np.argmin(np.abs(points_mm[upper, 0]) - 0.01 * points_mm[upper, 1])])
    wire = upper[np.linalg.norm(points_mm[upper] - points_mm[bridge], axis=1) < WIRE_HALF_MM]
    return bridge, wire.astype(np.int32)


def _softness(points_mm: FloatArray, rim: IntArray) -> FloatArray:
    """Full at the rim, none further in than `SOFT_RIM_MM`, (N,)."""
    if not len(rim):
        return np.zeros(len(points_mm))
    away_mm, _ = cKDTree(points_mm[rim]).query(points_mm)
    softness: FloatArray = np.clip(1.0 - away_mm / SOFT_RIM_MM, 0.0, 1.0) ** 2
    return softness


def _surface(mesh: OwnMesh, cage: Coarse, thickness_mm: float) -> Surface:
    """The mesh itself, on its cage."""
    points = len(mesh.points_mm)
    weights = csr_array(cage.weights[mesh.joined])
    uv = np.zeros((points, 2)) if mesh.uv is None else mesh.uv.clip(0.0, 1.0)
    return Surface(
        weights=weights,
        gaps=csr_array((0, len(cage.points_mm))),
        gap_of=np.full(points, -1, np.int32),
        fold=np.zeros((points, 4)),
        open_mm=0.0,
        slack_mm=np.zeros(2),
        relief_mm=cage.height_mm[mesh.joined],
        creases_mm=np.zeros((CREASE_SETS, points)),
        thickness_mm=thickness_mm,
        faces=_two_sided(mesh),
        uv=np.concatenate([uv, uv]),
        occlusion=np.repeat([1.0, INNER_OCCLUSION], points),
    )


def _two_sided(mesh: OwnMesh) -> IntArray:
    """The outer triangles, the inner ones, and the rim between them along the borders."""
    points = len(mesh.points_mm)
    edges = np.concatenate([mesh.faces[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    _, first, count = np.unique(
        np.sort(mesh.joined[edges], axis=1), axis=0, return_index=True, return_counts=True
    )
    i, j = edges[first[count == 1]].T
    rim = [np.stack([j, i, i + points], axis=1), np.stack([j, i + points, j + points], axis=1)]
    return np.concatenate([mesh.faces, mesh.faces[:, ::-1] + points, *rim]).astype(np.int32)
