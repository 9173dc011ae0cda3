"""Write the averaged net as ONNX.

python -m scripts.train_landmarks.export --run DIR --out FILE.onnx
"""

from __future__ import annotations

from scripts.net_export import Export, export_net
from scripts.train_landmarks.net import INPUT_PX, LandmarkNet

MAX_DIFFERENCE = 1e-3  # of the outputs, in sides of the crop, between PyTorch and OpenCV


def main() -> None:
    """Run the command line."""
    names = ("rgb", "points_and_log_errors")
    shape = (2, 3, INPUT_PX, INPUT_PX)
    export_net(__doc__, LandmarkNet(), Export(shape, names, MAX_DIFFERENCE, in_16_bits=False))


if __name__ == "__main__":
    main()
