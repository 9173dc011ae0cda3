from __future__ import annotations

import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image

from mask3d.colour import srgb_from_linear
from mask3d.errors import UnreadableImageError, UnwritableImageError
from mask3d.image_io import list_images, read_photo, write_bytes, write_photo
from mask3d.photo import Encoding, Photo
from tests.image_files import (
    SRGB_PROFILE,
    exif_bytes,
    noise,
    open_image,
    picture,
    read_write,
    saved,
)

EXACT: dict[str, dict[str, Any]] = {
    "jpg": {"quality": 100, "subsampling": 0},
    "webp": {"lossless": True},
}
TO_STORED = {  # how Pillow makes of an upright picture what a camera of that orientation stores
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["png", "bmp", "tiff"])
def test_one_bit_images_become_grey(tmp_path: Path, suffix: str) -> None:
    image = picture("L").convert("1")
    photo, written = read_write(saved(tmp_path / f"photo.{suffix}", image))
    np.testing.assert_array_equal(photo.rgb[..., 0], np.asarray(image) * np.uint8(255))
    assert photo.is_grey and written.mode == "L"


def test_palettes_become_colours_and_keep_transparency(tmp_path: Path) -> None:
    image = picture("RGB").quantize(16)
    opaque = read_photo(saved(tmp_path / "opaque.png", image))
    assert opaque.alpha is None
    np.testing.assert_array_equal(opaque.rgb, np.asarray(image.convert("RGB")))
    holed, written = read_write(saved(tmp_path / "holed.png", image, transparency=3))
    assert holed.alpha is not None and written.mode == "RGBA"
    np.testing.assert_array_equal(holed.alpha, np.where(np.asarray(image) == 3, 0, 255))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "tiff", "webp", "jpg"])
def test_exif_orientation_is_applied_once(tmp_path: Path, suffix: str, orientation: int) -> None:
    upright = np.kron(noise()[:2, :3], np.ones((16, 16, 1), np.uint8))  # flat JPEG blocks
    stored = Image.fromarray(upright)
    if orientation in TO_STORED:
        stored = stored.transpose(TO_STORED[orientation])
    path = tmp_path / f"photo.{suffix}"
    saved(path, stored, exif=exif_bytes(orientation), **EXACT.get(suffix, {}))
    photo, written = read_write(path)
    assert photo.image_wh == (48, 32)
    for rgb in (photo.rgb, np.asarray(written)):
        np.testing.assert_allclose(rgb.astype(int), upright, atol=3 if suffix == "jpg" else 0)
    assert written.getexif().get(ExifTags.Base.Orientation, 1) == 1


def black_ink_profile() -> bytes:
    """Smallest ICC profile (version 2) of a press whose C, M and Y inks are invisible."""
    ramp = bytes(range(256))
    grid = bytes([255, 128, 128, 0, 128, 128]) * 8  # Lab of no and of full K, for each of C, M, Y
    matrix = struct.pack(">9i", *np.eye(3, dtype=int).ravel() * 65536)
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + 4 * ramp + grid + 3 * ramp
    kind = struct.pack(">I12s12s", 0x02100000, b"prtrCMYKLab ", bytes(12))
    header = struct.pack(">I", 144 + len(lut)) + bytes(4) + kind + b"acsp"
    header += bytes(28) + struct.pack(">3i", 63190, 65536, 54061)  # D50
    return header.ljust(128, b"\0") + struct.pack(">I4sII", 1, b"A2B0", 144, len(lut)) + lut


def cmyk_picture() -> Image.Image:
    inks = np.random.default_rng(0).integers(0, 256, (2, 3, 4), np.uint8)
    return Image.fromarray(np.kron(inks, np.ones((16, 16, 1), np.uint8)), "CMYK")


@pytest.mark.parametrize("profile", [b"", SRGB_PROFILE, b"no profile"])
def test_cmyk_without_its_profile_is_plain_ink(tmp_path: Path, profile: bytes) -> None:
    path = saved(tmp_path / "photo.jpg", cmyk_picture(), quality=100, icc_profile=profile or None)
    photo, written = read_write(path)
    inks = np.asarray(open_image(path)).astype(float)
    paper = (255 - inks[..., :3]) * (255 - inks[..., 3:]) / 255
    np.testing.assert_allclose(photo.rgb, paper, atol=2)
    assert written.mode == "RGB" and "icc_profile" not in written.info


