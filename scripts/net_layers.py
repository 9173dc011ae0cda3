"""Layers that nets of several trainings are made of."""

from __future__ import annotations

from torch import Tensor, nn


class Residual(nn.Module):  # type: ignore[misc]
    """Two convolutions beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = convolution(channels, channels), convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return what is as large as `x`."""
        out: Tensor = x + self.second(self.first(x))
        return out


def convolution(channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    """3 by 3, batch norm, ReLU."""
    layer = nn.Conv2d(channels, out_channels, 3, stride, 1, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True))
