"""A mask design's folder.

``mask.toml`` says what it is, with its straps and colours; ``mask.obj`` is its
cage as worn by the mean head, ``rig.npz`` how it drapes (see `mask3d.rig`) and
``layout.png`` what goes where on it (see `mask3d.fabric`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import trimesh

from mask3d.arrays import IntArray, frozen_array
from mask3d.fabric import Colour, mask_material, plain_material
from mask3d.face_model import FaceModel, load_face_model
from mask3d.image_io import read_photo
from mask3d.masks.types import Mask, Pose, Strap, bound_to_head
from mask3d.rig import Rig, read_rig


def preset_names(folder: Path) -> tuple[str, ...]:
    """The colours that the design of a folder comes in."""
    return tuple(_read_toml(folder)["colours"])


def read_mask(folder: Path, colour_name: str) -> Mask:
    """The design of a folder in one of its colours.

    Raises
    ------
    KeyError, ValueError, TypeError, OSError
        The folder is incomplete.
    """
    design = _read_toml(folder)
    colour = Colour(**design["colours"][colour_name])
    model = load_face_model()
    rig = read_rig(folder / "rig.npz")
    layout = read_photo(folder / "layout.png").rgb
    return Mask(
        name=f"{folder.name}_{colour_name}",
        design_name=folder.name,
        colour=colour_name,
        stiff=bool(design["stiff"]),
        faces=_read_faces(folder / "mask.obj"),
        poses=MappingProxyType(dict(_poses(rig, model))),
        pulled_to=bound_to_head(rig.pulled_to_mm, model),
        rig=rig,
        straps=tuple(_strap(entry, colour, model) for entry in design["straps"]),
        material=mask_material(layout, tuple(design["layout_mm"]), colour),
    )


def _poses(rig: Rig, model: FaceModel) -> list[tuple[str, Pose]]:
    return [
        (name, Pose(bound_to_head(mean_mm, model), pulls))
        for name, mean_mm, pulls in zip(rig.pose_names, rig.poses_mm, rig.pulls, strict=True)
    ]


def _strap(entry: dict[str, Any], colour: Colour, model: FaceModel) -> Strap:
    via = _nearest_vertex(model, entry.get("via_mm", (0.0, 0.0, 0.0)))
    return Strap(str(entry["kind"]), float(entry["width_mm"]), via, plain_material(colour.strap))


def _read_toml(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "mask.toml").read_text(encoding="utf-8"))


def _nearest_vertex(model: FaceModel, point_mm: Sequence[float]) -> int:
    """Vertex of the mean head next to a point (3,)."""
    return int(np.argmin(np.linalg.norm(model.mean_mm - np.array(point_mm), axis=1)))


def _read_faces(path: Path) -> IntArray:
    mesh = trimesh.load_mesh(path, process=False, maintain_order=True)
    return frozen_array(mesh.faces, (None, 3), np.int32, name="mask.obj faces")
