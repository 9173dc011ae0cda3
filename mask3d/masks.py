"""The catalogue of masks: a design is a folder under ``meshes/``, not code.

A folder holds ``mask.toml`` (what it is, straps, colours), ``mask.obj`` (its
cage, hung on the mean head), ``rig.npz`` (see `mask3d.rig`) and ``layout.png``
(see `mask3d.fabric`). A mask is a design in one of its colours:
``surgical_blue``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray, IntArray, frozen_array
from mask3d.assets import asset_path
from mask3d.errors import BadMaskError, UnknownMaskError
from mask3d.fabric import Colour, mask_material, plain_material
from mask3d.face_model import FaceModel, load_face_model
from mask3d.image_io import read_photo
from mask3d.material import Material
from mask3d.rig import Rig, read_rig

NEIGHBOURS = 8  # head vertices that carry a cage point
NEIGHBOUR_SOFTENING_MM2 = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Strap:
    """One strap of a mask.

    Attributes
    ----------
    kind : ``ear_loop`` (a cord on either side) or ``head_band`` (a band round the head)
    width_mm : diameter of a cord, width of a band
    via_vertex : of the head model, at its back, that a band runs over
    material : Material
    """

    kind: str
    width_mm: float
    via_vertex: int
    material: Material


@dataclass(frozen=True, slots=True, eq=False)
class Cage:
    """The coarse mesh that drapes.

    Attributes
    ----------
    mean_mm : (N, 3) points on the mean head, face frame
    faces : (F, 3)
    near : (N, NEIGHBOURS) head vertices that carry a point
    near_weights : (N, NEIGHBOURS) rows sum to 1
    """

    mean_mm: FloatArray
    faces: IntArray
    near: IntArray
    near_weights: FloatArray

    def on_head(self, model: FaceModel, vertices_mm: FloatArray) -> FloatArray:
        """The points (N, 3) at the same place about the head `vertices_mm` (V, 3)."""
        moved_mm = (vertices_mm - model.mean_mm)[self.near]  # (N, K, 3)
        carried_mm: FloatArray = self.mean_mm + np.einsum("nk,nkd->nd", self.near_weights, moved_mm)
        return carried_mm


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A design in a colour, ready to drape.

    Attributes
    ----------
    name, design_name, colour : ``surgical_blue``, ``surgical``, ``blue``
    stiff : moves as one piece, with a soft rim
    bridge_landmark : place of the upper edge on the bridge of the nose, 27.5 half-way
        between landmarks 27 and 28
    cage : Cage
    rig : Rig
    straps : one for each row of ``rig.strap_ends``
    material : Material
    """

    name: str
    design_name: str
    colour: str
    stiff: bool
    bridge_landmark: float
    cage: Cage
    rig: Rig
    straps: tuple[Strap, ...]
    material: Material


def list_masks() -> tuple[str, ...]:
    """Names of all masks that ship, sorted."""
    folders = [path.parent for path in asset_path("meshes").glob("*/mask.toml")]
    names = [
        f"{folder.name}_{name}" for folder in folders for name in _read_toml(folder)["colours"]
    ]
    return tuple(sorted(names))


@lru_cache(maxsize=64)
def load_mask(name: str) -> Mask:
    """The mask called `name`.

    Raises
    ------
    UnknownMaskError
        There is none of that name.
    BadMaskError
        Its folder is incomplete.
    """
    if name not in list_masks():
        raise UnknownMaskError(f"no mask is called {name!r}", f"choose {', '.join(list_masks())}")
    design_name, _, colour_name = name.rpartition("_")
    folder = asset_path("meshes", design_name)
    try:
        return _assemble(folder, design_name, colour_name)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise BadMaskError(
            f"{folder} is no complete mask design: {error}", "reinstall mask3d, or run its script"
        ) from error


def _assemble(folder: Path, design_name: str, colour_name: str) -> Mask:
    design = _read_toml(folder)
    colour = Colour(**design["colours"][colour_name])
    strap_material = plain_material(colour.strap)
    model = load_face_model()
    straps = tuple(
        Strap(
            str(entry["kind"]),
            float(entry["width_mm"]),
            _nearest_vertex(model, entry.get("via_mm", (0.0, 0.0, 0.0))),
            strap_material,
        )
        for entry in design["straps"]
    )
    layout = read_photo(folder / "layout.png").rgb
    return Mask(
        name=f"{design_name}_{colour_name}",
        design_name=design_name,
        colour=colour_name,
        stiff=bool(design["stiff"]),
        bridge_landmark=float(design["bridge_landmark"]),
        cage=_read_cage(folder / "mask.obj", model),
        rig=read_rig(folder / "rig.npz"),
        straps=straps,
        material=mask_material(layout, tuple(design["layout_mm"]), colour),
    )


def _read_toml(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "mask.toml").read_text(encoding="utf-8"))


def _nearest_vertex(model: FaceModel, point_mm: Sequence[float]) -> int:
    """Vertex of the mean head next to a point (3,)."""
    return int(np.argmin(np.linalg.norm(model.mean_mm - np.array(point_mm), axis=1)))


def _read_cage(path: Path, model: FaceModel) -> Cage:
    mesh = trimesh.load_mesh(path, process=False, maintain_order=True)
    mean_mm = frozen_array(mesh.vertices, (None, 3), name="mask.obj vertices")
    faces = frozen_array(mesh.faces, (None, 3), np.int32, name="mask.obj faces")
    return bound_cage(mean_mm, faces, model)


def bound_cage(mean_mm: FloatArray, faces: IntArray, model: FaceModel) -> Cage:
    """Cage of points (N, 3) on the mean head, bound to the head's nearest vertices."""
    distance_mm, near = cKDTree(model.mean_mm).query(mean_mm, k=NEIGHBOURS)
    weights = 1.0 / (distance_mm**2 + NEIGHBOUR_SOFTENING_MM2)
    weights /= weights.sum(axis=1, keepdims=True)
    return Cage(mean_mm, faces, near.astype(np.int32), weights)
