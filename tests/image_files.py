"""Image files made from numbers, and what Pillow sees in them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from mask3d.image_io import read_photo, write_photo
from mask3d.photo import Photo

SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def noise(channels: int = 3, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (18, 25, channels), np.uint8)


def picture(mode: str = "RGB") -> Image.Image:
    samples = noise(len(mode))
    return Image.fromarray(samples[..., 0] if mode == "L" else samples)


def open_image(path: Path) -> Any:
    """As Pillow sees it, whatever mask3d thinks."""
    image = Image.open(io.BytesIO(path.read_bytes()))  # noqa: TID251
    image.load()
    return image


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def read_write(path: Path) -> tuple[Photo, Any]:
    """The photo in `path`, and what Pillow sees after it was written again."""
    photo = read_photo(path)
    written = path.parent / "out" / path.name
    write_photo(photo, written)
    return photo, open_image(written)


def exif_bytes(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Maker"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: "2020:01:02 03:04:05"}
    return exif.tobytes()