@pytest.mark.parametrize("suffix", ["jpg", "tiff"])
def test_cmyk_follows_its_profile(tmp_path: Path, suffix: str) -> None:
    options = {"quality": 100} if suffix == "jpg" else {}
    path = tmp_path / f"photo.{suffix}"
    saved(path, cmyk_picture(), icc_profile=black_ink_profile(), **options)
    photo, written = read_write(path)
    lightness = 100 * (1 - np.asarray(open_image(path))[..., 3] / 255)
    luminance = np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness / 903.3)
    grey = srgb_from_linear(luminance) * 255
    np.testing.assert_allclose(photo.rgb, grey[..., None].repeat(3, axis=2), atol=6)
    assert written.mode == "RGB" and "icc_profile" not in written.info


def test_of_several_frames_the_first_is_read(tmp_path: Path) -> None:
    frames = [Image.fromarray(noise(seed=i)) for i in range(3)]
    for suffix in ("tiff", "png"):
        path = tmp_path / f"frames.{suffix}"
        saved(path, frames[0], save_all=True, append_images=frames[1:])
        np.testing.assert_array_equal(read_photo(path).rgb, noise(seed=0))


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "tiff"])
@pytest.mark.parametrize("part", [0.0, 0.1, 0.6])
def test_files_cut_short_are_unreadable(tmp_path: Path, suffix: str, part: float) -> None:
    path = saved(tmp_path / f"photo.{suffix}", picture())
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    with pytest.raises(UnreadableImageError) as caught:
        read_photo(path)
    assert str(path) in caught.value.message and caught.value.remedy
    assert " at 0x" not in caught.value.message  # the same words on every run


def test_what_is_no_photo_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no image at all", encoding="utf-8")
    (tmp_path / "folder.jpg").mkdir()
    saved(tmp_path / "float.tiff", Image.fromarray(np.ones((4, 4), np.float32)))
    saved(tmp_path / "other.jpg", picture(), format="GIF")
    for name in ("text.jpg", "folder.jpg", "float.tiff", "other.jpg", "missing.jpg"):
        with pytest.raises(UnreadableImageError, match=name):
            read_photo(tmp_path / name)


def test_pillows_limit_on_pixels_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "photo.png", picture())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 18 * 25 - 1)  # Pillow warns
    read_photo(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 18 * 25 // 2 - 1)  # and refuses
    with pytest.raises(UnreadableImageError, match="bomb"):
        read_photo(path)


@pytest.mark.parametrize("name", ["a.b.jpg", "two words.JPG", "Zoë 写真.jpeg", "deep/er/photo.Jpg"])
def test_names_are_kept_and_folders_made(tmp_path: Path, name: str) -> None:
    photo = Photo(noise(), encoding=Encoding("JPEG"))
    write_photo(photo, tmp_path / name)
    assert list_images(tmp_path) == [tmp_path / name]
    assert read_photo(tmp_path / name).image_wh == (25, 18)


def test_images_are_listed_in_one_order_and_hidden_ones_are_not(tmp_path: Path) -> None:
    shown = ["B.PNG", "a-1/z.tif", "a.jpg", "a/b.webp", "a/c.bmp", "é.tiff"]
    for name in [*shown, ".hidden.jpg", ".cache/x.jpg", "a/._c.bmp", "notes.txt", "jpg"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    assert [p.relative_to(tmp_path).as_posix() for p in list_images(tmp_path)] == shown
    with pytest.raises(ValueError, match="no folder"):
        list_images(tmp_path / "a.jpg")


def test_a_refused_write_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    target = tmp_path / "photo.png"
    target.write_bytes(b"old")
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(UnwritableImageError, match=r"photo\.png: No space left"):
        write_photo(Photo(noise()), target)
    assert list(tmp_path.iterdir()) == [target] and target.read_bytes() == b"old"


def test_a_place_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "taken.png").mkdir()
    for target in (tmp_path / "file" / "photo.png", tmp_path / "taken.png"):
        with pytest.raises(UnwritableImageError, match=target.name):
            write_bytes(b"data", target)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "taken.png"]


def test_no_warning_filter_is_left_behind(tmp_path: Path) -> None:
    before = list(warnings.filters)
    read_photo(saved(tmp_path / "photo.png", picture()))
    assert warnings.filters == before
