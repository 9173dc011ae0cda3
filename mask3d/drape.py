"""Drape a mask over a fitted head.

Every design was hung on the mean head once. Here its cage is carried over to
this head, settled there against the skin, and the visible surface and the
straps follow it. All in the face frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from mask3d.arrays import FloatArray
from mask3d.clearance import Ground, both_sides, middles_out, uncrushed
from mask3d.cloth import Anchors, Schedule, settle, spanned
from mask3d.contact import ContactMap, contact_map, raised
from mask3d.face import FaceFit
from mask3d.geometry import vertex_normals
from mask3d.layers import bend_per_mm, room_share
from mask3d.masks import Mask
from mask3d.mesh import Mesh
from mask3d.recipe import Recipe, Wearing
from mask3d.rig import Surface, loose_cloth
from mask3d.sheet import Sheet
from mask3d.shell import hang_shell, seat_shell, sized
from mask3d.straps import StrappedHead, worn_straps

REPAIR = Schedule(steps=60, friction=0.6)  # 60 steps differ from a full solve by 4 mm rms
SURFACE_CLEARANCE_MM = 0.6


def drape_worn(masks: Sequence[Mask], fit: FaceFit, recipe: Recipe) -> tuple[Mesh, ...]:
    """Meshes of masks that are worn together, the inner one first, face frame.

    Each lies on the one before. The recipe's state is that of the inner mask;
    an outer one that cannot be in it covers the face.

    Raises
    ------
    BadMaskError
        The inner mask cannot be worn in the recipe's state.
    """
    skin = contact_map(fit.model, fit.vertices_mm)
    meshes: list[Mesh] = []
    below: Mesh | None = None
    for mask in masks:
        wearing = recipe.wearing
        if below is not None:
            skin = raised(skin, below.vertices_mm, below.faces)
            wearing = wearing if wearing.state in mask.states else replace(wearing, state="covered")
        below, *straps = drape(mask, fit, replace(recipe, wearing=wearing), skin)
        meshes += [below, *straps]
    return tuple(meshes)


def drape(
    mask: Mask, fit: FaceFit, recipe: Recipe, skin: ContactMap | None = None
) -> tuple[Mesh, ...]:
    """Meshes of the mask and its straps on the fitted head, face frame.

    Parameters
    ----------
    mask : Mask
    fit : FaceFit
    recipe : Recipe
        How the mask is worn, and how strongly its creases show.
    skin : ContactMap
        What the mask lies on, the head's own skin by default.

    Returns
    -------
    tuple of Mesh
        The mask first, then its straps.

    Raises
    ------
    BadMaskError
        The mask cannot be worn in the recipe's state.
    """
    skin = contact_map(fit.model, fit.vertices_mm) if skin is None else skin
    cage_mm = settled_cage(mask, fit, recipe.wearing, skin)
    surface = surface_mesh(mask, cage_mm, skin, recipe)
    if not mask.straps:
        return (surface,)
    head = StrappedHead(fit.model, fit.vertices_mm, skin)
    ends_mm = cage_mm[mask.rig.strap_ends]
    return (surface, *worn_straps(mask.straps, ends_mm, head, recipe.wearing))


def settled_cage(mask: Mask, fit: FaceFit, wearing: Wearing, skin: ContactMap) -> FloatArray:
    """The mask's cage (N, 3) where it comes to rest on this head.

    Raises
    ------
    BadMaskError
        The mask cannot be worn in this state.
    """
    pose = mask.pose(wearing)
    carried_mm = displaced(pose.cage.on_head(fit.model, fit.vertices_mm), wearing)
    if mask.stiff:
        on_ear = wearing.state == "one_ear"  # what hangs free may be folded
        sized_mm = sized(pose.cage.mean_mm if on_ear else mask.moulded_mm, carried_mm)
        if wearing.pose not in mask.rig.sealing:
            return hang_shell(sized_mm, skin)
        return seat_shell(sized_mm, mask.rig.rim, mask.rig.softness, skin)
    pulled_mm = mask.pulled_to.on_head(fit.model, fit.vertices_mm)
    if wearing.state == "one_ear":
        pulled_mm = slid_round_ears(pulled_mm, pose.sheet)
    anchors = Anchors(
        pulled_mm=pulled_mm,
        pulls=pose.pulls * (1.0 - wearing.sag),
        bridge_mm=carried_mm[mask.rig.sheet.bridge],
        tucked_mm=np.zeros(3),
        hold=float(wearing.pose in mask.rig.sealing),
    )
    spanned_mm = spanned(carried_mm, mask.rig.sheet, skin)
    return settle(spanned_mm, pose.sheet, anchors, skin, REPAIR, pose.contacts)


def slid_round_ears(pulled_mm: FloatArray, sheet: Sheet) -> FloatArray:
    """Where loops that carry a mask pull to, (P, 3), of where they do on the face.

    That is the upper and the lower end, ear by ear. A long loop slides round the
    ear until both its runs are as long; arms that reach the ear stay there.
    """
    if not sheet.loose_mm:
        return pulled_mm
    middle_mm = pulled_mm.reshape(-1, 2, 3).mean(axis=1)
    return np.repeat(middle_mm, 2, axis=0)


def displaced(points_mm: FloatArray, wearing: Wearing) -> FloatArray:
    """Points (N, 3) tilted about their middle, shifted and dropped."""
    centre_mm = points_mm.mean(axis=0)
    turn = Rotation.from_euler("z", wearing.tilt_deg, degrees=True)
    way_mm = np.array([wearing.shift_mm, -wearing.drop_mm, 0.0])
    moved_mm: FloatArray = turn.apply(points_mm - centre_mm) + centre_mm + way_mm
    return moved_mm


def surface_mesh(mask: Mask, cage_mm: FloatArray, skin: ContactMap, recipe: Recipe) -> Mesh:
    """The visible surface over a settled cage (N, 3)."""
    surface = mask.rig.surface
    normals = vertex_normals(cage_mm, mask.faces)
    carried = np.column_stack([normals, bend_per_mm(cage_mm, normals, mask.faces)])
    slide_mm, change, lift_mm = _folded(surface, cage_mm, carried)
    normals, bend = np.split(surface.weights @ carried + change, [3], axis=1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    height_mm = surface.relief_mm + _piled(recipe.crease_weights) @ surface.creases_mm
    share = room_share(np.abs(height_mm) + surface.tallest_fold_mm, bend[:, 0])
    height_mm *= share
    lowest_mm = SURFACE_CLEARANCE_MM + surface.thickness_mm - height_mm.clip(max=0.0)
    height_mm += share * lift_mm  # a pleat lies on what the creases leave of the sheet
    ground_mm = surface.weights @ cage_mm + slide_mm
    sides_mm = both_sides(
        skin,
        Ground(ground_mm, normals, lowest_mm),
        height_mm,
        surface.thickness_mm,
        SURFACE_CLEARANCE_MM,
    )
    vertices_mm = np.concatenate(sides_mm)
    if not mask.stiff:
        flat_mm = ground_mm + height_mm[:, None] * normals
        vertices_mm = uncrushed(flat_mm, vertices_mm, loose_cloth(mask.rig))
    vertices_mm = middles_out(skin, vertices_mm, surface.faces)
    return Mesh(
        vertices_mm=vertices_mm,
        normals=vertex_normals(vertices_mm, surface.faces),
        faces=surface.faces,
        uv=surface.uv,
        occlusion=surface.occlusion,
        material=mask.material,
    )


def _piled(crease_weights: Sequence[float]) -> FloatArray:
    """Weights of the crease patterns, together no more than one of them at its strongest.

    They are as independent as noise, and cloth has no more to spare.
    """
    weights: FloatArray = np.array(crease_weights)
    weights /= max(1.0, float(np.linalg.norm(weights)))
    return weights


def _folded(
    surface: Surface, cage_mm: FloatArray, carried: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Way (n, 3) of the outer vertices along their pleats, what it changes, and lift (n,).

    The way leads across the gap, and what is longer than it, on along the cloth below.
    What the cage carries, (N, K), changes by (n, K) on it.
    """
    n = len(surface.gap_of)
    slide_mm, change, lift_mm = np.zeros((n, 3)), np.zeros((n, carried.shape[1])), np.zeros(n)
    in_pleat = np.flatnonzero(surface.gap_of >= 0)
    if not len(in_pleat):
        return slide_mm, change, lift_mm
    gap = surface.gap_of[in_pleat]
    across_mm, beyond_mm = np.split(surface.gaps @ cage_mm, 2)  # (2g, N) @ (N, 3) -> 2 x (g, 3)
    length_mm = np.linalg.norm(across_mm, axis=1) + 1e-9
    slack_mm = np.clip((surface.open_mm - length_mm) / 2, *surface.slack_mm)
    by_length, by_slack, lift, lift_by_slack = surface.fold[in_pleat].T
    way_mm = np.maximum(by_length * length_mm[gap] + by_slack * slack_mm[gap], 0.0)
    share = np.minimum(way_mm / length_mm[gap], 1.0)[:, None]
    further_mm = np.maximum(way_mm - length_mm[gap], 0.0)
    share_beyond = (further_mm / (np.linalg.norm(beyond_mm, axis=1) + 1e-9)[gap])[:, None]
    slide_mm[in_pleat] = share * across_mm[gap] + share_beyond * beyond_mm[gap]
    across, beyond = np.split(surface.gaps @ carried, 2)
    change[in_pleat] = share * across[gap] + share_beyond * beyond[gap]
    lift_mm[in_pleat] = lift + lift_by_slack * slack_mm[gap]
    return slide_mm, change, lift_mm
