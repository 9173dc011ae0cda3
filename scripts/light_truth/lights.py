"""Random lights: one from a side with a room, several soft ones, a frontal flash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from mask3d.arrays import FloatArray

Kind = Literal["one", "soft", "flash"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Log linear RGB of a light against the white balance of the camera: along blue to amber and
# along green to magenta. An automatic balance takes out most of a light's colour, not all.
AMBER, MAGENTA = np.array([0.66, 0.08, -0.74]), np.array([0.36, -0.82, 0.45])
AMBER_SIGMA, MAGENTA_SIGMA = 0.18, 0.04
ROOM_AMBER_SIGMA = 0.12  # of the room against the lamps
RAYS = 4  # of each light, for the soft edge of its shadows
FROM_ABOVE = 0.85  # share of the single lights
FROM_ABOVE_AND_FRONT = np.array([0.0, -0.7, -0.6])  # mean of several


@dataclass(frozen=True, slots=True, eq=False)
class Lights:
    """Lights and the room; camera frame, linear RGB, mean over all about 1.

    Attributes
    ----------
    kind : Kind
    towards : (L, 3) unit directions
    strength : (L, 3) irradiance on what faces the light
    spread : (L,) tangent of half the angle that it fills
    room : (4, 3) irradiance from the room: constant part, and along x, y, z
    """

    kind: Kind
    towards: FloatArray
    strength: FloatArray
    spread: FloatArray
    room: FloatArray

    def rays(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Directions (R, 3) and strengths (R, 3) of `RAYS` points on each light."""
        offsets = rng.normal(0.0, 0.7, (len(self.towards), RAYS, 3)) * self.spread[:, None, None]
        directions = self.towards[:, None] + offsets
        directions /= np.linalg.norm(directions, axis=2, keepdims=True)
        strength = np.repeat(self.strength / RAYS, RAYS, axis=0)
        return directions.reshape(-1, 3), strength

    def irradiance(self, normals_cam: FloatArray) -> FloatArray:
        """Linear irradiance (..., 3) on unit normals (..., 3), nothing in the way."""
        facing = np.maximum(normals_cam @ self.towards.T, 0.0)  # (..., L)
        lit: FloatArray = facing @ self.strength + self.from_room(normals_cam)
        return lit

    def from_room(self, normals_cam: FloatArray) -> FloatArray:
        """The room's part (..., 3) of `irradiance`."""
        lit: FloatArray = np.maximum(self.room[0] + normals_cam @ self.room[1:], 0.0)
        return lit

    @property
    def dominant(self) -> FloatArray:
        """Unit direction (3,) that most light of the lamps comes from."""
        summed = self.strength.sum(axis=1) @ self.towards
        dominant: FloatArray = summed / np.linalg.norm(summed)
        return dominant


def random_lights(kind: Kind, rng: np.random.Generator) -> Lights:
    """Lights of a kind."""
    colour = _colour(rng, AMBER_SIGMA)
    towards, share, spread, room = _MAKERS[kind](rng)
    strength = share[:, None] * colour
    if kind == "soft":
        strength = strength * np.array([_colour(rng, ROOM_AMBER_SIGMA) for _ in share])
    tilt = np.array([rng.normal(0.0, 0.15), rng.normal(-0.2, 0.15), rng.normal(-0.1, 0.15)])
    terms = room * np.vstack([np.ones(1), tilt[:, None]])  # (4, 1)
    return Lights(
        kind, towards, strength, spread, terms * (colour * _colour(rng, ROOM_AMBER_SIGMA))
    )


_Draw = tuple[FloatArray, FloatArray, FloatArray, float]


def _one(rng: np.random.Generator) -> _Draw:
    """A window or a lamp at a side, and a room 15 to 60 % as bright."""
    elevation = rng.uniform(-0.1, 0.85)  # towards the viewer
    turn = rng.uniform(0.0, np.pi) * (-1 if rng.random() < FROM_ABOVE else 1)
    across = np.sqrt(1.0 - elevation**2)
    towards = np.array([[across * np.cos(turn), across * np.sin(turn), -elevation]])
    return towards, np.ones(1), rng.uniform(0.05, 0.25, 1), float(rng.uniform(0.15, 0.6))


def _soft(rng: np.random.Generator) -> _Draw:
    """Three to seven lights from above, the sides and the front."""
    count = int(rng.integers(3, 8))
    towards = rng.normal(0.0, 1.0, (count, 3)) + FROM_ABOVE_AND_FRONT
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    share = rng.uniform(0.3, 1.0, count)
    share /= share.sum()
    return towards, share * 1.5, rng.uniform(0.2, 0.4, count), float(rng.uniform(0.15, 0.5))


def _flash(rng: np.random.Generator) -> _Draw:
    """A flash on the camera, and a room 10 to 40 % as bright."""
    towards = np.array([[rng.normal(0.0, 0.08), rng.normal(-0.1, 0.06), -1.0]])
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    return towards, np.ones(1), np.full(1, 0.03), float(rng.uniform(0.1, 0.4))


_MAKERS = {"one": _one, "soft": _soft, "flash": _flash}


def _colour(rng: np.random.Generator, amber_sigma: float) -> FloatArray:
    log_rgb = rng.normal(0.0, amber_sigma) * AMBER + rng.normal(0.0, MAGENTA_SIGMA) * MAGENTA
    colour: FloatArray = np.exp(log_rgb)
    return colour
