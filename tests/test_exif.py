"""Focal lengths that EXIF states, in photos made from numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import IFDRational

from mask3d import pipeline
from mask3d.exif import FILM_DIAGONAL_MM
from mask3d.face import FaceFit, fit_face
from mask3d.image_io import read_photo
from mask3d.landmarks import Landmarks
from mask3d.pipeline import open_masker
from tests.heads import head_photo
from tests.image_files import read_write

WH = (40, 30)
DIAGONAL_PX = 50.0
FILM: dict[int, Any] = {Base.FocalLengthIn35mmFilm: 28}
FILM_PX = 28 * DIAGONAL_PX / FILM_DIAGONAL_MM
SENSOR: dict[int, Any] = {  # 5 mm and 8 px a mm
    Base.FocalLength: IFDRational(5),
    Base.FocalPlaneXResolution: IFDRational(80),
    Base.FocalPlaneResolutionUnit: 3,
}


def size(width: int, height: int) -> dict[int, Any]:
    return {Base.ExifImageWidth: width, Base.ExifImageHeight: height}


def photo_file(
    folder: Path, tags: Mapping[int, Any], orientation: int = 1, suffix: str = "jpg"
) -> Path:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[IFD.Exif] = dict(tags)
    path = folder / f"a.{suffix}"
    Image.new("RGB", WH).save(path, exif=exif.tobytes())
    return path


CASES: dict[str, tuple[Mapping[int, Any], float | None]] = {
    "nothing": ({}, None),
    "film": (FILM, FILM_PX),
    "film of the same size": (FILM | size(*WH), FILM_PX),
    "film, size turned": (FILM | size(*WH[::-1]), FILM_PX),
    "film, scaled photo": (FILM | size(4000, 3000), FILM_PX),
    "film, almost scaled": (FILM | size(4032, 3000), FILM_PX),
    "film, cropped photo": (FILM | size(4000, 2250), None),
    "film unknown": ({Base.FocalLengthIn35mmFilm: 0}, None),
    "film before sensor": (SENSOR | FILM, FILM_PX),
    "sensor": (SENSOR, 40.0),
    "sensor if film is unknown": (SENSOR | {Base.FocalLengthIn35mmFilm: 0}, 40.0),
    "sensor in inches": (SENSOR | {Base.FocalPlaneResolutionUnit: 2}, 5 * 80 / 25.4),
    "sensor in a unit unknown": (SENSOR | {Base.FocalPlaneResolutionUnit: 9}, None),
    "sensor, scaled photo": (SENSOR | size(400, 300), 4.0),
    "sensor, cropped photo": (SENSOR | size(400, 400), None),
    "no focal length": ({Base.FocalPlaneXResolution: IFDRational(80)}, None),
    "no resolution": ({Base.FocalLength: IFDRational(5)}, None),
    "no number": (SENSOR | {Base.FocalLength: IFDRational(0, 0)}, None),
    "words": ({Base.FocalLengthIn35mmFilm: "wide"}, None),
}


@pytest.mark.parametrize("name", CASES)
def test_the_focal_length_is_that_of_the_exif(tmp_path: Path, name: str) -> None:
    tags, focal_px = CASES[name]
    found = read_photo(photo_file(tmp_path, tags)).focal_px
    assert found == (focal_px if focal_px is None else pytest.approx(focal_px))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_turning_a_photo_does_not_change_its_focal_length(
    tmp_path: Path, suffix: str, orientation: int
) -> None:
    photo = read_photo(photo_file(tmp_path, FILM | size(*WH), orientation, suffix))
    assert photo.image_wh == (WH if orientation < 5 else WH[::-1])
    assert photo.focal_px == pytest.approx(FILM_PX)


def test_reading_the_focal_length_keeps_the_exif_that_is_written(tmp_path: Path) -> None:
    photo, image = read_write(photo_file(tmp_path, FILM | {Base.FocalLength: IFDRational(9, 2)}))
    assert photo.focal_px == pytest.approx(FILM_PX)
    assert image.getexif().get_ifd(IFD.Exif)[Base.FocalLengthIn35mmFilm] == 28
    assert image.getexif().get_ifd(IFD.Exif)[Base.FocalLength] == 4.5


def test_a_photo_whose_exif_points_nowhere_is_read(tmp_path: Path) -> None:
    path = photo_file(tmp_path, FILM)
    data = path.read_bytes()
    offset = data.index(b"Exif\0\0") + 6 + 30  # TIFF header, count, one entry, and most of one more
    path.write_bytes(data[:offset] + b"\xff" * 4 + data[offset + 4 :])
    assert read_photo(path).focal_px is None


def test_the_fit_is_given_the_focal_length_of_the_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float | None] = []

    def spy(landmarks: Landmarks, image_wh: tuple[int, int], focal_px: float | None) -> FaceFit:
        given.append(focal_px)
        return fit_face(landmarks, image_wh, focal_px=focal_px)

    monkeypatch.setattr(pipeline, "fit_face", spy)
    photo, landmarks = head_photo()
    with open_masker(["surgical_blue"], renderer="numba") as masker:
        for focal_px in (None, 1580.0):
            known = type(photo)(photo.pixels, focal_px=focal_px)
            masker.mask_photo(known, [landmarks], "a.jpg")
    assert given == [None, 1580.0]
