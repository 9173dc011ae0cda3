"""A layer behind what lies in front of the face."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mask3d.arrays import Float32Array
from mask3d.mesh import Layer
from mask3d.occluders.types import Occluders

MAX_SHARE = 0.6  # of a mask; who hides more than that from the photo hides no face in it
MIN_SHARE = 0.002  # of a mask; less is a speck
MAX_DOUBT = 0.05  # of the face; more is worth a second look


class Hidden(NamedTuple):
    """A layer, and what became of it.

    Attributes
    ----------
    layer : Layer
    share : of its alpha that was given up, 0..1
    note : "" nothing special; "unsure" something may be in front and the mask covers it;
        "too-much" more seemed in front than can be, and the mask covers all of it
    """

    layer: Layer
    share: float
    note: str


def hide(layer: Layer, occluders: Occluders) -> Hidden:
    """`layer` with less of it where something is in front.

    What was found is believed up to `MAX_SHARE`; what the user gives, always.
    """
    free = 1 - _over(layer, occluders)
    whole = float(layer.rgba[..., 3].sum())
    share = 1 - float((layer.rgba[..., 3] * free).sum()) / whole if whole > 0 else 0.0
    if occluders.is_given:
        return Hidden(replace(layer, rgba=layer.rgba * free[..., None]), share, "")
    unsure = "unsure" if occluders.doubt > MAX_DOUBT else ""
    if share > MAX_SHARE:
        return Hidden(layer, 0.0, "too-much")
    if share < MIN_SHARE:
        return Hidden(layer, 0.0, unsure)
    return Hidden(replace(layer, rgba=layer.rgba * free[..., None]), share, unsure)


def _over(layer: Layer, occluders: Occluders) -> Float32Array:
    """Alpha of the occluders on the rectangle (h, w) of the layer, 0 beyond theirs."""
    alpha = np.zeros(layer.rgba.shape[:2], np.float32)
    shift = np.subtract(layer.origin_px, occluders.origin_px)  # their pixel of the layer's first
    low = np.maximum(-shift, 0)
    high = np.minimum(np.array(occluders.alpha.shape[::-1]) - shift, alpha.shape[::-1])
    if (low < high).all():
        (x0, y0), (x1, y1) = low, high
        dx, dy = shift
        alpha[y0:y1, x0:x1] = occluders.alpha[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
    return alpha
