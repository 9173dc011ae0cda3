"""Write the averaged net as ONNX, its weights in 16 bits.

python -m scripts.train_ears.export --run DIR --out FILE.onnx
"""

from __future__ import annotations

from scripts.net_export import Export, export_net
from scripts.train_ears.net import INPUT_PX, INPUTS, EarNet

MAX_DIFFERENCE = 0.05  # of any output, between PyTorch and OpenCV in 16 bits


def main() -> None:
    """Run the command line."""
    names = ("rgb_and_ear", "log_odds_and_offset_mm")
    shape = (1, INPUTS, INPUT_PX, INPUT_PX)
    export_net(__doc__, EarNet(), Export(shape, names, MAX_DIFFERENCE, in_16_bits=True))


if __name__ == "__main__":
    main()
