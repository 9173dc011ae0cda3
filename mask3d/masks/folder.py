"""A mask design's folder.

``mask.toml`` says what it is, with its straps and presets. A design that ships
has its cage as worn by the mean head in ``mask.obj``, how it drapes in
``rig.npz`` (see `mask3d.rig`) and what goes where on it in ``layout.png`` (see
`mask3d.fabric`). An own design has a mesh, and perhaps a picture, only: the
rest is worked out (see `mask3d.masks.own`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import trimesh

from mask3d.arrays import ByteArray, FloatArray, IntArray, frozen_array
from mask3d.errors import BadMaskError
from mask3d.fabric import (
    LogoPlace,
    Outfit,
    mask_material,
    plain_material,
    read_outfit,
    strap_material,
)
from mask3d.face_model import FaceModel, load_face_model
from mask3d.image_io import read_photo
from mask3d.masks.changes import AS_SOLD, Changes
from mask3d.masks.own import own_rig
from mask3d.masks.own_mesh import OwnMesh, read_own_mesh
from mask3d.masks.picture import read_rgba
from mask3d.masks.spec import own_strap, read_toml
from mask3d.masks.types import Bound, Mask, Pose, bound_by_rim, bound_to_head, evened
from mask3d.material import Material
from mask3d.rig import Rig, read_rig
from mask3d.sheet import Contacts, closed
from mask3d.straps import Strap, usual_thickness_mm

RIG_FILE = "rig.npz"
PICTURE_PRESET = "picture"  # the only preset of an own design that brings its texture
CACHED_SHAPES = 24  # a shape is some 3 MB
LAYOUT_PX_PER_MM = 4.0
MAX_LAYOUT_PX = 2048
STRAP_FABRIC = "elastic"  # where the design does not say it
WHOLLY_CLOTH = (255, 128, 255)  # of a layout: main colour, unshaded, fabric and pattern shown


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What a design is in every preset.

    Attributes
    ----------
    faces : (F, 3) of the cage
    rig : Rig
    poses, pulled_to : see `Mask`
    layout : (H, W, 3 or 4), see `mask3d.fabric`
    layout_mm : its width and height
    picture : (H, W, 4) texture of an own design, None for one of fabrics
    """

    faces: IntArray
    rig: Rig
    poses: Mapping[str, Pose]
    pulled_to: Bound
    layout: ByteArray
    layout_mm: tuple[float, float]
    picture: ByteArray | None = None


def preset_names(folder: Path) -> tuple[str, ...]:
    """What the design of a folder comes in, the usual one first."""
    design = read_toml(folder)
    return tuple(design.get("presets", {})) or (PICTURE_PRESET,)


def read_mask(folder: Path, preset: str, changes: Changes = AS_SOLD) -> Mask:
    """The design of a folder in one of its presets, with changes.

    Raises
    ------
    BadMaskError, KeyError, ValueError, TypeError, OSError
        The folder is incomplete.
    """
    design, shape, model = read_toml(folder), read_shape(folder), load_face_model()
    outfit = _outfit(design, preset, changes)
    return Mask(
        name=f"{folder.name}_{preset}",
        design_name=folder.name,
        colour=preset,
        title=str(design["title"]),
        outfit=outfit,
        stiff=bool(design["stiff"]),
        faces=shape.faces,
        poses=shape.poses,
        pulled_to=shape.pulled_to,
        rig=shape.rig,
        straps=_straps(design, outfit, model),
        material=_material(design, outfit, shape),
    )


@lru_cache(maxsize=CACHED_SHAPES)
def read_shape(folder: Path) -> Shape:
    """The shape of a folder's design; an own one is worked out from its mesh.

    Raises
    ------
    As `read_mask`.
    """
    design, model = read_toml(folder), load_face_model()
    if not (folder / RIG_FILE).exists():
        return _own_shape(folder, design, model)
    faces, rig = _read_faces(folder / "mask.obj"), read_rig(folder / RIG_FILE)
    return Shape(
        faces=faces,
        rig=rig,
        poses=_poses(faces, rig, bool(design["stiff"]), model),
        pulled_to=bound_to_head(rig.pulled_to_mm, model),
        layout=_read_layout(folder / "layout.png"),
        layout_mm=tuple(design["layout_mm"]),
    )


def _own_shape(folder: Path, design: dict[str, Any], model: FaceModel) -> Shape:
    mesh, stiff = read_own_mesh(folder / design.get("mesh", "mask.obj")), bool(design["stiff"])
    straps = [own_strap(entry) for entry in design["straps"]]
    faces, rig = own_rig(mesh, straps, float(design["thickness_mm"]), stiff, model)
    side_mm = picture_side_mm(mesh)
    side_px = int(min(side_mm * LAYOUT_PX_PER_MM, MAX_LAYOUT_PX))
    layout = np.full((side_px, side_px, 3), WHOLLY_CLOTH, np.uint8)
    return Shape(
        faces=faces,
        rig=rig,
        poses=_poses(faces, rig, stiff, model),
        pulled_to=bound_to_head(rig.pulled_to_mm, model),
        layout=layout,
        layout_mm=(side_mm, side_mm),
        picture=own_picture(folder, design, mesh),
    )


