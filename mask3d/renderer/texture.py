"""Textures as the renderers sample them: linear light, with every smaller size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, IntArray
from mask3d.colour import REC709_LUMA, linear_from_srgb

CACHED_TEXTURES = 16  # more than the colours of all designs; 16 MB each at 1024 x 1024
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class TexturePyramid:
    """A texture and its halvings down to one texel.

    Attributes
    ----------
    texels : (N, 3) linear albedo, row by row, all sizes behind each other
    levels : (L, 3) first texel, height and width of each size
    """

    texels: Float32Array
    levels: IntArray


def texture_pyramid(texture: ByteArray, is_monochrome: bool) -> TexturePyramid:
    """Decode an albedo (H, W, 4) and halve it by area; luminance only if monochrome."""
    linear = linear_from_srgb(texture[..., :3])
    if is_monochrome:
        luminance = linear @ REC709_LUMA.astype(np.float32)  # (H, W, 3) @ (3,)
        linear = np.repeat(luminance[..., None], 3, axis=2)
    images = [np.ascontiguousarray(linear, np.float32)]
    while max(images[-1].shape[:2]) > 1:
        images.append(_halved(images[-1]))
    starts = np.cumsum([0, *(image.shape[0] * image.shape[1] for image in images[:-1])])
    levels = [(start, *image.shape[:2]) for start, image in zip(starts, images, strict=True)]
    texels = np.concatenate([image.reshape(-1, 3) for image in images])
    return TexturePyramid(texels, np.array(levels, np.int32))


def _halved(image: Float32Array) -> Float32Array:
    height, width = (max(1, n // 2) for n in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.float32)


class TextureCache(Generic[T]):
    """What a renderer made of the textures that it used last.

    Parameters
    ----------
    make : what the renderer keeps of a pyramid
    free : called on what falls out
    """

    def __init__(self, make: Callable[[TexturePyramid], T], free: Callable[[T], None]) -> None:
        self._make, self._free = make, free
        self._entries: dict[tuple[int, bool], tuple[ByteArray, T]] = {}

    def get(self, texture: ByteArray, is_monochrome: bool) -> T:
        """What was made of `texture`, at its first use or now.

        A texture of a `Mesh` is read-only, so that its identity stands for its
        content; the entry holds it, so that no other array can get its id.
        """
        key = (id(texture), is_monochrome)
        entry = self._entries.pop(key, None)
        if entry is None:
            entry = (texture, self._make(texture_pyramid(texture, is_monochrome)))
        self._entries[key] = entry  # popped and put back: the dict is ordered by last use
        if len(self._entries) > CACHED_TEXTURES:
            self._free(self._entries.pop(next(iter(self._entries)))[1])
        return entry[1]

    def clear(self) -> None:
        """Free everything."""
        while self._entries:
            self._free(self._entries.popitem()[1][1])
