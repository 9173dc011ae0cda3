"""The labelled ears in memory, and the batches made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from scripts.train_ears.net import INPUT_PX
from scripts.train_ears.prepare import MM_PER_PX, WIDE, read_ears
from scripts.train_landmarks.augment import spoil_whole

MIDDLE = INPUT_PX / 2
SHIFT_MM, TURN_DEG, LOG_SCALE_SIGMA = 5.0, 6.0, 0.08  # how much worse a head may be fitted


@dataclass(frozen=True, slots=True, eq=False)
class Ears:
    """Labelled ears.

    Attributes
    ----------
    rgb : (N, 72, 72, 3) bytes
        The crop is its middle.
    outline : (N, 48, 48) bytes
    fitted, labelled : (N, 2) the lobe in the crop, by edges; NaN where it is hidden
    """

    rgb: Tensor
    outline: Tensor
    fitted: Tensor
    labelled: Tensor

    def __len__(self) -> int:
        """Return the number of ears."""
        return len(self.rgb)

    def rows(self, rows: Tensor, view: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Colours (B, 3, 48, 48), outline (B, 1, 48, 48), offset in mm (B, 2), NaN where hidden.

        `view` (B, 2, 3) maps the crop, from -1 to 1 on each axis, to that of the fit.
        """
        wide = self.rgb[rows].permute(0, 3, 1, 2).float() / 127.5
        size = [len(rows), 3, INPUT_PX, INPUT_PX]
        grid = nn.functional.affine_grid(view, size, align_corners=False) / WIDE
        colours = nn.functional.grid_sample(wide, grid, align_corners=False) - 1
        outline = self.outline[rows, None].float() / 127.5 - 1
        away = (self.labelled[rows] / MIDDLE - 1 - view[:, :, 2])[..., None]
        seen_at = (torch.linalg.solve(view[:, :, :2], away)[..., 0] + 1) * MIDDLE
        return colours, outline, (seen_at - self.fitted[rows]) * MM_PER_PX

    def exact(self) -> tuple[Tensor, Tensor]:
        """Pictures (N, 4, 48, 48) and offsets of all ears, nothing random."""
        view = torch.eye(2, 3).expand(len(self), 2, 3)
        colours, outline, offset_mm = self.rows(torch.arange(len(self)), view)
        return torch.cat([colours, outline], 1), offset_mm


def read_tensors(path: Path) -> Ears:
    """Read a file of `prepare`."""
    ears = read_ears(path)
    places = (torch.from_numpy(column).float() for column in (ears.fitted, ears.labelled))
    return Ears(torch.from_numpy(ears.rgb), torch.from_numpy(ears.outline), *places)


def random_view(count: int, draw: torch.Generator) -> Tensor:
    """Views (count, 2, 3) of heads that were fitted somewhat differently."""
    angle = torch.deg2rad(TURN_DEG * torch.randn(count, generator=draw))
    scale = torch.exp(LOG_SCALE_SIGMA * torch.randn(count, generator=draw))
    shift = SHIFT_MM / MM_PER_PX / MIDDLE * torch.randn(count, 2, generator=draw)
    cos, sin = scale * torch.cos(angle), scale * torch.sin(angle)
    rows = [torch.stack([cos, -sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)]
    return torch.stack(rows, 1)


class Batches(Dataset):  # type: ignore[misc]
    """Batch number i of the training, the same in every run; an epoch shows every ear once."""

    def __init__(self, ears: Ears, batch: int, seed: int) -> None:
        self._ears = ears
        self._batch = batch
        self._seed = seed
        self.per_epoch = len(ears) // batch

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return self.per_epoch

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        """Pictures (B, 4, 48, 48) and offsets in mm (B, 2), NaN where the lobe is hidden."""
        epoch, place = divmod(step, self.per_epoch)
        shuffle = torch.Generator().manual_seed(self._seed * 1_000_003 + epoch)
        order = torch.randperm(len(self._ears), generator=shuffle)
        rows = order[place * self._batch : (place + 1) * self._batch]
        draw = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
        colours, outline, offset_mm = self._ears.rows(rows, random_view(len(rows), draw))
        return torch.cat([spoil_whole(colours, draw), outline], 1), offset_mm
