"""Everything random about one face, drawn once, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

CREASE_SETS = 4
STATES = ("covered", "nose_out", "mouth_out", "chin_out", "under_chin", "one_ear")
EARS = ("left", "right")  # the subject's

# how a mask that is put on without a mirror lies: standard deviations, cut at twice as much
SHIFT_MM, TILT_DEG, DROP_MM = 1.5, 1.2, 1.5
MAX_SAG = 0.4

# How much lower than usual the upper edge of a mask sits. NIST IR 8311 (2020) varies the nose
# coverage of its masks so, in words and pictures; the millimetres are ours, on the mean head: from
# between points 27 and 28 (high) to point 29, and to just over the tip of the nose, point 30.
NOSE_COVERAGE_DROP_MM = {"high": 0.0, "medium": 15.0, "low": 28.0}


@dataclass(frozen=True, slots=True)
class Effects:
    """What makes a mask belong in its photo; each can be left out.

    Attributes
    ----------
    light : it is lit from where the face is, else evenly
    self_shadow : folds, rim and what turns from the light are darker
    shadow : it keeps light from the skin around it
    sharpness, grain, tone : it is as blurred, noisy, hazy and clipped as the photo
    occluders : what lies in front of the face stays in front of it
    """

    light: bool = True
    self_shadow: bool = True
    shadow: bool = True
    sharpness: bool = True
    grain: bool = True
    tone: bool = True
    occluders: bool = True


ALL_EFFECTS = Effects()


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
    mask : what is worn, as it was asked for, e.g. ``surgical_blue+shield``
    crease_weights : CREASE_SETS numbers
        How strongly each of the design's crease patterns shows; all 0 is the smooth mask.
    wearing : Wearing
    effects : Effects
    grain_seed : of the noise on the mask
    """

    mask: str
    crease_weights: tuple[float, ...] = (0.0,) * CREASE_SETS
    wearing: Wearing = Wearing()
    effects: Effects = ALL_EFFECTS
    grain_seed: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What the seed chooses from, and how much it may vary how a mask is worn.

    Attributes
    ----------
    states : mask -> wearing states, each mask as likely as the others, and each of its states
    drop_mm : how far below its usual place a mask is worn on the average
    exact : no shift, tilt, sag or creases, and `drop_mm` as it is
    effects : Effects
    """

    states: Mapping[str, Sequence[str]]
    drop_mm: float = 0.0
    exact: bool = False
    effects: Effects = ALL_EFFECTS

    def __post_init__(self) -> None:
        """Check that there is something to choose."""
        if not self.states:
            raise ValueError("states is empty, expected at least one mask")
        for mask, states in self.states.items():
            if not states or not set(states) <= set(STATES):
                raise ValueError(f"states of {mask} are {states}, expected some of {STATES}")


def draw_recipe(choices: Choices, seed: int, image: str, face: int) -> Recipe:
    """Draw the recipe of one face; it depends on nothing but the arguments.

    Parameters
    ----------
    choices : Choices
    seed : int >= 0
    image : path of the photo relative to the folder of the run, with ``/``
    face : index of the face in the photo

    Raises
    ------
    ValueError
        A negative seed or face.

    Examples
    --------
    >>> choices = Choices({"surgical_blue": ["covered", "nose_out"]})
    >>> draw_recipe(choices, 0, "a.jpg", 0) == draw_recipe(choices, 0, "a.jpg", 0)
    True
    """
    # The face goes before the path: behind it, face 98 of "a" would be face 0 of "ab".
    rng = np.random.default_rng([seed, face, *image.encode("utf-8", "surrogatepass")])
    mask = _drawn(rng, tuple(choices.states))
    creases = tuple(rng.uniform(0.0, 1.0, CREASE_SETS).tolist())
    wearing = _draw_wearing(rng, choices.states[mask], choices.drop_mm)
    grain_seed = int(rng.integers(2**32))
    if choices.exact:
        creases = (0.0,) * CREASE_SETS
        wearing = Wearing(wearing.state, choices.drop_mm, ear=wearing.ear)
    return Recipe(mask, creases, wearing, choices.effects, grain_seed)


def _draw_wearing(rng: np.random.Generator, states: Sequence[str], drop_mm: float) -> Wearing:
    state = _drawn(rng, states)
    drop, shift, tilt = np.clip(rng.standard_normal(3), -2.0, 2.0).tolist()
    return Wearing(
        state=state,
        drop_mm=drop_mm + DROP_MM * drop,
        shift_mm=SHIFT_MM * shift,
        tilt_deg=TILT_DEG * tilt,
        sag=float(rng.uniform(0.0, MAX_SAG)),
        ear=_drawn(rng, EARS),
    )


def _drawn(rng: np.random.Generator, names: Sequence[str]) -> str:
    return names[int(rng.integers(len(names)))]
