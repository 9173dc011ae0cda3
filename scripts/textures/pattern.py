"""What a script of a pattern makes: inks painted over each other on a tile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from mask3d.arrays import ByteArray, FloatArray
from scripts.textures.torus import places

GROUND = 0  # the ink that shows the ground again
INKS = 3
TEXELS = 384
Shape = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass
class Print:
    """A tile on which inks cover each other.

    Attributes
    ----------
    shares : (N, N, 3) of inks 1, 2 and 3
    """

    texels: int = TEXELS
    shares: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        """Start with the ground alone."""
        self.shares = np.zeros((self.texels, self.texels, INKS))

    def places(self) -> tuple[FloatArray, FloatArray]:
        """See `torus.places`."""
        return places(self.texels)

    def cover(self, share: FloatArray, ink: int) -> None:
        """Lay an ink over the tile where and as far as `share` (N, N) says."""
        self.shares *= (1 - share)[..., None]
        if ink != GROUND:
            self.shares[..., ink - 1] += share

    def fill(self, distance: FloatArray, ink: int) -> None:
        """Fill where a distance (N, N), in tiles, is negative, with a soft edge of one texel."""
        self.cover(np.clip(0.5 - distance * self.texels, 0, 1), ink)

    def put(
        self,
        shape: Shape,
        at: tuple[float, float] | FloatArray,
        size: float,
        ink: int,
        turn: float = 0.0,
        strength: float = 1.0,
        reach: float = 1.25,
    ) -> None:
        """Draw a shape of about unit radius at a place of the tile, `size` its radius in tiles.

        Parameters
        ----------
        shape : signed distance of places (x, y), negative inside; y runs down
        turn : radians clockwise
        strength : share of the ink where it covers
        reach : radius, in units of the shape, beyond which nothing of it lies
        """
        texels = int(np.ceil(reach * size * self.texels)) + 2
        column, row = (int(np.floor(value * self.texels)) for value in at)
        rows, columns = (np.arange(k - texels, k + texels + 1) for k in (row, column))
        dx = (columns + 0.5) / self.texels - at[0]
        dy = ((rows + 0.5) / self.texels - at[1])[:, None]
        x = (np.cos(turn) * dx + np.sin(turn) * dy) / size
        y = (np.cos(turn) * dy - np.sin(turn) * dx) / size
        share = strength * np.clip(0.5 - shape(x, y) * (size * self.texels), 0, 1)
        window = np.ix_(rows % self.texels, columns % self.texels)
        under = self.shares[window] * (1 - share)[..., None]
        if ink != GROUND:
            under[..., ink - 1] += share
        self.shares[window] = under

    def put_all(self, shape: Shape, at: Iterable[FloatArray], size: float, ink: int) -> None:
        """Draw a shape upright at each place."""
        for place in at:
            self.put(shape, place, size, ink)

    def rgb(self) -> ByteArray:
        """The picture (N, N, 3) as the pattern's file holds it."""
        return np.round(255.0 * np.clip(self.shares, 0, 1)).astype(np.uint8)
