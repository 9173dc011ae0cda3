"""The net: a small pyramid of plain convolutions that goes down to 6 pixels and up again."""

from __future__ import annotations

from torch import Tensor, nn

from scripts.net_layers import Residual, convolution

INPUT_PX = 96
INPUTS = 4  # red, green, blue, and 1 inside of the fitted face, -1 outside
WIDTHS = (16, 24, 32, 64, 80)  # channels at 48, 48, 24, 12 and 6 pixels
SUB_PIXELS = 2  # the last level answers for so many pixels of the input on each axis


class OccluderNet(nn.Module):  # type: ignore[misc]
    """RGB and the inside of the face (N, 4, 96, 96) from -1 to 1 in, (N, 4, 48, 48) out.

    The logarithm of the odds that something lies in front of the face; the four
    channels are the pixels of a square of two by two, row by row.
    """

    def __init__(self) -> None:
        super().__init__()
        stem, first, second, third, last = WIDTHS
        self.stem = nn.Sequential(convolution(INPUTS, stem, 2), convolution(stem, first))
        self.down24 = nn.Sequential(convolution(first, second, 2), Residual(second))
        self.down12 = nn.Sequential(convolution(second, third, 2), Residual(third))
        self.down6 = nn.Sequential(convolution(third, last, 2), Residual(last), Residual(last))
        self.up12, self.up24, self.up48 = _Up(last, third), _Up(third, second), _Up(second, first)
        self.head = nn.Conv2d(first, SUB_PIXELS**2, 3, padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        """Return the logarithms of the odds of crops."""
        at48 = self.stem(picture)
        at24 = self.down24(at48)
        at12 = self.down12(at24)
        at6 = self.down6(at12)
        seen = self.up48(self.up24(self.up12(at6, at12), at24), at48)
        logits: Tensor = self.head(seen)
        return logits


class _Up(nn.Module):  # type: ignore[misc]
    """A coarse level brought to the size of a finer one and mixed with it."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(coarse, fine, 1)
        self.mix = convolution(fine, fine)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        wide = nn.functional.interpolate(self.narrow(coarse), scale_factor=2.0, mode="nearest")
        out: Tensor = self.mix(wide + fine)
        return out
