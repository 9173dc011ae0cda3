"""What is wrong with the folder of an own design, in words that its maker can act on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from mask3d.arrays import FloatArray
from mask3d.contact import contact_map, skin_distance
from mask3d.errors import Mask3DError
from mask3d.face_model import FaceModel, load_face_model
from mask3d.masks.folder import PICTURE_PRESET, RIG_FILE, own_picture, preset_names, read_mask
from mask3d.masks.own_mesh import OwnMesh, border_edges, borders, pieces, read_own_mesh
from mask3d.masks.spec import OwnStrap, own_strap, read_toml

KEYS: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "stiff": bool,
    "thickness_mm": (int, float),
    "straps": list,
}
NAME_SIGNS = "+, "  # what joins the names of masks on a command line
SIZE_MM = (60.0, 700.0)  # from a child's cup to a bandana with its ends
SPAN_MM = 300.0  # the middle of what is worn on the face is within this of its mouth, in any unit
AWAY_MM = 70.0
SUNK_MM, SUNK_SHARE = 4.0, 0.02
FLOATING_MM = 15.0
MISSED_END_MM = 10.0
HOLE_MM = 90.0  # a shorter border is no edge of a mask
MAX_TRIANGLES = 60_000
INWARD_SHARE = 0.05
UV_SLACK = 1e-3


def check_design(folder: Path) -> tuple[str, ...]:
    """Everything that is wrong with a design's folder, one sentence each; nothing if it is fine.

    The mesh is judged on the mean head, as it was modelled.
    """
    try:
        design = read_toml(folder)
    except Mask3DError as error:
        return (str(error),)
    if (folder / RIG_FILE).exists():  # one that ships, built by its script
        return _wrong_presets(folder)
    found = [*_wrong_words(folder, design)]
    try:
        mesh = read_own_mesh(folder / str(design.get("mesh", "mask.obj")))
    except Mask3DError as error:
        return (*found, str(error))
    found += [*_wrong_picture(folder, design, mesh), *_wrong_mesh(mesh)]
    model = load_face_model()
    place = [*_wrong_size(mesh), *_wrong_place(mesh, model)][:1]  # the next follow from the first
    found += place or [*_wrong_fit(mesh, model), *_wrong_straps(design, mesh)]
    if not design.get("stiff", False):
        found += _wrong_cloth(mesh)
    return tuple(found) or _wrong_presets(folder)


def _wrong_words(folder: Path, design: dict[str, Any]) -> Iterator[str]:
    name = folder.resolve().name
    if set(name) & set(NAME_SIGNS):
        yield f"the folder's name {name!r} is the mask's: rename it without a space, comma or plus"
    for key, kind in KEYS.items():
        if key not in design:
            yield f"mask.toml lacks {key}; docs/own_masks.md says what it means"
        elif not isinstance(design[key], kind):
            yield f"{key} = {design[key]!r} in mask.toml is of the wrong kind"
    thickness_mm = design.get("thickness_mm", 1.0)
    if isinstance(thickness_mm, int | float) and not 0.0 < thickness_mm < 20.0:
        yield f"thickness_mm is {thickness_mm}; cloth has about 0.5 to 2, a cup up to 5"


def _wrong_picture(folder: Path, design: dict[str, Any], mesh: OwnMesh) -> Iterator[str]:
    try:
        picture = own_picture(folder, design, mesh)
    except Mask3DError as error:
        yield f"the texture: {error}"
        return
    if picture is None and "presets" not in design:
        yield "there is no texture: name one in mask.toml, or give [presets.NAME] with a fabric"
    if mesh.uv is None:
        yield "the mesh has no uv: unwrap it, so that the texture finds its place"
    elif mesh.uv.min() < -UV_SLACK or mesh.uv.max() > 1.0 + UV_SLACK:
        low, high = mesh.uv.min(), mesh.uv.max()
        yield f"the uv runs from {low:.2f} to {high:.2f}: scale it to lie within 0 and 1"


def _wrong_mesh(mesh: OwnMesh) -> Iterator[str]:
    if len(mesh.faces) > MAX_TRIANGLES:
        yield f"the mesh has {len(mesh.faces)} triangles: decimate it to {MAX_TRIANGLES} at most"
    if not len(border_edges(mesh.joined_faces)):
        yield "the mesh is closed: model the outer side only, it is given its thickness"
    for loop in borders(mesh.joined_faces)[1:]:
        ring_mm = mesh.joined_mm[loop]
        round_mm = np.linalg.norm(np.diff(ring_mm, axis=0, append=ring_mm[:1]), axis=1).sum()
        if round_mm < HOLE_MM:
            yield f"a hole of {round_mm:.0f} mm round at {_at(ring_mm.mean(axis=0))}: fill it"


def _wrong_size(mesh: OwnMesh) -> Iterator[str]:
    size_mm = float(np.ptp(mesh.points_mm, axis=0).max())
    if not SIZE_MM[0] <= size_mm <= SIZE_MM[1]:
        yield (
            f"the mesh measures {size_mm:.3g} mm, a mask {SIZE_MM[0]:g} to {SIZE_MM[1]:g}: "
            "an .obj is read in millimetres, a .glb in metres"
        )


def _wrong_place(mesh: OwnMesh, model: FaceModel) -> Iterator[str]:
    mouth_mm = model.landmarks_mm(model.mean_mm)[48:68].mean(axis=0)
    middle_mm = (mesh.points_mm.min(axis=0) + mesh.points_mm.max(axis=0)) / 2
    if middle_mm[2] < 0.0:
        yield f"the mesh lies behind the face, about {_at(middle_mm)}: z must run out of the face"
    elif np.linalg.norm(middle_mm - mouth_mm) > AWAY_MM:
        yield (
            f"the mesh is not in front of the face: its middle is at {_at(middle_mm)}, "
            f"the mouth of the mean head at {_at(mouth_mm)}"
        )


def _wrong_fit(mesh: OwnMesh, model: FaceModel) -> Iterator[str]:
    skin = contact_map(model, model.mean_mm)
    corners_mm = mesh.points_mm[mesh.faces]
    normals = np.cross(corners_mm[:, 1] - corners_mm[:, 0], corners_mm[:, 2] - corners_mm[:, 0])
    middle_mm = corners_mm.mean(axis=1)
    _, outward = skin_distance(skin, middle_mm)
    area = np.linalg.norm(normals, axis=1)
    inward = area[(normals * outward).sum(axis=1) < 0.0].sum() / area.sum()
    if inward > 0.5:
        yield "the normals are inside out: flip them, triangles run counter-clockwise from outside"
    elif inward > INWARD_SHARE and len(border_edges(mesh.joined_faces)):
        yield f"the normals of {inward:.0%} of the mesh point at the face: make them consistent"
    depth_mm, _ = skin_distance(skin, mesh.points_mm)
    if (depth_mm < -SUNK_MM).mean() > SUNK_SHARE:
        yield f"the mesh lies up to {-depth_mm.min():.0f} mm inside the mean head: move it out"
    if depth_mm.min() > FLOATING_MM:
        yield f"the mesh floats: no point is nearer to the mean head than {depth_mm.min():.0f} mm"


def _wrong_straps(design: dict[str, Any], mesh: OwnMesh) -> Iterator[str]:
    entries = design.get("straps")
    for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
        try:
            strap = own_strap(entry)
        except Mask3DError as error:
            yield str(error)
            continue
        if not isinstance(entry.get("width_mm"), int | float):
            yield f"strap {number} lacks width_mm"
        yield from _loose_ends(number, strap, mesh.points_mm)


def _loose_ends(number: int, strap: OwnStrap, points_mm: FloatArray) -> Iterator[str]:
    away_mm, _ = cKDTree(points_mm).query(strap.ends_mm)
    for end_mm, missed_mm in zip(strap.ends_mm, away_mm, strict=True):
        if missed_mm > MISSED_END_MM:
            yield (
                f"strap {number} ends nowhere: {_at(end_mm)} is {missed_mm:.0f} mm off the mesh; "
                "ends_mm are on the subject's left, x > 0"
            )


def _wrong_cloth(mesh: OwnMesh) -> Iterator[str]:
    count = pieces(mesh.joined_faces, len(mesh.joined_mm)).max() + 1
    if count > 1:
        yield f"the cloth is in {count} pieces that nothing holds together: join their points"


def _wrong_presets(folder: Path) -> tuple[str, ...]:
    """What loading says of each preset, once all else is fine."""
    found = []
    for preset in preset_names(folder):
        try:
            read_mask(folder, preset)
        except Mask3DError as error:
            found.append(f"preset {preset}: {error}" if preset != PICTURE_PRESET else str(error))
    return tuple(found)


def _at(point_mm: FloatArray) -> str:
    return f"({', '.join(f'{value:.0f}' for value in point_mm)})"
