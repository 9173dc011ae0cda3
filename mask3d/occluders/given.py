"""The user's own segmentations: an image a photo, white where something is in front."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mask3d.errors import BadOccludersError, UnreadableImageError
from mask3d.image_io import IMAGE_SUFFIXES, read_photo
from mask3d.occluders.types import Occluders


class GivenOccluders:
    """A folder of segmentations under the names of the photos.

    Parameters
    ----------
    folder : Path
        For the photo ``a/b.jpg`` it holds ``a/b.jpg``, or ``a/b`` with another
        image suffix. White is in front of every face, black behind, grey is partly.

    Raises
    ------
    BadOccludersError
        There is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise BadOccludersError(f"{folder} is no folder", "check the path of --occluders")
        self._folder = folder

    def read(self, image: str, image_wh: tuple[int, int]) -> Occluders:
        """What is in front in the photo `image`, a path relative to the folder of photos.

        Raises
        ------
        BadOccludersError
            There is none, it cannot be read, or it has not the size of the photo.
        """
        path = self._path(image)
        try:
            photo = read_photo(path)
        except UnreadableImageError as error:
            raise BadOccludersError(error.message, error.remedy) from error
        if photo.image_wh != image_wh:
            raise BadOccludersError(
                f"{path} is {_by(photo.image_wh)}, the photo {_by(image_wh)} pixels",
                "give a segmentation of the photo's own size",
            )
        highest = np.iinfo(photo.pixels.dtype).max
        alpha = photo.pixels.mean(axis=2, dtype=np.float32) / np.float32(highest)
        return Occluders(alpha, (0, 0), is_given=True)

    def _path(self, image: str) -> Path:
        exact = self._folder / image
        named = [exact, *(exact.with_suffix(suffix) for suffix in IMAGE_SUFFIXES)]
        for path in named:
            if path.is_file():
                return path
        raise BadOccludersError(
            f"{self._folder} holds no segmentation for {image}",
            f"add {exact.with_suffix('.png').name}, all black where nothing is in front",
        )


def _by(wh: tuple[int, int]) -> str:
    return f"{wh[0]} x {wh[1]}"
