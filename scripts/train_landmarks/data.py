"""The labelled crops in memory, and the batches made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from mask3d.arrays import FloatArray
from mask3d.landmarks.upright import region_of_points
from scripts.train_landmarks.augment import exact_view, random_view, see, spoil, take_apart, target

NO_FACES = 6  # of a batch: pictures of nothing, whose points have no truth
CENTRES_TO_EDGES = np.array([0.5, 0.5, 0.0])


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Labelled crops.

    Attributes
    ----------
    rgb : (N, 120, 120, 3) bytes
    points_px : (N, 68, 3), z nearer is larger
    yaw_deg : (N,)
    regions : (N, 4) centre x and y by edges, side, angle of the region around the points
    """

    rgb: Tensor
    points_px: Tensor
    yaw_deg: Tensor
    regions: Tensor

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.rgb)

    def exact(self) -> tuple[Tensor, Tensor]:
        """Pictures and targets of all faces, nothing random."""
        view = exact_view(self.regions)
        return see(self.rgb, view), target(self.points_px, view)


def read_faces(paths: Sequence[Path], held_out: bool) -> Faces:
    """The good labels of files that `prepare` or `synthesise` wrote, held out or not."""
    parts: list[tuple[FloatArray, ...]] = []
    for path in paths:
        with np.load(path, allow_pickle=False) as data:
            rows = data["good"] & (data["held_out"] == held_out)
            parts.append(tuple(data[name][rows] for name in ("rgb", "points_px", "yaw_deg")))
    rgb, points_px, yaw_deg = (np.concatenate(column) for column in zip(*parts, strict=True))
    regions = np.array([_region(points) for points in points_px.astype(np.float64)])
    arrays = rgb, *(column.astype(np.float32) for column in (points_px, yaw_deg, regions))
    return Faces(*(torch.from_numpy(array) for array in arrays))


def _region(points_px: FloatArray) -> tuple[float, ...]:
    region = region_of_points(points_px + CENTRES_TO_EDGES)
    return (*region.centre_px, region.side_px, region.angle_rad)


class Batches(Dataset):  # type: ignore[misc]
    """Batch number i of the training, the same in every run; an epoch shows every face once."""

    def __init__(self, faces: Faces, batch: int, seed: int) -> None:
        self._faces = faces
        self._batch = batch
        self._seed = seed
        self.per_epoch = len(faces) // batch

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return self.per_epoch

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        """Pictures (B, 3, 80, 80) and targets (B, 68, 3), NaN where there is no face."""
        epoch, place = divmod(step, self.per_epoch)
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._faces))
        rows = torch.from_numpy(order[place * self._batch : (place + 1) * self._batch])
        draw = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
        view = random_view(self._faces.regions[rows], draw)
        picture = spoil(see(self._faces.rgb[rows], view), draw)
        truth = target(self._faces.points_px[rows], view)
        picture[:NO_FACES] = take_apart(picture[:NO_FACES], draw)
        truth[:NO_FACES] = torch.nan
        return picture, truth
