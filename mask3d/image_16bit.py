"""16 bits a channel: Pillow cuts colours down to 8, so OpenCV reads them.

Neither of the two writes them together with ICC profile and EXIF; a PNG is
simple enough to be laid out here, and `mask3d.tiff` lays out TIFFs.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from mask3d.photo import Encoding

UInt16Array = NDArray[np.uint16]

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_DEPTH_OFFSET, _PNG_COLOUR_OFFSET = 24, 25  # within the file: the header comes first
_PNG_COLOUR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}  # of so many channels (PNG specification, 11.2.1)
_PNG_FILTER_UP = 2  # each row minus the one above
_TIFF_ASSOCIATED_ALPHA = 1  # colours premultiplied by it (TIFF 6.0, section 18)
_FULL = 65535


def is_16bit(data: bytes, image: Image.Image) -> bool:
    """Whether `data`, opened as `image`, holds channels of 16 unsigned bits as grey or RGB."""
    if image.format == "PNG":
        return data[_PNG_DEPTH_OFFSET] == 16
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        bits = image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, (1,))
        return set(bits) == {16} and image.mode in ("I;16", "I;16B", "RGB", "RGBA")
    return False


def decode_16bit(data: bytes, image: Image.Image) -> UInt16Array:
    """Samples (H, W, 1 to 4), grey or RGB then alpha, of a file that Pillow has loaded.

    As Pillow does, the orientation of a TIFF is applied and that of a PNG is not.

    Raises
    ------
    ValueError
        OpenCV cannot decode the file.
    """
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype != np.uint16:
        raise ValueError("its 16-bit channels cannot be decoded")
    samples: UInt16Array = np.atleast_3d(decoded.astype(np.uint16))
    if samples.shape[2] >= 3:
        samples = samples[..., [2, 1, 0, 3][: samples.shape[2]]]
    if image.format == "PNG":
        return _png_channels(samples, data, image)
    if isinstance(image, TiffImagePlugin.TiffImageFile) and _is_premultiplied(image):
        return _straight(samples)
    return samples


def encode_png(samples: UInt16Array, encoding: Encoding) -> bytes:
    """PNG of samples (H, W, 1 to 4): grey or RGB, then alpha if there are two or four."""
    height, width, channels = samples.shape
    rows = samples.astype(">u2").reshape(height, -1).view(np.uint8)  # (H, 2 W C)
    filtered = np.full((height, rows.shape[1] + 1), _PNG_FILTER_UP, np.uint8)
    filtered[:, 1:] = np.diff(rows, axis=0, prepend=np.zeros_like(rows[:1]))
    header = struct.pack(">IIBBBBB", width, height, 16, _PNG_COLOUR_TYPE[channels], 0, 0, 0)
    chunks = [_png_chunk(b"IHDR", header)]
    if encoding.icc_profile:
        profile = b"ICC Profile\0\0" + zlib.compress(encoding.icc_profile)
        chunks.append(_png_chunk(b"iCCP", profile))
    if encoding.exif:
        chunks.append(_png_chunk(b"eXIf", encoding.exif.removeprefix(b"Exif\0\0")))
    chunks.append(_png_chunk(b"IDAT", zlib.compress(filtered.tobytes())))
    return b"".join([_PNG_SIGNATURE, *chunks, _png_chunk(b"IEND", b"")])


def _png_channels(samples: UInt16Array, data: bytes, image: Image.Image) -> UInt16Array:
    """Undo what OpenCV does to grey: alpha makes it RGBA, a transparent value is forgotten."""
    is_grey = data[_PNG_COLOUR_OFFSET] in (0, 4)
    if is_grey and samples.shape[2] == 4:
        return samples[..., [0, 3]]
    if is_grey and "transparency" in image.info:
        opaque = samples[..., 0] != image.info["transparency"]
        return np.dstack([samples[..., 0], (opaque * _FULL).astype(np.uint16)])
    return samples


def _is_premultiplied(image: TiffImagePlugin.TiffImageFile) -> bool:
    extra: Any = image.tag_v2.get(TiffImagePlugin.EXTRASAMPLES, ())
    return tuple(extra) == (_TIFF_ASSOCIATED_ALPHA,)


def _straight(samples: UInt16Array) -> UInt16Array:
    alpha = samples[..., 3:].astype(np.float64)
    colour = samples[..., :3] * (_FULL / np.maximum(alpha, 1.0))
    straight = np.minimum(np.rint(colour), _FULL).astype(np.uint16)
    return np.dstack([straight, samples[..., 3]])


def _png_chunk(name: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + checksum
