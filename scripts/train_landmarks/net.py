"""The landmark net: a small residual net of plain convolutions, which CPUs run fast."""

from __future__ import annotations

import torch
from torch import Tensor, nn

INPUT_PX = 80  # side of the input
STEM = 24  # channels
STAGES = ((24, 32, 2), (32, 64, 2), (64, 64, 1), (64, 128, 2), (128, 128, 1))  # in, out, stride
LAST_PX = 5  # side of what the last stage hands on
NECK = 128
POINTS = 68
OUTPUTS = 4 * POINTS  # x, y, z of every point, then the logarithm of its expected error


class LandmarkNet(nn.Module):  # type: ignore[misc]
    """RGB (N, 3, 80, 80) from -1 to 1 in, (N, 272) out.

    The first 204 numbers are x, y, z of the 68 points in sides of the crop from
    its centre, z nearer is larger; the last 68 the logarithm of the distance
    that a point is off by, in sides of the crop.
    """

    def __init__(self) -> None:
        super().__init__()
        stem = [_conv(3, STEM, 3, stride=2), nn.ReLU(inplace=True)]
        self.features = nn.Sequential(*stem, *(_Residual(*stage) for stage in STAGES))
        neck = nn.Conv2d(STAGES[-1][1], NECK, LAST_PX, bias=False)
        self.neck = nn.Sequential(neck, nn.BatchNorm2d(NECK), nn.ReLU(inplace=True))
        self.head = nn.Linear(NECK, OUTPUTS)

    def forward(self, rgb: Tensor) -> Tensor:
        """Return the outputs of crops."""
        outputs: Tensor = self.head(torch.flatten(self.neck(self.features(rgb)), 1))
        return outputs


class _Residual(nn.Module):  # type: ignore[misc]
    """Two convolutions beside a shortcut."""

    def __init__(self, channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.first = _conv(channels, out_channels, 3, stride)
        self.second = _conv(out_channels, out_channels, 3)
        same = channels == out_channels and stride == 1
        self.shortcut = nn.Identity() if same else _conv(channels, out_channels, 1, stride)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        rest: Tensor = self.second(self.relu(self.first(x)))
        out: Tensor = self.relu(self.shortcut(x) + rest)
        return out


def _conv(channels: int, out_channels: int, side: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(channels, out_channels, side, stride, side // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(out_channels))
