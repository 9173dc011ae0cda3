"""A photo in memory, and how its file was encoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mask3d.arrays import ByteArray, frozen_array

ImageFormat = Literal["JPEG", "PNG", "WEBP", "BMP", "TIFF"]


@dataclass(frozen=True, slots=True)
class JpegCoding:
    """What a JPEG file was compressed with.

    Attributes
    ----------
    tables : quantisation tables of 64 numbers, row by row, of the components in
        order; the last stands for the components that follow
    subsampling : of the chroma, as Pillow counts: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0
    progressive : whether the scans refine each other
    """

    tables: tuple[tuple[int, ...], ...]
    subsampling: int
    progressive: bool


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a file needs beside the pixels to be written like the one that was read.

    Attributes
    ----------
    format : of the content; the name of the file plays no part
    icc_profile : bytes, empty without one
    exif : bytes, empty without any; its orientation is upright
    jpeg : how a JPEG was compressed; None writes a JPEG of high quality
    lossless : whether a WebP is; no other format looks at it
    """

    format: ImageFormat = "PNG"
    icc_profile: bytes = b""
    exif: bytes = b""
    jpeg: JpegCoding | None = None
    lossless: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A photo as it is displayed: upright, RGB.

    Change one with `dataclasses.replace`.

    Attributes
    ----------
    pixels : (H, W, 3) uint8 or uint16
    alpha : (H, W) of the same type, straight (not premultiplied), or None
    is_grey : the file has one colour channel; the three of `pixels` are equal
    encoding : how to write it
    focal_px : focal length, None where the file does not say
    """

    pixels: NDArray[Any]
    alpha: NDArray[Any] | None = None
    is_grey: bool = False
    encoding: Encoding = field(default_factory=Encoding)
    focal_px: float | None = None

    def __post_init__(self) -> None:
        """Check and freeze the arrays."""
        dtype = np.asarray(self.pixels).dtype
        if dtype not in (np.uint8, np.uint16):
            raise ValueError(f"pixels are {dtype}, expected uint8 or uint16")
        pixels = frozen_array(self.pixels, (None, None, 3), dtype, name="pixels")
        if pixels.size == 0:
            raise ValueError(f"pixels have shape {pixels.shape}, expected at least one pixel")
        if self.is_grey and (pixels != pixels[..., :1]).any():
            raise ValueError("the channels of a grey photo differ")
        object.__setattr__(self, "pixels", pixels)
        if self.alpha is not None:
            if self.alpha.dtype != dtype:
                raise ValueError(f"alpha is {self.alpha.dtype}, expected {dtype} as the pixels")
            alpha = frozen_array(self.alpha, pixels.shape[:2], dtype, name="alpha")
            object.__setattr__(self, "alpha", alpha)

    @property
    def rgb(self) -> ByteArray:
        """Pixels as (H, W, 3) uint8, 16-bit ones rounded."""
        if self.pixels.dtype == np.uint8:
            return self.pixels
        return ((self.pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)

    @property
    def image_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]
