"""A mask, ready to drape: its poses on the head, what is seen of it, its straps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray, IntArray
from mask3d.errors import BadMaskError
from mask3d.fabric import Outfit
from mask3d.face_model import FaceModel
from mask3d.geometry import edges_of, evening, spread_from_rim
from mask3d.material import Material
from mask3d.recipe import STATES, Wearing
from mask3d.rig import Rig
from mask3d.sheet import Contacts, Sheet
from mask3d.straps import Strap

NEIGHBOURS = 8  # head vertices that carry a point
NEIGHBOUR_SOFTENING_MM2 = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Points that a head carries along.

    Attributes
    ----------
    mean_mm : (N, 3) on the mean head, face frame
    near : (R, NEIGHBOURS) head vertices that carry a held point
    near_weights : (R, NEIGHBOURS) rows sum to 1
    spread : (N, R) how each point follows the held ones; None where every point is held
    """

    mean_mm: FloatArray
    near: IntArray
    near_weights: FloatArray
    spread: FloatArray | None = None

    def on_head(self, model: FaceModel, vertices_mm: FloatArray) -> FloatArray:
        """The points (N, 3) at the same place about the head `vertices_mm` (V, 3)."""
        near_mm = (vertices_mm - model.mean_mm)[self.near]  # (R, K, 3)
        moved_mm: FloatArray = np.einsum("nk,nkd->nd", self.near_weights, near_mm)
        if self.spread is not None:
            moved_mm = self.spread @ moved_mm  # (N, R) @ (R, 3) -> (N, 3)
        return self.mean_mm + moved_mm


def bound_by_rim(poses_mm: FloatArray, faces: IntArray, model: FaceModel) -> list[Bound]:
    """Poses (S, N, 3) of a sheet whose rim the head carries; the inside follows it evenly.

    A taut mask does not show the lips and nostrils that it spans.
    """
    rim, spread = spread_from_rim(poses_mm.shape[1], faces)
    held = [bound_to_head(mean_mm[rim], model) for mean_mm in poses_mm]
    return [
        replace(rim_bound, mean_mm=mean_mm, spread=spread)
        for rim_bound, mean_mm in zip(held, poses_mm, strict=True)
    ]


def bound_to_head(mean_mm: FloatArray, model: FaceModel) -> Bound:
    """Points (N, 3) on the mean head, bound to the head's nearest vertices."""
    distance_mm, near = cKDTree(model.mean_mm).query(mean_mm, k=NEIGHBOURS)
    weights = 1.0 / (distance_mm**2 + NEIGHBOUR_SOFTENING_MM2)
    weights /= weights.sum(axis=1, keepdims=True)
    return Bound(mean_mm, near.astype(np.int32), weights)


def evened(bound: Bound, faces: IntArray, rounds: int) -> Bound:
    """The same points, each held one moved as its neighbours are: cloth slides till it lies even.

    A jaw that drops shoves the skin below the ear together, and a row of a
    sheet that went along with every bit of it would pass the next.
    """
    edges, counts = edges_of(faces)
    if bound.spread is None:
        return replace(bound, spread=evening(len(bound.mean_mm), edges, rounds))
    rim, along = np.unique(edges[counts == 1], return_inverse=True)
    even = evening(len(rim), along.reshape(-1, 2).astype(np.int32), rounds)
    return replace(bound, spread=bound.spread @ even)


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """How a mask sits in one wearing state.

    Attributes
    ----------
    cage : the coarse mesh that drapes
    pulls : (P,) tension of each pulled point of the rig's sheet, 1 as usual, 0 hangs free
    sheet : the rig's, its pleats as they are held in this pose
    contacts : where the sheet may meet itself
    """

    cage: Bound
    pulls: FloatArray
    sheet: Sheet
    contacts: Contacts


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A design in a colour, ready to drape.

    Attributes
    ----------
    name, design_name, colour : ``surgical_blue``, ``surgical``, ``blue``
    title : what it is, in words
    outfit : what it is dressed in, None where it brings a picture of its own
    stiff : moves as one piece, with a soft rim
    faces : (F, 3) of the cage
    poses : pose name, see `Wearing.pose`, -> Pose; all can be ``covered``
    pulled_to : (P,) where the pulled points of the rig's sheet are pulled to
    rig : Rig
    straps : one for each row of ``rig.strap_ends``
    material : Material
    """

    name: str
    design_name: str
    colour: str
    title: str
    outfit: Outfit | None
    stiff: bool
    faces: IntArray
    poses: Mapping[str, Pose]
    pulled_to: Bound
    rig: Rig
    straps: tuple[Strap, ...]
    material: Material

    @property
    def moulded_mm(self) -> FloatArray:
        """The cage (N, 3) as it left the mould: worn as it should be, on the mean head."""
        return self.poses["covered"].cage.mean_mm

    def pose(self, wearing: Wearing) -> Pose:
        """The pose of a way of wearing it.

        Raises
        ------
        BadMaskError
            It cannot be worn so.
        """
        if wearing.pose not in self.poses:
            raise BadMaskError(
                f"{self.design_name} cannot be worn {wearing.state}",
                f"choose of {', '.join(self.states)}",
            )
        return self.poses[wearing.pose]

    @property
    def states(self) -> tuple[str, ...]:
        """The wearing states that it can be in, in the order of `STATES`."""
        return tuple(
            state for state in STATES if any(pose.startswith(state) for pose in self.poses)
        )
