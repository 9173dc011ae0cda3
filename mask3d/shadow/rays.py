"""The light of the photo as a number of directions that it comes from."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from mask3d.arrays import FloatArray
from mask3d.colour import REC709_LUMA
from mask3d.key_light import KEY_GAIN, key_light
from mask3d.lighting import Lighting

KEY_RAYS, ROOM_RAYS = 6, 16
SPREAD = 4 / ROOM_RAYS
# Half angle of the key light. Where it is little more than the room, skin cannot say what it is
# nor where: it is taken for as wide as a sky, and casts no shadow with an edge.
WIDE_DEG, NARROW_DEG = 45.0, 9.0
WEAK_SHARE, STRONG_SHARE = 0.15, 0.40  # of the key light, of the light from all around
GOLDEN_TURN = np.pi * (3 - np.sqrt(5))  # Vogel, A better way to construct the sunflower head, 1979


class Rays(NamedTuple):
    """Light from D directions, in the frame of their holder.

    A surface with the unit normal n has the irradiance
    ``sum(max(n . towards, 0) * strength)``, in the unit of `Lighting`.

    Attributes
    ----------
    towards : (D, 3) unit
    strength : (D, 3) RGB
    spread : (D,) share of all directions, times 4, that the ray stands for; 0 of a lamp
    """

    towards: FloatArray
    strength: FloatArray
    spread: FloatArray


def rays_of(lighting: Lighting, cam_from_face: FloatArray) -> Rays:
    """Rays of the key light, then of the room, in the frame that (3, 3) turns into the camera's."""
    key = key_light(lighting)
    share = 0.0 if lighting.is_monochrome else key_share(key.strength, key.room[0])
    half_rad = np.radians(np.interp(share, (WEAK_SHARE, STRONG_SHARE), (WIDE_DEG, NARROW_DEG)))
    lamp = cone(key.towards, float(half_rad), KEY_RAYS)
    around = sphere(ROOM_RAYS)
    room = np.maximum(key.room[0] + around @ key.room[1:], 0.0)  # (D, 3) @ (3, 3)
    return Rays(
        towards=np.vstack([lamp, around]) @ cam_from_face,
        strength=np.vstack([np.tile(key.strength / KEY_RAYS, (KEY_RAYS, 1)), room * SPREAD]),
        spread=np.repeat([0.0, SPREAD], [KEY_RAYS, ROOM_RAYS]),
    )


def key_share(strength: FloatArray, room: FloatArray) -> float:
    """Share of a key light of the light from all around, by luminance."""
    key = float(KEY_GAIN[0] * (strength @ REC709_LUMA))
    return key / max(key + float(room @ REC709_LUMA), 1e-12)


def cone(towards: FloatArray, half_rad: float, count: int) -> FloatArray:
    """Directions (count, 3) that fill a cone about a unit direction (3,) evenly."""
    k = np.arange(count)
    rise = 1 - (k + 0.5) / count * (1 - np.cos(half_rad))
    across, up = frame_of(towards)
    out = np.sqrt(1 - rise**2)
    turn = GOLDEN_TURN * k
    directions: FloatArray = (
        np.outer(out * np.cos(turn), across)
        + np.outer(out * np.sin(turn), up)
        + np.outer(rise, towards)
    )
    return directions


@cache
def sphere(count: int) -> FloatArray:
    """Directions (count, 3) that fill a sphere evenly."""
    directions = cone(np.array([0.0, 1.0, 0.0]), np.pi, count)
    directions.flags.writeable = False
    return directions


def frame_of(towards: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two unit vectors (..., 3) at right angles to unit vectors (..., 3) and to each other."""
    x, y, z = np.moveaxis(towards, -1, 0)
    none = np.zeros_like(x)
    # at right angles to the y axis as well, or to the x axis where that is too near
    across = np.where(np.abs(y) < 0.9, (z, none, -x), (none, -z, y))
    across /= np.sqrt((across**2).sum(axis=0))
    u, v, w = across
    up = np.stack([y * w - z * v, z * u - x * w, x * v - y * u], axis=-1)
    return np.moveaxis(across, 0, -1), up
