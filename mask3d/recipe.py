"""Everything random about one face, drawn once, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CREASE_SETS = 4
STATES = ("covered", "nose_out", "mouth_out", "chin_out", "under_chin", "one_ear")
EARS = ("left", "right")  # the subject's

# how a mask that is put on without a mirror lies: standard deviations, cut at twice as much
SHIFT_MM, TILT_DEG, DROP_MM = 1.5, 1.2, 1.5
MAX_SAG = 0.4


@dataclass(frozen=True, slots=True)
class Wearing:
    """How the mask is worn.

    Attributes
    ----------
    state : one of `STATES`
    drop_mm : how far below its usual place in this state it sits
    shift_mm : how far it sits to the subject's left
    tilt_deg : turned in the plane of the face, the subject's left side up
    sag : 0 as taut as usual, 1 straps without any tension
    ear : that holds the mask where the state is ``one_ear``
    """

    state: str = "covered"
    drop_mm: float = 0.0
    shift_mm: float = 0.0
    tilt_deg: float = 0.0
    sag: float = 0.0
    ear: str = "left"

    @property
    def pose(self) -> str:
        """Name of the mask's pose: the state, and for ``one_ear`` which."""
        return f"one_ear_{self.ear}" if self.state == "one_ear" else self.state


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the seed decided for one face.

    Attributes
    ----------
    mask : preset name, e.g. ``surgical_blue``
    crease_weights : CREASE_SETS numbers
        How strongly each of the design's crease patterns shows; all 0 is the smooth mask.
    wearing : Wearing
    """

    mask: str
    crease_weights: tuple[float, ...] = (0.0,) * CREASE_SETS
    wearing: Wearing = Wearing()


def draw_recipe(
    masks: Sequence[str],
    seed: int,
    image: str,
    face: int,
    *,
    states: Sequence[str] = ("covered",),
    drop_mm: float = 0.0,
) -> Recipe:
    """Draw the recipe of one face; it depends on nothing but the arguments.

    Parameters
    ----------
    masks : preset names to choose from, each as likely as the others
    seed : int >= 0
    image : path of the photo relative to the folder of the run, with ``/``
    face : index of the face in the photo
    states : wearing states to choose from, each as likely as the others
    drop_mm : how far below its usual place the mask is worn on the average

    Raises
    ------
    ValueError
        No mask or state to choose from, or a negative seed or face.

    Examples
    --------
    >>> draw_recipe(["surgical_blue"], 0, "a.jpg", 0) == draw_recipe(
    ...     ["surgical_blue"], 0, "a.jpg", 0
    ... )
    True
    """
    if not masks:
        raise ValueError("masks is empty, expected at least one preset name")
    if not states:
        raise ValueError("states is empty, expected at least one of STATES")
    # The face goes before the path: behind it, face 98 of "a" would be face 0 of "ab".
    rng = np.random.default_rng([seed, face, *image.encode("utf-8", "surrogatepass")])
    mask = masks[int(rng.integers(len(masks)))]
    creases = tuple(rng.uniform(0.0, 1.0, CREASE_SETS).tolist())
    return Recipe(mask, creases, _draw_wearing(rng, states, drop_mm))


def _draw_wearing(rng: np.random.Generator, states: Sequence[str], drop_mm: float) -> Wearing:
    state = states[int(rng.integers(len(states)))]
    drop, shift, tilt = np.clip(rng.standard_normal(3), -2.0, 2.0).tolist()
    return Wearing(
        state=state,
        drop_mm=drop_mm + DROP_MM * drop,
        shift_mm=SHIFT_MM * shift,
        tilt_deg=TILT_DEG * tilt,
        sag=float(rng.uniform(0.0, MAX_SAG)),
        ear=EARS[int(rng.integers(len(EARS)))],
    )
