"""The only place that opens and writes image files."""

from __future__ import annotations

import io
import struct
import uuid
import warnings
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile, JpegImagePlugin, UnidentifiedImageError

from mask3d.arrays import ByteArray
from mask3d.errors import UnreadableImageError, UnwritableImageError
from mask3d.exif import DECODE_ERRORS, focal_px, orientation, upright_exif
from mask3d.image_16bit import decode_16bit, encode_png, is_16bit
from mask3d.photo import Encoding, ImageFormat, JpegCoding, Photo
from mask3d.tiff import encode_tiff

__all__ = ["IMAGE_SUFFIXES", "Photo", "list_images", "read_photo", "write_bytes", "write_photo"]

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
DEFAULT_QUALITY = 95  # of Pillow's 100, for what has no quality of its own to keep

_FORMATS = get_args(ImageFormat)
_GREY_MODES = ("1", "L", "LA", "La", "I;16", "I;16B")
_OWN_PROFILE_MODES = ("CMYK", "LAB")  # their ICC profile does not describe RGB


def list_images(folder: Path) -> list[Path]:
    """Image files in `folder` and below it, in the order of their relative POSIX paths.

    Files are known by `IMAGE_SUFFIXES` in any case; hidden files and whatever
    lies in hidden folders are left out.

    Raises
    ------
    ValueError
        There is no such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder")
    relative = [path.relative_to(folder) for path in folder.rglob("*") if _is_image(path)]
    shown = [path for path in relative if not any(part.startswith(".") for part in path.parts)]
    return [folder / path for path in sorted(shown, key=Path.as_posix)]


def read_photo(path: Path) -> Photo:
    """Photo in `path`, upright and RGB; of several frames the first.

    JPEG, PNG, WebP, BMP and TIFF are read, known by content and not by name.
    16 bits a channel stay 16; palettes and 1-bit images become 8-bit ones;
    CMYK becomes sRGB, by its ICC profile where it has one.

    Raises
    ------
    UnreadableImageError
        The file cannot be read or decoded, or is larger than Pillow's limit.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableImageError(
            f"cannot read {path}: {error.strerror}", "check the path and its permissions"
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a photo decodes or it does not
            return _decode(data)
    except UnidentifiedImageError as error:
        known = "not a JPEG, PNG, WebP, BMP or TIFF" if data else "the file is empty"
        raise _unreadable(path, known) from error
    except DECODE_ERRORS as error:
        raise _unreadable(path, str(error) or type(error).__name__) from error


def write_photo(photo: Photo, path: Path) -> None:
    """Write `photo` to `path` in the encoding that it came in; folders are made.

    The file appears whole or not at all. PNG, BMP, TIFF and lossless WebP keep
    every pixel; a JPEG is compressed with the tables that it was read with.

    Raises
    ------
    UnwritableImageError
        The disk refuses, or the format cannot hold such a photo.
    """
    try:
        data = _encode(photo)
    except (OSError, ValueError) as error:
        raise UnwritableImageError(
            f"cannot write {path} as {photo.encoding.format}: {error}",
            "convert the input to PNG or TIFF first",
        ) from error
    write_bytes(data, path)


def write_bytes(data: bytes, path: Path) -> None:
    """Write a file at once: readers see the old one or all of the new one.

    Raises
    ------
    UnwritableImageError
        The disk refuses; nothing is left behind.
    """
    # hidden and without an image's suffix, so that no listing takes it for a photo
    partial = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise UnwritableImageError(
            f"cannot write {path}: {error.strerror}",
            "check free space and permissions of the output folder",
        ) from error


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and path.is_file()


def _unreadable(path: Path, reason: str) -> UnreadableImageError:
    return UnreadableImageError(f"cannot decode {path}: {reason}", "replace or remove the file")


def _decode(data: bytes) -> Photo:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:  # noqa: TID251
        image.load()  # for 16 bits too: turns a TIFF, and is quiet about what is cut short
        samples = decode_16bit(data, image) if is_16bit(data, image) else _decode_8bit(image)
        samples = _upright(samples, orientation(image))
        encoding = Encoding(
            format=_format(image),
            icc_profile=b"" if image.mode in _OWN_PROFILE_MODES else _icc_profile(image),
            exif=upright_exif(image),
            jpeg=_jpeg_coding(image),
            lossless=image.format != "WEBP" or _is_lossless_webp(data),
        )
        known_focal_px = focal_px(image)
    channels = samples.shape[2]
    pixels = samples[..., :3] if channels >= 3 else samples[..., :1].repeat(3, axis=2)
    alpha = None if channels % 2 else samples[..., -1]
    return Photo(pixels, alpha, channels < 3, encoding, known_focal_px)


