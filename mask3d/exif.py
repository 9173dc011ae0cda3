"""What a photo's EXIF says: how to turn it, and the focal length of its camera."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from math import hypot, isfinite
from typing import Any

from PIL import ExifTags, Image

DECODE_ERRORS = (  # what Pillow and its parsers raise on broken files
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError,
    EOFError, struct.error, zlib.error, MemoryError, Image.DecompressionBombError,
)  # fmt: skip
FILM_DIAGONAL_MM = hypot(36.0, 24.0)
"""35 mm focal lengths are those of equal view across the diagonal (CIPA DCG-001)."""
MAX_STRETCH = 0.02
"""Sides of a photo may differ so much from those that EXIF states before it counts as cropped."""

_MM_PER_UNIT = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
"""Of FocalPlaneResolutionUnit (Exif 2.32, tag 41488; 4 and 5 are of TIFF/EP)."""
_INCH = 2
_TIFF_TAGS = frozenset(  # of a TIFF's first directory; the others describe its old layout
    {
        ExifTags.Base.ImageDescription, ExifTags.Base.Make, ExifTags.Base.Model,
        ExifTags.Base.XResolution, ExifTags.Base.YResolution, ExifTags.Base.ResolutionUnit,
        ExifTags.Base.Software, ExifTags.Base.DateTime, ExifTags.Base.Artist,
        ExifTags.Base.Copyright, ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo,
    }
)  # fmt: skip


def orientation(image: Image.Image) -> int:
    """EXIF orientation 1 to 8 that is still to be applied; Pillow turns a TIFF itself."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except DECODE_ERRORS:  # a photo is worth more than its broken EXIF
        return 1
    return value if value in range(1, 9) else 1


def upright_exif(image: Image.Image) -> bytes:
    """EXIF for the turned pixels; its thumbnail, which shows the bare face, is left out."""
    try:
        exif = image.getexif()
        if image.format == "TIFF":
            for tag in set(exif) - _TIFF_TAGS:
                del exif[tag]
        if ExifTags.Base.Orientation in exif:
            exif[ExifTags.Base.Orientation] = 1
        return exif.tobytes() if len(exif) else b""
    except DECODE_ERRORS:
        return b""


def focal_px(image: Image.Image) -> float | None:
    """Focal length in pixels of this image, or None where EXIF does not say or cannot mean it.

    From FocalLengthIn35mmFilm, else from FocalLength and the resolution of the
    sensor. Where EXIF states other proportions than the image has, it was
    cropped, and the focal length of the whole is not that of the part. The
    same proportions in another size mean that it was scaled.
    """
    try:
        tags = image.getexif().get_ifd(ExifTags.IFD.Exif)
        scale = _scale(tags, image.size)
        candidates = (_from_film(tags, image.size), scale * _from_sensor(tags))
    except DECODE_ERRORS:
        return None
    if scale == 0.0:
        return None
    return next((each for each in candidates if isfinite(each) and each > 0.0), None)


def _scale(tags: Mapping[int, Any], image_wh: tuple[int, int]) -> float:
    """Size of the image over that which EXIF states, in any orientation; 0 for a cropped one."""
    stated = [
        _number(tags, tag) for tag in (ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight)
    ]
    if min(stated) <= 0.0:
        return 1.0
    scales = [
        is_px / was_px for is_px, was_px in zip(sorted(image_wh), sorted(stated), strict=True)
    ]
    return scales[1] if max(scales) <= (1.0 + MAX_STRETCH) * min(scales) else 0.0


def _from_film(tags: Mapping[int, Any], image_wh: tuple[int, int]) -> float:
    return _number(tags, ExifTags.Base.FocalLengthIn35mmFilm) * hypot(*image_wh) / FILM_DIAGONAL_MM


def _from_sensor(tags: Mapping[int, Any]) -> float:
    """In pixels of the size that EXIF states."""
    unit_mm = _MM_PER_UNIT.get(tags.get(ExifTags.Base.FocalPlaneResolutionUnit, _INCH), 0.0)
    px_per_unit = _number(tags, ExifTags.Base.FocalPlaneXResolution)
    return _number(tags, ExifTags.Base.FocalLength) * px_per_unit / unit_mm if unit_mm else 0.0


def _number(tags: Mapping[int, Any], tag: int) -> float:
    """Value of a tag, 0 where there is none."""
    return float(tags.get(tag, 0.0))
