"""The composites in memory, and the batches made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset


@dataclass(frozen=True, slots=True, eq=False)
class Composites:
    """Pictures and their truth, as `prepare` wrote them.

    Attributes
    ----------
    rgb : (N, 96, 96, 3) bytes
    cover, weight : (N, 96, 96) bytes
    face : (N, 96, 96) 1 inside of it
    kind : (N,) names
    """

    rgb: Tensor
    cover: Tensor
    weight: Tensor
    face: Tensor
    kind: np.ndarray[tuple[int], np.dtype[np.str_]]

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.rgb)

    def rows(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs (B, 4, 96, 96) of the net, cover and weight (B, 96, 96) 0..1."""
        picture = inputs(self.rgb[rows], self.face[rows])
        return picture, self.cover[rows].float() / 255, self.weight[rows].float() / 255


def read_composites(path: Path) -> Composites:
    """Read a file of `prepare`."""
    with np.load(path, allow_pickle=False) as data:
        names = ("rgb", "cover", "weight", "face")
        rgb, cover, weight, face = (torch.from_numpy(data[name]) for name in names)
        return Composites(rgb, cover, weight, face, data["kind"])


def inputs(rgb: Tensor, face: Tensor) -> Tensor:
    """What the net sees (B, 4, 96, 96), -1 to 1, of bytes (B, 96, 96, 3) and 1s (B, 96, 96)."""
    picture = rgb.permute(0, 3, 1, 2).float() / 127.5 - 1
    return torch.cat([picture, 2 * face[:, None].float() - 1], 1)


class Batches(Dataset):  # type: ignore[misc]
    """Batch number i of the training, the same in every run; an epoch shows every picture once."""

    def __init__(self, composites: Composites, batch: int, seed: int) -> None:
        self._composites = composites
        self._batch = batch
        self._seed = seed
        self.per_epoch = len(composites) // batch

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return self.per_epoch

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures, cover and weight, in new light and some of them mirrored."""
        epoch, place = divmod(step, self.per_epoch)
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._composites))
        rows = torch.from_numpy(order[place * self._batch : (place + 1) * self._batch])
        picture, cover, weight = self._composites.rows(rows)
        draw = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
        mirrored = torch.rand(len(rows), generator=draw) < 0.5
        for part in (picture, cover, weight):
            part[mirrored] = part[mirrored].flip(-1)
        count = len(rows)
        gain = torch.exp(0.15 * torch.randn(count, 1, 1, 1, generator=draw))
        tint = torch.exp(0.06 * torch.randn(count, 3, 1, 1, generator=draw))
        picture[:, :3] = ((picture[:, :3] + 1) * gain * tint - 1).clamp(-1, 1)
        return picture, cover, weight
