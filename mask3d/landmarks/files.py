"""Landmarks from files of any known format, told apart by their content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mask3d.errors import BadLandmarksError
from mask3d.landmarks.files_base import REMEDY, LandmarksFile
from mask3d.landmarks.files_jsonl import is_jsonl, read_jsonl
from mask3d.landmarks.files_ntust import is_ntust, read_ntust
from mask3d.landmarks.files_numpy import is_numpy, read_numpy
from mask3d.landmarks.files_pts import is_pts, read_pts
from mask3d.landmarks.types import Landmarks, Outline


class Format(NamedTuple):
    """A file format: what it is called, how it begins, and its reader."""

    name: str
    matches: Callable[[bytes], bool]
    read: Callable[[LandmarksFile], dict[str, list[Landmarks]]]


FORMATS = (
    Format("mask3d .jsonl", is_jsonl, read_jsonl),
    Format("NTUST .csv", is_ntust, read_ntust),
    Format("300-W .pts", is_pts, read_pts),
    Format(".npy or .npz", is_numpy, read_numpy),
)
SUFFIXES = (".jsonl", ".csv", ".pts", ".npy", ".npz")
"""What is read of a folder; a single file may have any name."""

_HEAD_BYTES = 4096


def read_landmarks(path: Path, outline: Outline = "contour3d") -> dict[str, list[Landmarks]]:
    """Faces by image, from a file or from all landmarks files in a folder and below it.

    An image is named by its path relative to the photo folder. A file of one
    face (``.pts``, ``.npy``, ``.npz``) does not say which image it belongs to:
    its key is its own relative path without the suffix, see `faces_from_table`.

    Parameters
    ----------
    path : Path
    outline : str
        What the jaw points follow, where a line does not say so itself.

    Raises
    ------
    BadLandmarksError
        A file cannot be read or is malformed (with the number of the line), or
        an image has its points in two files.
    """
    if not path.is_dir():
        return _read_file(path, path.stem, outline)
    faces: dict[str, list[Landmarks]] = {}
    for each in _files_in(path):
        stem = each.relative_to(path).with_suffix("").as_posix()
        of_file = _read_file(each, stem, outline)
        twice = sorted(faces.keys() & of_file.keys())
        if twice:
            raise BadLandmarksError(
                f"{each}: another file of the folder has points of {twice[0]} too",
                "keep one of the two",
            )
        faces |= of_file
    return faces


def _files_in(folder: Path) -> list[Path]:
    """Landmarks files in `folder` and below it, hidden ones left out."""
    relative = [each.relative_to(folder) for each in folder.rglob("*") if each.is_file()]
    named = [each for each in relative if each.suffix.lower() in SUFFIXES]
    shown = [each for each in named if not any(part.startswith(".") for part in each.parts)]
    if not shown:
        raise BadLandmarksError(
            f"{folder} holds no landmarks file", f"put {', '.join(SUFFIXES)} files there"
        )
    return [folder / each for each in sorted(shown, key=Path.as_posix)]


def _read_file(path: Path, stem: str, outline: Outline) -> dict[str, list[Landmarks]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadLandmarksError(f"cannot read landmarks {path}: {error}", REMEDY) from error
    file = LandmarksFile(path, data, stem, outline)
    for known in FORMATS:
        if known.matches(data[:_HEAD_BYTES]):
            return known.read(file)
    names = ", ".join(known.name for known in FORMATS)
    raise BadLandmarksError(f"{path} is of no known landmarks format", f"give one of: {names}")
