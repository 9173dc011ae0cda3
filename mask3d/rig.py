"""A mask design as numbers: a coarse cage that drapes and a fine surface that follows it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from mask3d.arrays import FloatArray, IntArray, Shape, freeze_fields
from mask3d.clearance import LooseCloth
from mask3d.recipe import CREASE_SETS
from mask3d.sheet import Sheet

SEAM_MM = 2.0  # height that no seam or binding has over the sheet


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The visible surface, bound to a cage of N points.

    An outer vertex is a weighted mean of cage points, moved along the pleat
    that it belongs to and along the cage's normal. The slack of a pleat is the
    cloth that is left to lie double: what the open pleat is longer than its
    gap, halved. What reaches over the gap follows the cloth below it.

    Attributes
    ----------
    weights : (n, N) sparse, rows sum to 1
    gaps : (2g, N) sparse, rows give the vectors across the g pleats, then those from there on
        to the next points of the cloth below; rows sum to 0
    gap_of : (n,) pleat that moves the vertex, of g, -1 for none
    fold : (n, 4)
        Way along the gap per gap length and per slack; lift along the normal,
        mm, and per slack.
    open_mm : length of a fully open pleat
    slack_mm : (2,) least and greatest slack
    relief_mm : (n,) height of seams, ribs, embossing
    creases_mm : (CREASE_SETS, n) height of creases, scaled by the recipe
    thickness_mm : distance of the inner side
    faces : (F, 3) over 2n vertices, the outer ones first, then the inner ones
    uv : (2n, 2)
    occlusion : (2n,)
    """

    weights: csr_array
    gaps: csr_array
    gap_of: IntArray
    fold: FloatArray
    open_mm: float
    slack_mm: FloatArray
    relief_mm: FloatArray
    creases_mm: FloatArray
    thickness_mm: float
    faces: IntArray
    uv: FloatArray
    occlusion: FloatArray

    def __post_init__(self) -> None:
        """Check and freeze the dense arrays."""
        n = self.weights.shape[0]
        shapes: dict[str, tuple[Shape, type]] = {
            "gap_of": ((n,), np.int32),
            "fold": ((n, 4), np.float64),
            "slack_mm": ((2,), np.float64),
            "relief_mm": ((n,), np.float64),
            "creases_mm": ((CREASE_SETS, n), np.float64),
            "faces": ((None, 3), np.int32),
            "uv": ((2 * n, 2), np.float64),
            "occlusion": ((2 * n,), np.float64),
        }
        freeze_fields(self, shapes)

    @property
    def tallest_fold_mm(self) -> float:
        """How high a pleat with the greatest slack stands."""
        _, _, lift_mm, by_slack = self.fold.T
        return float((lift_mm + by_slack * self.slack_mm[1]).max())


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """Everything of a design that its makers measured or solved.

    Attributes
    ----------
    sheet : Sheet, the cage's links (empty for a stiff shell)
    surface : Surface
    softness : (N,) how far a cage point gives way to the skin, 0 stiff .. 1 soft (shells)
    rim : (R,) cage points that seal on the skin (shells)
    strap_ends : (S, 2, 2) cage points, strap by side (subject's left first) by end
        (upper first)
    pose_names : see `Wearing.pose`, at least ``covered``
    poses_mm : (len(pose_names), N, 3) the cage as the mean head wears it, face frame
    pulls : (len(pose_names), P) tension of each pulled point of the sheet
    pulled_to_mm : (P, 3) where they are pulled to on the mean head
    sealing : names of the poses in which the rim of a shell, the wire of a sheet is pressed on
    gathered : names of the poses in which the pleats of a sheet are held shut
    clinging : names of the poses in which a sheet follows the skin, not its own rim alone
    evenings : how often what a head does to a held point is averaged with its neighbours
    contacts : (K, 3) pose, and two points of the sheet that may meet in it
    apart_mm : (K,) how near these may come
    """

    sheet: Sheet
    surface: Surface
    softness: FloatArray
    rim: IntArray
    strap_ends: IntArray
    pose_names: tuple[str, ...]
    poses_mm: FloatArray
    pulls: FloatArray
    pulled_to_mm: FloatArray
    sealing: tuple[str, ...] = ("covered",)
    gathered: tuple[str, ...] = ()
    clinging: tuple[str, ...] = ()
    evenings: int = 0
    contacts: IntArray = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    apart_mm: FloatArray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        points = self.surface.weights.shape[1]
        poses, pulled = len(self.pose_names), len(self.sheet.pulled)
        shapes: dict[str, tuple[Shape, type]] = {
            "softness": ((points,), np.float64),
            "rim": ((None,), np.int32),
            "strap_ends": ((None, 2, 2), np.int32),
            "poses_mm": ((poses, points, 3), np.float64),
            "pulls": ((poses, pulled), np.float64),
            "pulled_to_mm": ((pulled, 3), np.float64),
            "contacts": ((None, 3), np.int32),
            "apart_mm": ((len(self.contacts),), np.float64),
        }
        freeze_fields(self, shapes)


