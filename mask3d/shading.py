"""How the light on a face varies with the normal of its skin: one key light and a room.

The light on a surface with the unit normal n is, for skin of one albedo::

    max(room . Y(n), LEAST_ROOM) + max(key . n, 0)

with the harmonics Y of `sh_basis`. It is fitted to encoded brightness, whose
noise is about the same everywhere, by damped Gauss-Newton steps with Huber's
weights. Clipped skin only says that there is at least so much light.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import FloatArray, freeze_fields
from mask3d.colour import REC709_LUMA
from mask3d.harmonics import AROUND, AROUND_BASIS, sh_basis
from mask3d.jit import kernel
from mask3d.skin import SkinSamples

ENCODING_GAMMA = 2.2
LEAST_ROOM = 0.02  # of the mean light; a room throws something back into every corner
# What the light is likely to be, relative to the mean light: room, then key. Camera frame: y down,
# z away. And the weight of a squared deviation, relative to that of all skin.
LIKELY = np.array([1.0, -0.08, -0.05, *[0.0] * 6, *[0.0] * 3])
STIFFNESS = np.array([0.001, *[0.012] * 3, *[0.025] * 5, *[0.0005] * 3])
MIN_CELLS = 60.0  # of skin; with fewer, what is likely gains in proportion
LEVEL_CELLS = 5.0  # of skin, that the mean brightness around the face counts for
# In standard deviations of the residual; with the usual 1.345 a third of hair darkens the skin
# by 15 %, with 0.7 by less than 3 %.
HUBER_K = 0.7
MAD_TO_SIGMA = 1.4826
MIN_SIGMA = 1 / 255  # encoded, one step of 8 bits
MIN_PREDICTED = 0.02  # encoded; keeps logarithms and roots away from zero
STEPS = 12
MAX_STEP, MIN_STEP = 1.0, 0.01  # of the mean light; less is the end of the search
KEY_SHARE = 0.6  # of the linear part of the light, where the search for the key light starts
MAX_KEY = 3.0  # of the mean light, there
# Brightness below the upper lip over what the rest of the face foretells, encoded. Rendered heads
# at any yaw: bare 0.88 to 1.15, bearded 0.55 to 0.81.
BEARDED, BARE = 0.78, 0.88


@dataclass(frozen=True, slots=True, eq=False)
class Shading:
    """Light on the skin as a function of its normal.

    Attributes
    ----------
    level : linear light that the unit stands for, skin's albedo included
    room : (9,) coefficients of `sh_basis`
    key : (3,) towards the key light, as long as it is strong; camera frame
    """

    level: float
    room: FloatArray
    key: FloatArray

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        freeze_fields(self, {"room": ((9,), np.float64), "key": ((3,), np.float64)})

    def on(self, normals_cam: FloatArray) -> FloatArray:
        """Light (...,) on unit normals (..., 3), linear."""
        return self.level * _light(np.append(self.room, self.key), _terms(normals_cam))


def fit_shading(samples: SkinSamples) -> tuple[Shading, FloatArray]:
    """The likeliest shading behind the samples, and how far each is believed, (N,).

    Where there are too few samples it goes over to light from above and in
    front, as bright as what is around the face.
    """
    brightness = samples.encoded @ REC709_LUMA
    around = float(samples.surroundings.reshape(-1, 3).mean(axis=0) @ REC709_LUMA)
    terms = _terms(samples.normals_cam)
    low = samples.may_be_beard
    weights = samples.weights
    if low.any() and not low.all():
        # A beard is too much of the face, and too much in one place, for a robust loss to see
        # through: it passes for light from above.
        shading, _ = _fitted(terms, brightness, samples.is_clipped, weights * ~low, around)
        foretold = _encoded(shading.on(samples.normals_cam[low]))
        ratio = np.average(brightness[low] / foretold, weights=weights[low])
        weights = weights * np.where(low, np.interp(ratio, (BEARDED, BARE), (0.0, 1.0)), 1.0)
    return _fitted(terms, brightness, samples.is_clipped, weights, around)


def _terms(normals_cam: FloatArray) -> FloatArray:
    """Harmonics and normals (..., 12)."""
    return np.concatenate([sh_basis(normals_cam), np.asarray(normals_cam, float)], axis=-1)


def _light(state: FloatArray, terms: FloatArray) -> FloatArray:
    """Light (...,) of room and key (12,) on `_terms` (..., 12)."""
    room = np.maximum(terms[..., :9] @ state[:9], LEAST_ROOM)
    light: FloatArray = room + np.maximum(terms[..., 9:] @ state[9:], 0.0)
    return light


def _encoded(light: FloatArray) -> FloatArray:
    return np.maximum(light ** (1 / ENCODING_GAMMA), MIN_PREDICTED)


def _fitted(
    terms: FloatArray,
    brightness: FloatArray,
    is_clipped: NDArray[np.bool_],
    weights: FloatArray,
    around: float,
) -> tuple[Shading, FloatArray]:
    """Shading and believed weights (N,), by Gauss-Newton steps."""
    level, state = _start(terms, brightness, weights, around)
    ridge = STIFFNESS * max(float(weights.sum()), MIN_CELLS) * level ** (2 / ENCODING_GAMMA)
    believed = weights
    for _ in range(STEPS if len(brightness) else 0):
        residual, rates, belief = _residuals(terms, brightness, is_clipped, state, level)
        believed = weights * belief
        matrix, right = _normal_equations(terms, state, residual, rates, believed)
        right += ridge * (LIKELY - state)
        step = np.linalg.solve(matrix + np.diag(ridge), right)
        length = max(float(np.linalg.norm(step)), 1e-12)
        state = state + step * min(1.0, MAX_STEP / length)
        state[0] = max(state[0], LEAST_ROOM)
        if length < MIN_STEP:
            break
    return Shading(level, state[:9], state[9:]), believed


@kernel
def _residuals(
    terms: FloatArray,
    brightness: FloatArray,
    is_clipped: NDArray[np.bool_],
    state: FloatArray,
    level: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # pragma: no cover
    """Seen less predicted brightness (N,), brightness by light, and Huber's weights.

    Clipped samples that are no brighter than predicted weigh nothing; no others tell the noise,
    if there are any.
    """
    count = len(brightness)
    residual, rates, belief = np.zeros(count), np.zeros(count), np.zeros(count)
    size, trusted = np.zeros(count), 0
    for i in range(count):
        room, key = 0.0, 0.0
        for j in range(9):
            room += terms[i, j] * state[j]
        for j in range(9, 12):
            key += terms[i, j] * state[j]
        light = max(room, LEAST_ROOM) + max(key, 0.0)
        predicted = max((level * light) ** (1 / ENCODING_GAMMA), MIN_PREDICTED)
        residual[i] = brightness[i] - predicted
        belief[i] = abs(residual[i]) / np.sqrt(predicted)  # over its noise
        rates[i] = predicted / (ENCODING_GAMMA * light)
        if not is_clipped[i]:
            size[trusted] = belief[i]
            trusted += 1
    middle = np.median(size[:trusted]) if trusted else np.median(belief)
    sigma = max(MAD_TO_SIGMA * middle, MIN_SIGMA)
    for i in range(count):
        belief[i] = min(1.0, HUBER_K * sigma / max(belief[i], MIN_SIGMA))
        if is_clipped[i] and residual[i] < 0:
            belief[i] = 0.0
    return residual, rates, belief


@kernel
def _normal_equations(
    terms: FloatArray,
    state: FloatArray,
    residual: FloatArray,
    rates: FloatArray,
    weights: FloatArray,
) -> tuple[FloatArray, FloatArray]:  # pragma: no cover
    """Matrix (12, 12) and right side (12,) of a Gauss-Newton step."""
    matrix, right = np.zeros((12, 12)), np.zeros(12)
    for i in range(len(residual)):
        key = terms[i, 9] * state[9] + terms[i, 10] * state[10] + terms[i, 11] * state[11]
        terms_lit = 12 if key > 0 else 9
        for j in range(terms_lit):
            slope = weights[i] * rates[i] * terms[i, j]
            right[j] += slope * residual[i]
            for k in range(j + 1):
                matrix[j, k] += slope * rates[i] * terms[i, k]
    for j in range(12):
        for k in range(j):
            matrix[k, j] = matrix[j, k]
    return matrix, right


def _start(
    terms: FloatArray, brightness: FloatArray, weights: FloatArray, around: float
) -> tuple[float, FloatArray]:
    """Mean light, and the room and key (12,) that a linear fit of the brightness gives."""
    weighted = terms[:, :9].T * weights
    ridge = np.diag(STIFFNESS[:9]) * max(float(weights.sum()), MIN_CELLS)
    ridge[0, 0] = LEVEL_CELLS
    right = weighted @ brightness
    right[0] += LEVEL_CELLS * around
    encoded = AROUND_BASIS @ np.linalg.solve(weighted @ terms[:, :9] + ridge, right)
    light = np.maximum(encoded, MIN_PREDICTED) ** ENCODING_GAMMA
    level = float(light.mean())
    key = 6.0 * KEY_SHARE * (light / level) @ AROUND / len(AROUND)
    key *= min(1.0, MAX_KEY / max(float(np.linalg.norm(key)), 1e-12))
    room = LIKELY[:9].copy()
    room[0] = max(1.0 - float(np.linalg.norm(key)) / 4.0, LEAST_ROOM)
    return level, np.append(room, key if len(brightness) else LIKELY[9:])
