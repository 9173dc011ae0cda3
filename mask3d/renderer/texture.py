"""Materials as the renderers sample them: linear light, with every smaller size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np

from mask3d.arrays import ByteArray, Float32Array, IntArray
from mask3d.colour import REC709_LUMA, linear_from_srgb
from mask3d.material import Material

CACHED_MATERIALS = 16  # more than a wearer has on; 33 MB each at 1024 x 1024 with relief
OPAQUE = 255
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """A picture and its halvings down to one texel.

    Attributes
    ----------
    texels : (N, C), row by row, all sizes behind each other
    levels : (L, 3) first texel, height and width of each size
    """

    texels: Float32Array
    levels: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class MaterialPyramids:
    """The pictures of a material.

    Attributes
    ----------
    albedo : linear RGB, premultiplied by the opacity behind it
    slopes : as in `Material`
    is_opaque : whether the opacity is 1 everywhere
    """

    albedo: Pyramid
    slopes: Pyramid
    is_opaque: bool


def material_pyramids(material: Material, is_monochrome: bool) -> MaterialPyramids:
    """Decode a material and halve its pictures by area; luminance only if monochrome."""
    return MaterialPyramids(
        albedo=_pyramid(_linear(material.albedo, is_monochrome)),
        slopes=_pyramid(material.slopes),
        is_opaque=bool((material.albedo[..., 3] == OPAQUE).all()),
    )


def _linear(albedo: ByteArray, is_monochrome: bool) -> Float32Array:
    linear = linear_from_srgb(albedo[..., :3])
    if is_monochrome:
        luminance = linear @ REC709_LUMA.astype(np.float32)  # (H, W, 3) @ (3,)
        linear = np.repeat(luminance[..., None], 3, axis=2)
    opacity = albedo[..., 3:] / np.float32(OPAQUE)
    return np.concatenate([linear * opacity, opacity], axis=2)


def _pyramid(image: Float32Array) -> Pyramid:
    images = [np.ascontiguousarray(image, np.float32)]
    while max(images[-1].shape[:2]) > 1:
        images.append(_halved(images[-1]))
    starts = np.cumsum([0, *(image.shape[0] * image.shape[1] for image in images[:-1])])
    levels = [(start, *image.shape[:2]) for start, image in zip(starts, images, strict=True)]
    texels = np.concatenate([image.reshape(-1, image.shape[2]) for image in images])
    return Pyramid(texels, np.array(levels, np.int32))


def _halved(image: Float32Array) -> Float32Array:
    height, width = (max(1, n // 2) for n in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.float32)


class MaterialCache(Generic[T]):
    """What a renderer made of the materials that it used last.

    Parameters
    ----------
    make : what the renderer keeps of a material's pyramids
    free : called on what falls out
    """

    def __init__(self, make: Callable[[MaterialPyramids], T], free: Callable[[T], None]) -> None:
        self._make, self._free = make, free
        self._entries: dict[tuple[int, bool], tuple[Material, T]] = {}

    def get(self, material: Material, is_monochrome: bool) -> T:
        """What was made of `material`, at its first use or now.

        A material is read-only, so that its identity stands for its content; the
        entry holds it, so that no other can get its id.
        """
        key = (id(material), is_monochrome)
        entry = self._entries.pop(key, None)
        if entry is None:
            entry = (material, self._make(material_pyramids(material, is_monochrome)))
        self._entries[key] = entry  # popped and put back: the dict is ordered by last use
        if len(self._entries) > CACHED_MATERIALS:
            self._free(self._entries.pop(next(iter(self._entries)))[1])
        return entry[1]

    def clear(self) -> None:
        """Free everything."""
        while self._entries:
            self._free(self._entries.popitem()[1][1])
