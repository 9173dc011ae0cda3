"""TIFF files with everything that Pillow cannot write into one.

Pillow compresses a TIFF only without its EXIF directory, and knows no colours
of 16 bits; the directory it can make, and one compressed strip follows that.
"""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from mask3d.photo import Encoding

# values of the tags, from TIFF 6.0 and its supplement 2 (deflate)
_DEFLATE = 8
_PREDICTOR_LEFT = 2
_GREY, _RGB = 1, 2
_STRAIGHT_ALPHA = 2


def encode_tiff(samples: NDArray[Any], encoding: Encoding) -> bytes:
    """Lossless TIFF of uint8 or uint16 (H, W, 1 to 4): grey or RGB, then alpha if even."""
    height, width, channels = samples.shape
    left = np.diff(samples, axis=1, prepend=np.zeros_like(samples[:, :1]))
    strip = zlib.compress(left.astype(left.dtype.newbyteorder("<")).tobytes())
    directory = TiffImagePlugin.ImageFileDirectory_v2(prefix=b"II")
    _add_exif(directory, encoding.exif)
    if encoding.icc_profile:
        directory[TiffImagePlugin.ICCPROFILE] = encoding.icc_profile
    if channels % 2 == 0:
        directory[TiffImagePlugin.EXTRASAMPLES] = _STRAIGHT_ALPHA
    directory[TiffImagePlugin.IMAGEWIDTH] = width
    directory[TiffImagePlugin.IMAGELENGTH] = height
    directory[TiffImagePlugin.BITSPERSAMPLE] = (8 * samples.itemsize,) * channels
    directory[TiffImagePlugin.COMPRESSION] = _DEFLATE
    directory[TiffImagePlugin.PHOTOMETRIC_INTERPRETATION] = _RGB if channels >= 3 else _GREY
    directory[TiffImagePlugin.STRIPOFFSETS] = 0  # counted from the end of the directory
    directory[TiffImagePlugin.SAMPLESPERPIXEL] = channels
    directory[TiffImagePlugin.ROWSPERSTRIP] = height
    directory[TiffImagePlugin.STRIPBYTECOUNTS] = len(strip)
    directory[TiffImagePlugin.PREDICTOR] = _PREDICTOR_LEFT
    stream = io.BytesIO()
    directory.save(stream)
    return stream.getvalue() + strip


def _add_exif(directory: TiffImagePlugin.ImageFileDirectory_v2, data: bytes) -> None:
    exif = Image.Exif()
    exif.load(data)
    for tag, value in exif.items():
        directory[tag] = exif.get_ifd(tag) or value
