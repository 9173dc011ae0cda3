"""The net: plain convolutions down to 6 pixels, then two dense layers."""

from __future__ import annotations

from torch import Tensor, nn

from scripts.net_layers import Residual, convolution

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
            convolution(INPUTS, first, 2),
            convolution(first, first),
            convolution(first, second, 2),
            Residual(second),
            convolution(second, third, 2),
            Residual(third),
            convolution(third, last, 2),
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