def own_picture(folder: Path, design: dict[str, Any], mesh: OwnMesh) -> ByteArray | None:
    """Texture (H, W, 4) of an own design: the file that it names, or what its mesh brings.

    Raises
    ------
    UnreadableImageError
        The file is missing or no image.
    """
    return read_rgba(folder / design["texture"]) if "texture" in design else mesh.picture


def picture_side_mm(mesh: OwnMesh) -> float:
    """Side of the uv square, mm: what makes areas on the mesh and in the uv equal."""
    if mesh.uv is None:
        return float(np.ptp(mesh.points_mm, axis=0).max())
    flat = np.pad(mesh.uv, ((0, 0), (0, 1)))
    return float(np.sqrt(_area(mesh.points_mm[mesh.faces]) / max(_area(flat[mesh.faces]), 1e-9)))


def _area(corners: FloatArray) -> float:
    """Sum of the areas of triangles (F, 3, 3)."""
    sides = np.diff(corners, axis=1)
    return float(np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1).sum() / 2)


def _outfit(design: dict[str, Any], preset: str, changes: Changes) -> Outfit | None:
    """What the design is dressed in; None for its own picture."""
    if "presets" in design:
        return changes.dress(read_outfit(design["presets"][preset]), design)
    if changes.logo is not None and not replace(changes, logo=None):
        raise BadMaskError("a logo goes on a fabric, not on a picture", "choose a --fabric")
    return changes.dress(Outfit(), design) if changes else None


def _material(design: dict[str, Any], outfit: Outfit | None, shape: Shape) -> Material:
    if outfit is not None:
        return mask_material(shape.layout, shape.layout_mm, outfit, _logo_place(design))
    if shape.picture is None:
        raise BadMaskError("the design has neither presets nor a texture", "give one of them")
    return Material(shape.picture)


def _logo_place(design: dict[str, Any]) -> LogoPlace | None:
    if "logo" not in design:
        return None
    logo = design["logo"]
    x_mm, y_mm = logo["centre_mm"]
    return LogoPlace(
        (float(x_mm), float(y_mm)), float(logo["width_mm"]), float(logo.get("turn_deg", 0.0))
    )


def _read_layout(path: Path) -> ByteArray:
    photo = read_photo(path)
    return photo.rgb if photo.alpha is None else np.dstack([photo.rgb, photo.alpha])


def _poses(faces: IntArray, rig: Rig, stiff: bool, model: FaceModel) -> Mapping[str, Pose]:
    worn_mm = dict(zip(rig.pose_names, rig.poses_mm, strict=True))
    whole = rig.pose_names if stiff else rig.clinging
    cages = {name: bound_to_head(worn_mm[name], model) for name in whole}
    if not stiff:
        by_rim = zip(rig.pose_names, bound_by_rim(rig.poses_mm, faces, model), strict=True)
        cages = dict(by_rim) | cages
    if rig.evenings:
        cages = {name: evened(cage, faces, rig.evenings) for name, cage in cages.items()}
    poses = {
        name: Pose(
            cage=cages[name],
            pulls=rig.pulls[k],
            sheet=closed(rig.sheet) if name in rig.gathered else rig.sheet,
            contacts=_contacts(rig, k),
        )
        for k, name in enumerate(rig.pose_names)
    }
    return MappingProxyType(poses)


def _contacts(rig: Rig, pose: int) -> Contacts:
    """Where the sheet of a rig may meet itself in a pose."""
    there = rig.contacts[:, 0] == pose
    return Contacts(rig.contacts[there, 1:], rig.apart_mm[there])


def _straps(design: dict[str, Any], outfit: Outfit | None, model: FaceModel) -> tuple[Strap, ...]:
    return tuple(
        Strap(
            str(entry["kind"]),
            float(entry["width_mm"]),
            _thickness_mm(entry),
            _nearest_vertex(model, entry.get("via_mm", (0.0, 0.0, 0.0))),
            *_strap_material(design, outfit, str(entry.get("fabric", STRAP_FABRIC))),
        )
        for entry in design["straps"]
    )


def _strap_material(
    design: dict[str, Any], outfit: Outfit | None, fabric: str
) -> tuple[Material, float]:
    """Material of a strap and the length of its repeat, mm."""
    if outfit is not None:
        return strap_material(outfit, fabric)
    return plain_material(str(design.get("strap", "white"))), 1.0


def _thickness_mm(entry: dict[str, Any]) -> float:
    usual_mm = usual_thickness_mm(str(entry["kind"]), float(entry["width_mm"]))
    return float(entry.get("thickness_mm", usual_mm))


def _nearest_vertex(model: FaceModel, point_mm: Sequence[float]) -> int:
    """Vertex of the mean head next to a point (3,)."""
    return int(np.argmin(np.linalg.norm(model.mean_mm - np.array(point_mm), axis=1)))


def _read_faces(path: Path) -> IntArray:
    mesh = trimesh.load_mesh(path, process=False, maintain_order=True)
    return frozen_array(mesh.faces, (None, 3), np.int32, name="mask.obj faces")
