"""How one face moves: named modes from the expression targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mask3d.arrays import FloatArray, IntArray
from scripts.face_model.identity import ANCESTRIES
from scripts.face_model.mirror_parts import even_part, odd_part
from scripts.face_model.source import Source

# Half the width of the middle of the face, over which a movement fades from one side to the other.
FADE_MM = 12.0


@dataclass(frozen=True, slots=True)
class Movement:
    """One mode: the weighted sum of targets below ``expression/units/ANCESTRY/``.

    Attributes
    ----------
    name : name of the mode
    sigma : share of the full targets that is one standard deviation
    targets : names, ``{side}`` standing for left and right
    one_sided : the left side moves against the right one
    """

    name: str
    sigma: float
    targets: tuple[str, ...]
    one_sided: bool = False


# The full targets are strong: jaw_open at 1 lowers the chin by 22 mm, smile moves the corners of
# the mouth by 13 mm. One sigma is set so that two are a plain, unposed expression.
MOVEMENTS = (
    Movement("jaw_open", 0.25, ("mouth-open",)),
    Movement("smile", 0.25, ("mouth-corner-puller",)),
    Movement("mouth_frown", 0.25, ("mouth-depression",)),
    Movement("mouth_pucker", 0.25, ("mouth-pursing",)),
    Movement("upper_lip_raise", 0.3, ("mouth-elevation",)),
    Movement("lower_lip_drop", 0.25, ("mouth-depression-retraction",)),
    Movement("lips_evert", 0.3, ("mouth-eversion",)),
    Movement("eyes_close", 0.25, ("eye-{side}-closure",)),
    Movement("brows_raise", 0.35, ("eyebrows-{side}-up", "eyebrows-{side}-extern-up")),
    Movement("brows_frown", 0.35, ("eyebrows-{side}-down",)),
    Movement("nose_wrinkle", 0.3, ("nose-{side}-elevation",)),
    Movement("smile_one_sided", 0.15, ("mouth-corner-puller",), one_sided=True),
    Movement("eyes_close_one_sided", 0.15, ("eye-{side}-closure",), one_sided=True),
    Movement("brows_raise_one_sided", 0.25, ("eyebrows-{side}-up",), one_sided=True),
)


def expression_modes(
    source: Source, mean_mm: FloatArray, kept: IntArray, mirror: IntArray
) -> tuple[FloatArray, tuple[str, ...]]:
    """Modes (E, V, 3), one standard deviation each, and their names."""
    modes = [_mode(source, movement, mean_mm, kept, mirror) for movement in MOVEMENTS]
    return np.stack(modes), tuple(movement.name for movement in MOVEMENTS)


def _mode(
    source: Source, movement: Movement, mean_mm: FloatArray, kept: IntArray, mirror: IntArray
) -> FloatArray:
    full_mm = sum(
        (_target_mm(source, target)[kept] for target in movement.targets),
        start=np.zeros_like(mean_mm),
    )
    moved_mm = movement.sigma * even_part(full_mm, mirror)
    if movement.one_sided:
        side = np.clip(mean_mm[:, :1] / FADE_MM, -1, 1)  # +1 on the left, -1 on the right
        moved_mm = odd_part(side * moved_mm, mirror)
    return np.asarray(moved_mm)


def _target_mm(source: Source, target: str) -> FloatArray:
    """Both sides of a target, mean of its variants for the ancestries."""
    sides = [target.format(side=side) for side in ("left", "right")]
    names = [f"expression/units/{a}/{name}" for a in ANCESTRIES for name in dict.fromkeys(sides)]
    return np.asarray(np.sum([source.target_mm(n) for n in names], axis=0) / len(ANCESTRIES))
