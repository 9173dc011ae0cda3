"""Everything random about one face, drawn once, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CREASE_SETS = 4


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the seed decided for one face.

    Attributes
    ----------
    mask : preset name, e.g. ``surgical_blue``
    crease_weights : CREASE_SETS numbers
        How strongly each of the design's crease patterns shows; all 0 is the smooth mask.
    """

    mask: str
    crease_weights: tuple[float, ...] = (0.0,) * CREASE_SETS


def draw_recipe(masks: Sequence[str], seed: int, image: str, face: int) -> Recipe:
    """Draw the recipe of one face; it depends on nothing but the arguments.

    Parameters
    ----------
    masks : preset names to choose from, each as likely as the others
    seed : int >= 0
    image : path of the photo relative to the folder of the run, with ``/``
    face : index of the face in the photo

    Raises
    ------
    ValueError
        No mask to choose from, or a negative seed or face.

    Examples
    --------
    >>> draw_recipe(["surgical_blue"], 0, "a.jpg", 0) == draw_recipe(
    ...     ["surgical_blue"], 0, "a.jpg", 0
    ... )
    True
    """
    if not masks:
        raise ValueError("masks is empty, expected at least one preset name")
    # The face goes before the path: behind it, face 98 of "a" would be face 0 of "ab".
    rng = np.random.default_rng([seed, face, *image.encode("utf-8", "surrogatepass")])
    mask = masks[int(rng.integers(len(masks)))]
    return Recipe(mask, tuple(rng.uniform(0.0, 1.0, CREASE_SETS).tolist()))
