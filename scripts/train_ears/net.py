"""The net: plain convolutions down to 6 pixels, then two dense layers."""

from __future__ import annotations

from torch import Tensor, nn

INPUT_PX = 48
INPUTS = 4  # red, green, blue, and 1 inside of the fitted ear, -1 outside
WIDTHS = (16, 24, 40, 56)  # channels at 24, 12, 6 and 3 pixels
DENSE = 48
DROPPED = 0.2  # of the dense layer, in training
MM = 10.0  # an offset of so many millimetres is a one of the last layer


class EarNet(nn.Module):  # type: ignore[misc]
    """RGB and the inside of the fitted ear (N, 4, 48, 48) from -1 to 1 in, (N, 3) out.

    The logarithm of the odds that the lobe is seen, and its offset in mm from the
    fitted one: to the back of the head, and down.
    """

    def __init__(self) -> None:
        super().__init__()
        first, second, third, last = WIDTHS
        self.body = nn.Sequential(
            _conv(INPUTS, first, 2),
            _conv(first, first),
            _conv(first, second, 2),
            _Residual(second),
            _conv(second, third, 2),
            _Residual(third),
            _conv(third, last, 2),
            nn.Flatten(),
        )
        side = INPUT_PX // 16
        self.head = nn.Sequential(
            nn.Dropout(DROPPED),
            nn.Linear(last * side * side, DENSE),
            nn.ReLU(),
            nn.Linear(DENSE, 3),
        )

    def forward(self, picture: Tensor) -> Tensor:
        """Return logarithms of the odds and offsets of crops."""
        raw = self.head(self.body(picture))
        out: Tensor = raw * raw.new_tensor([1.0, MM, MM])
        return out


class _Residual(nn.Module):  # type: ignore[misc]
    """Two convolutions beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = _conv(channels, channels), _conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.second(self.first(x))
        return out


def _conv(channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(channels, out_channels, 3, stride, 1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(out_channels), nn.ReLU(inplace=True))
