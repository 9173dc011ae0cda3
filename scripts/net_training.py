"""What the trainings of all nets share: the averaged net and its checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn


@torch.no_grad()  # type: ignore[untyped-decorator]
def average_in(average: nn.Module, net: nn.Module, kept_share: float) -> None:
    """Move `average` to the net, keeping `kept_share` of what it was; counts are taken over."""
    new = net.state_dict()
    for name, kept in average.state_dict().items():
        if kept.is_floating_point():
            kept.lerp_(new[name], 1 - kept_share)
        else:
            kept.copy_(new[name])


def write_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write `state` so that the file of before stays until this one is whole."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)