@lru_cache(maxsize=64)
def loose_cloth(rig: Rig) -> LooseCloth:
    """The surface without what lies double, as pleats do, or stands on it, as valves do.

    Vertices that are doubled for a hard edge go together.
    """
    surface = rig.surface
    sheet_mm = surface.weights @ rig.poses_mm[0]
    places = np.column_stack([sheet_mm, surface.relief_mm, surface.gap_of, surface.fold])
    _, representative, place = np.unique(places, axis=0, return_index=True, return_inverse=True)
    first = representative[place.reshape(-1)].astype(np.int32)
    stacked = (surface.gap_of >= 0) | (surface.relief_mm > SEAM_MM)
    outer = surface.faces[(surface.faces < len(first)).all(axis=1)]
    return LooseCloth(first[outer[~stacked[outer].any(axis=1)]], first)


_SPARSE = ("weights", "gaps")
_OF_FOLDING = ("gathered", "contacts", "apart_mm")
_OF_RIG = ("softness", "rim", "strap_ends", "poses_mm", "pulls", "pulled_to_mm")


def write_rig(rig: Rig, path: Path) -> None:
    """Write `rig` as a .npz of plain arrays; the same rig gives the same bytes."""
    arrays = {f"sheet_{name}": value for name, value in rig.sheet._asdict().items()}
    for part in fields(Surface):
        value = getattr(rig.surface, part.name)
        if part.name in _SPARSE:
            arrays[f"{part.name}_data"] = value.data.astype(np.float32)
            arrays[f"{part.name}_indices"] = value.indices.astype(np.int32)
            arrays[f"{part.name}_indptr"] = value.indptr.astype(np.int32)
            arrays[f"{part.name}_shape"] = np.array(value.shape)
        else:
            arrays[part.name] = value
    arrays |= {name: getattr(rig, name) for name in _OF_RIG}
    arrays["pose_names"] = np.array(rig.pose_names)
    arrays["sealing"] = np.array(rig.sealing)
    if len(rig.contacts):  # a shell cannot meet itself
        arrays |= {name: np.array(getattr(rig, name)) for name in _OF_FOLDING}
    if rig.clinging:
        arrays["clinging"] = np.array(rig.clinging)
    if rig.evenings:
        arrays["evenings"] = np.array(rig.evenings)
    np.savez_compressed(path, allow_pickle=False, **{k: _compact(v) for k, v in arrays.items()})


def read_rig(path: Path) -> Rig:
    """Read what `write_rig` wrote.

    Raises
    ------
    KeyError, ValueError
        The file lacks an array, or one has the wrong shape.
    """
    with np.load(path, allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files}
    sparse = {
        name: csr_array(
            tuple(arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr")),
            shape=tuple(arrays[f"{name}_shape"]),
            dtype=np.float64,
        )
        for name in _SPARSE
    }
    dense = {f.name: arrays[f.name] for f in fields(Surface) if f.name not in _SPARSE}
    dense |= {name: float(dense[name]) for name in ("open_mm", "thickness_mm")}
    sheet = Sheet(
        pairs=arrays["sheet_pairs"],
        bounds_mm=arrays["sheet_bounds_mm"].astype(np.float64),
        compliance=arrays["sheet_compliance"].astype(np.float64),
        pulled=arrays["sheet_pulled"],
        wire=arrays["sheet_wire"],
        tucked=arrays["sheet_tucked"],
        gaps=arrays["sheet_gaps"],
        bridge=int(arrays["sheet_bridge"]),
        loose_mm=float(arrays.get("sheet_loose_mm", 0.0)),
    )
    surface = Surface(**sparse, **dense)
    return Rig(
        sheet,
        surface,
        pose_names=tuple(arrays["pose_names"].tolist()),
        sealing=tuple(arrays["sealing"].tolist()),
        gathered=tuple(arrays.get("gathered", np.zeros(0)).tolist()),
        clinging=tuple(arrays.get("clinging", np.zeros(0)).tolist()),
        evenings=int(arrays.get("evenings", 0)),
        contacts=arrays.get("contacts", np.zeros((0, 3), np.int32)),
        apart_mm=arrays.get("apart_mm", np.zeros(0)),
        **{name: arrays[name] for name in _OF_RIG},
    )


def _compact(value: object) -> np.ndarray:
    """Single precision is far finer than a micrometre here, and half the file."""
    array = np.asarray(value)
    return array.astype({"f": np.float32, "i": np.int32}.get(array.dtype.kind, array.dtype))