def _format(image: Image.Image) -> ImageFormat:
    """Format of an opened file; the MPO of phones is a JPEG with further frames."""
    return next((known for known in _FORMATS if known == image.format), "JPEG")


def _decode_8bit(image: Image.Image) -> NDArray[Any]:
    """Samples (H, W, 1 to 4) of a loaded image: grey or RGB, then alpha if it has any."""
    if image.mode in ("I", "F", "I;16", "I;16B"):
        raise ValueError("its channels are of neither 8 nor 16 bits")
    if image.mode == "CMYK":
        image = _rgb_from_cmyk(image)
    colour = "L" if image.mode in _GREY_MODES else "RGB"
    mode = colour + "A" if image.has_transparency_data else colour
    return np.atleast_3d(np.asarray(image.convert(mode)))


def _rgb_from_cmyk(image: Image.Image) -> Image.Image:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(_icc_profile(image)))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB")
    except (OSError, ImageCms.PyCMSError):  # no profile, a broken one, or one of other channels
        return image.convert("RGB")
    return converted if converted is not None else image.convert("RGB")


def _icc_profile(image: Image.Image) -> bytes:
    profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) else b""


def _upright(samples: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn (H, W, C) by an EXIF orientation (Exif 2.32, tag 274)."""
    if orientation >= 5:
        samples = samples.swapaxes(0, 1)
    step_x = -1 if orientation in (2, 3, 6, 7) else 1
    step_y = -1 if orientation in (3, 4, 7, 8) else 1
    return samples[::step_y, ::step_x]


def _jpeg_coding(image: Image.Image) -> JpegCoding | None:
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None
    ids = [layer[3] for layer in image.layer][:3]  # (component, h, v, table); black has no heir
    while len(ids) > 1 and ids[-1] == ids[-2]:
        ids.pop()
    return JpegCoding(
        tables=tuple(tuple(image.quantization[i]) for i in ids),
        # -1 are rare ratios that Pillow cannot write; 4:4:4 then loses nothing
        subsampling=max(JpegImagePlugin.get_sampling(image), 0),
        progressive=bool(image.info.get("progressive", False)),
    )


def _is_lossless_webp(data: bytes) -> bool:
    offset = 12  # behind "RIFF", the length, and "WEBP"; then chunks of even length
    while offset + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, offset)
        if name in (b"VP8 ", b"VP8L"):
            return bool(name == b"VP8L")
        offset += 8 + length + length % 2
    return False


def _encode(photo: Photo) -> bytes:
    samples = photo.pixels[..., :1] if photo.is_grey else photo.pixels
    if photo.alpha is not None:
        samples = np.dstack([samples, photo.alpha])
    if photo.encoding.format == "TIFF":
        return encode_tiff(samples, photo.encoding)
    if samples.dtype == np.uint8:
        return _encode_8bit(samples, photo.encoding)
    if photo.encoding.format == "PNG":
        return encode_png(samples, photo.encoding)
    raise ValueError("it holds no channels of 16 bits")


def _encode_8bit(samples: ByteArray, encoding: Encoding) -> bytes:
    image = Image.fromarray(samples[..., 0] if samples.shape[2] == 1 else samples)
    stream = io.BytesIO()
    block = ImageFile.MAXBLOCK
    try:  # a progressive JPEG is made in one block, and Pillow expects photos less grainy than some
        ImageFile.MAXBLOCK = max(block, 2 * samples.nbytes)
        image.save(stream, encoding.format, **_save_options(encoding))
    finally:
        ImageFile.MAXBLOCK = block
    return stream.getvalue()


def _save_options(encoding: Encoding) -> dict[str, Any]:
    """Pillow's options that write a file like the one that was read."""
    options: dict[str, Any] = {"icc_profile": encoding.icc_profile or None, "exif": encoding.exif}
    if encoding.format == "JPEG" and encoding.jpeg is not None:
        options |= {
            "qtables": [list(table) for table in encoding.jpeg.tables],
            "subsampling": encoding.jpeg.subsampling,
            "progressive": encoding.jpeg.progressive,
        }
    elif encoding.format == "JPEG":
        options |= {"quality": DEFAULT_QUALITY, "subsampling": 0}
    elif encoding.format == "WEBP":  # exact: colours under full transparency stay
        options |= {"quality": DEFAULT_QUALITY, "lossless": encoding.lossless, "exact": True}
    return options
