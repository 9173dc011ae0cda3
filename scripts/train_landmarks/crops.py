"""The training crops: real faces from AFLW with the visible ones of 21 points."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from mask3d.arrays import ByteArray, FloatArray

BoolArray = NDArray[np.bool_]

CROP_PX = 120  # side of a crop
POINTS = 21
HELD_OUT_EVERY = 12  # of the crops in the order of their names: 1,233 of 14,790


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """Faces, their visible points and their yaw.

    Attributes
    ----------
    rgb : (N, 120, 120, 3)
    points21_px : (N, 21, 2), NaN where a point is hidden
        Brows (image left: outer to inner, then inner to outer), eyes (corner,
        centre, corner; image left first), ear lobe of the image-left side, nose
        wing, tip, wing, other ear lobe, mouth (corner, centre, corner), chin.
    yaw_deg : (N,) > 0: nose toward image left
    """

    rgb: ByteArray
    points21_px: FloatArray
    yaw_deg: FloatArray

    def __len__(self) -> int:
        """Return the number of crops."""
        return len(self.rgb)

    def rows(self, chosen: BoolArray) -> Crops:
        """Some of the crops."""
        return Crops(self.rgb[chosen], self.points21_px[chosen], self.yaw_deg[chosen])


def read_crops(folder: Path) -> Crops:
    """Read ``aflw_crops.npz`` and ``aflw_crops.tar`` of `folder`."""
    with np.load(folder / "aflw_crops.npz", allow_pickle=False) as data:
        names = [str(name) for name in data["name"]]
        points21_px = np.where(data["visible"][..., None], data["points21_px"], np.nan)
        yaw_deg = data["yaw_deg"].astype(np.float64)
    rgb = np.zeros((len(names), CROP_PX, CROP_PX, 3), np.uint8)
    with tarfile.open(folder / "aflw_crops.tar") as archive:
        for i, name in enumerate(tqdm(names, "reading crops", disable=None)):
            rgb[i] = _read_member(archive, name)
    return Crops(rgb, points21_px.astype(np.float64), yaw_deg)


def held_out(count: int) -> BoolArray:
    """Mask (N,) of the crops that are kept for choosing and never trained on."""
    chosen: BoolArray = np.arange(count) % HELD_OUT_EVERY == 0
    return chosen


def _read_member(archive: tarfile.TarFile, name: str) -> ByteArray:
    stream = archive.extractfile(name)
    if stream is None:
        raise FileNotFoundError(f"{name} is not in the archive")
    # not read_photo, which wants a file on disk
    with Image.open(BytesIO(stream.read())) as image:  # noqa: TID251
        return np.asarray(image.convert("RGB"), np.uint8)
