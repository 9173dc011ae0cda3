from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile, JpegImagePlugin

from mask3d.errors import UnreadableImageError, UnwritableImageError
from mask3d.image_io import read_photo, write_photo
from mask3d.photo import Encoding, JpegCoding, Photo
from tests.image_files import (
    SRGB_PROFILE,
    exif_bytes,
    noise,
    open_image,
    picture,
    read_write,
    saved,
)

LOSSLESS = [
    ("png", "L"), ("png", "LA"), ("png", "RGB"), ("png", "RGBA"),
    ("tiff", "L"), ("tiff", "LA"), ("tiff", "RGB"), ("tiff", "RGBA"),
    ("bmp", "L"), ("bmp", "RGB"), ("webp", "RGB"), ("webp", "RGBA"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "mode"), LOSSLESS)
def test_lossless_files_keep_mode_and_every_sample(tmp_path: Path, suffix: str, mode: str) -> None:
    options = {"lossless": True, "exact": True} if suffix == "webp" else {}
    photo, written = read_write(saved(tmp_path / f"photo.{suffix}", picture(mode), **options))
    samples = noise(len(mode))
    assert written.mode == mode
    np.testing.assert_array_equal(np.atleast_3d(np.asarray(written)), samples)
    colours = samples[..., :-1] if mode.endswith("A") else samples
    np.testing.assert_array_equal(photo.rgb, np.broadcast_to(colours, (18, 25, 3)))
    assert photo.is_grey == mode.startswith("L")
    assert (photo.alpha is not None) == mode.endswith("A")


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("quality", [30, 90, 100])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_is_written_as_it_was_compressed(
    tmp_path: Path, mode: str, quality: int, subsampling: int, progressive: bool
) -> None:
    path = saved(
        tmp_path / "photo.jpg", picture(mode),
        quality=quality, subsampling=subsampling, progressive=progressive,
    )  # fmt: skip
    _, written = read_write(path)
    before = open_image(path)
    assert written.mode == mode
    assert written.quantization == before.quantization
    assert JpegImagePlugin.get_sampling(written) == JpegImagePlugin.get_sampling(before)
    assert written.info.get("progressive") == before.info.get("progressive")


def test_jpeg_with_a_table_for_each_component_keeps_them(tmp_path: Path) -> None:
    tables = [[k] * 64 for k in (3, 5, 9)]
    path = saved(tmp_path / "photo.jpg", picture(), qtables=tables)
    assert read_write(path)[1].quantization == dict(enumerate(tables))


def test_grainy_progressive_jpeg_can_be_written(tmp_path: Path) -> None:
    grain = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    coding = JpegCoding(((1,) * 64,), 0, progressive=True)
    block = ImageFile.MAXBLOCK
    write_photo(Photo(grain, encoding=Encoding("JPEG", jpeg=coding)), tmp_path / "photo.jpg")
    assert open_image(tmp_path / "photo.jpg").info["progressive"]
    assert block == ImageFile.MAXBLOCK


@pytest.mark.parametrize("lossless", [False, True])
def test_webp_stays_lossless_or_lossy(tmp_path: Path, lossless: bool) -> None:
    odd = SRGB_PROFILE[:-1]  # chunks of odd length are padded
    path = saved(tmp_path / "a.webp", picture("RGBA"), lossless=lossless, icc_profile=odd)
    photo, _ = read_write(path)
    assert photo.encoding.lossless == lossless
    assert (b"VP8L" in (tmp_path / "out" / "a.webp").read_bytes()) == lossless


