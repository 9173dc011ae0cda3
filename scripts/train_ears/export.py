"""Write the averaged net as ONNX, its weights in 16 bits.

python -m scripts.train_ears.export --run DIR --out FILE.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch

from mask3d.arrays import Float32Array
from scripts.net_training import halved
from scripts.train_ears.net import INPUT_PX, INPUTS, EarNet

OPSET = 13  # read by OpenCV 4.10 and 5
MAX_DIFFERENCE = 0.05  # of any output, between PyTorch and OpenCV in 16 bits


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Write the averaged net as ONNX.")
    parser.add_argument("--run", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.onnx")
    args = parser.parse_args()
    net = EarNet().eval()
    state = torch.load(args.run / "checkpoint.pt", weights_only=True)
    net.load_state_dict(state["average"])
    picture = torch.from_numpy(_noise())
    torch.onnx.export(
        net,
        (picture,),
        str(args.out),
        opset_version=OPSET,
        input_names=["rgb_and_ear"],
        output_names=["log_odds_and_offset_mm"],
        dynamo=False,
    )
    onnx.save(halved(onnx.load(str(args.out))), str(args.out))
    difference = _difference(args.out, net(picture).detach().numpy())
    size_kb = args.out.stat().st_size / 1e3
    print(f"{args.out}: epoch {state['epoch']}, {size_kb:.0f} kB, differs by {difference:.1e}")
    if difference > MAX_DIFFERENCE:
        raise SystemExit("OpenCV computes something else than PyTorch")


def _noise() -> Float32Array:
    """A picture (1, 4, 48, 48) from -1 to 1."""
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (1, INPUTS, INPUT_PX, INPUT_PX)).astype(np.float32)


def _difference(path: Path, expected: Float32Array) -> float:
    """Largest difference between OpenCV's outputs and the expected ones."""
    engine = getattr(cv2.dnn, "ENGINE_CLASSIC", None)
    net = cv2.dnn.readNetFromONNX(str(path), *([] if engine is None else [engine]))
    net.setInput(_noise())
    return float(np.abs(net.forward() - expected).max())


if __name__ == "__main__":
    main()