@pytest.mark.parametrize("suffix", ["jpg", "png", "tiff", "webp"])
def test_profile_and_exif_are_kept(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"photo.{suffix}"
    saved(path, picture(), exif=exif_bytes(6), icc_profile=SRGB_PROFILE)
    _, written = read_write(path)
    assert written.info["icc_profile"] == SRGB_PROFILE
    exif = written.getexif()
    assert exif[ExifTags.Base.Make] == "Maker"
    taken = exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
    assert taken == "2020:01:02 03:04:05"


def test_broken_exif_does_not_cost_the_photo(tmp_path: Path) -> None:
    path = saved(tmp_path / "photo.png", picture(), exif=b"Exif\0\0no directory")
    photo, _ = read_write(path)
    np.testing.assert_array_equal(photo.rgb, noise())
    assert photo.encoding.exif == b""


def test_content_decides_and_not_the_name(tmp_path: Path) -> None:
    _, written = read_write(saved(tmp_path / "photo.jpg", picture(), format="PNG"))
    assert written.format == "PNG"


@pytest.mark.parametrize("image_format", ["JPEG", "BMP", "WEBP"])
def test_what_a_format_cannot_hold_is_an_error(tmp_path: Path, image_format: Any) -> None:
    photo = Photo(noise().astype(np.uint16), encoding=Encoding(image_format))
    with pytest.raises(UnwritableImageError, match=image_format):
        write_photo(photo, tmp_path / "photo")
    assert not list(tmp_path.iterdir())


def test_photos_check_what_they_are_made_of() -> None:
    with pytest.raises(ValueError, match="float64"):
        Photo(noise() / 255)
    with pytest.raises(ValueError, match="grey"):
        Photo(noise(), is_grey=True)
    with pytest.raises(ValueError, match="alpha"):
        Photo(noise(), np.zeros((18, 24), np.uint8))
    with pytest.raises(ValueError, match="alpha"):
        Photo(noise(), np.zeros((18, 25), np.uint16))
    with pytest.raises(ValueError, match="at least one pixel"):
        replace(Photo(noise()), pixels=noise()[:0])


DEEP = [("PNG", 1), ("PNG", 2), ("PNG", 3), ("PNG", 4), ("TIFF", 1), ("TIFF", 3), ("TIFF", 4)]


def deep_noise(channels: int) -> NDArray[np.uint16]:
    return np.random.default_rng(1).integers(0, 65536, (18, 25, channels), np.uint16)


def deep_photo(image_format: Any, channels: int) -> Photo:
    samples = deep_noise(channels)
    colours = samples[..., :1].repeat(3, axis=2) if channels < 3 else samples[..., :3]
    alpha = None if channels % 2 else samples[..., -1]
    return Photo(colours, alpha, channels < 3, Encoding(image_format, SRGB_PROFILE, exif_bytes()))


@pytest.mark.parametrize(("image_format", "channels"), DEEP)
def test_sixteen_bits_stay_sixteen(tmp_path: Path, image_format: Any, channels: int) -> None:
    photo = deep_photo(image_format, channels)
    write_photo(photo, tmp_path / "photo")
    again = read_photo(tmp_path / "photo")
    np.testing.assert_array_equal(again.pixels, photo.pixels)
    assert again.pixels.dtype == np.uint16 and again.is_grey == photo.is_grey
    if photo.alpha is None:
        assert again.alpha is None
    else:
        np.testing.assert_array_equal(again.alpha, photo.alpha)
    written = open_image(tmp_path / "photo")
    assert written.info["icc_profile"] == SRGB_PROFILE
    assert written.getexif()[ExifTags.Base.Make] == "Maker"


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_of_others_are_read(tmp_path: Path, suffix: str, channels: int) -> None:
    samples = deep_noise(channels)
    bgr = samples[..., [2, 1, 0, 3][:channels]] if channels >= 3 else samples
    (tmp_path / "photo").write_bytes(cv2.imencode(suffix, bgr)[1].tobytes())
    photo = read_photo(tmp_path / "photo")
    np.testing.assert_array_equal(photo.pixels[..., : min(channels, 3)], samples[..., :3])
    assert (photo.alpha is not None) == (channels == 4)
    # 8 bits are the nearest to it
    assert np.abs(photo.rgb.astype(float) * 257 - photo.pixels).max() <= 128


@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_sixteen_bits_are_turned_upright(tmp_path: Path, image_format: Any) -> None:
    photo = deep_photo(image_format, 3)
    exif = exif_bytes(orientation=6)
    turned = replace(photo, encoding=replace(photo.encoding, exif=exif))
    write_photo(turned, tmp_path / "photo")
    upright = read_photo(tmp_path / "photo")
    np.testing.assert_array_equal(upright.pixels, np.rot90(photo.pixels, -1))
    write_photo(upright, tmp_path / "again")
    np.testing.assert_array_equal(read_photo(tmp_path / "again").pixels, upright.pixels)


def test_a_transparent_value_of_a_deep_grey_png_becomes_alpha(tmp_path: Path) -> None:
    grey = deep_noise(1)[..., 0] // 6553
    image = Image.fromarray(grey)
    photo, _ = read_write(saved(tmp_path / "photo.png", image, transparency=4))
    assert photo.alpha is not None
    np.testing.assert_array_equal(photo.alpha, np.where(grey == 4, 0, 65535))


def test_premultiplied_tiff_becomes_straight(tmp_path: Path) -> None:
    alpha = np.full((4, 4), 21845, np.uint16)  # a third
    write_photo(
        Photo(np.full((4, 4, 3), 10000, np.uint16), alpha, encoding=Encoding("TIFF")),
        tmp_path / "photo",
    )
    straight, premultiplied = (struct.pack("<HHIHH", 338, 3, 1, kind, 0) for kind in (2, 1))
    data = (tmp_path / "photo").read_bytes()
    assert straight in data
    (tmp_path / "photo").write_bytes(data.replace(straight, premultiplied))
    assert (read_photo(tmp_path / "photo").pixels == 30000).all()


@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_deep_files_cut_short_are_unreadable(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], image_format: Any
) -> None:
    write_photo(deep_photo(image_format, 3), tmp_path / "photo")
    data = (tmp_path / "photo").read_bytes()
    (tmp_path / "photo").write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(UnreadableImageError):
        read_photo(tmp_path / "photo")
    assert "WARN" not in capfd.readouterr().err  # OpenCV was never asked
