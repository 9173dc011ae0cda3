"""Write a trained net as ONNX, and see that OpenCV computes the same from it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from mask3d.arrays import Float32Array
from mask3d.landmarks.weights import open_onnx

OPSET = 13  # read by OpenCV 4.10 and 5
MIN_SIZE = 64  # smaller arrays stay in 32 bits


class Export(NamedTuple):
    """What is particular about a net's file.

    Attributes
    ----------
    input_shape : of what it is tried on; more than one picture, and it takes any number
    names : of its input and its output
    max_difference : of an output, between PyTorch and OpenCV
    in_16_bits : whether its large weights are stored in 16 bits
    """

    input_shape: tuple[int, int, int, int]
    names: tuple[str, str]
    max_difference: float
    in_16_bits: bool


def export_net(usage: str, net: nn.Module, export: Export) -> None:
    """Write the averaged net of a checkpoint; both files are on the command line."""
    parser = argparse.ArgumentParser(description=usage.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.onnx")
    args = parser.parse_args()
    net.eval()
    state = torch.load(args.run / "checkpoint.pt", weights_only=True)
    net.load_state_dict(state["average"])
    rng = np.random.default_rng(0)
    pictures = rng.uniform(-1, 1, export.input_shape).astype(np.float32)
    given, told = export.names
    any_count = {name: {0: "count"} for name in export.names} if len(pictures) > 1 else None
    torch.onnx.export(
        net,
        (torch.from_numpy(pictures),),
        str(args.out),
        opset_version=OPSET,
        input_names=[given],
        output_names=[told],
        dynamic_axes=any_count,
        dynamo=False,
    )
    if export.in_16_bits:
        onnx.save(halved(onnx.load(str(args.out))), str(args.out))
    expected = net(torch.from_numpy(pictures)).detach().numpy()
    difference = float(np.abs(by_opencv(args.out, pictures) - expected).max())
    size_kb = args.out.stat().st_size / 1e3
    print(f"{args.out}: epoch {state['epoch']}, {size_kb:.0f} kB, differs by {difference:.1e}")
    if difference > export.max_difference:
        raise SystemExit("OpenCV computes something else than PyTorch")


def by_opencv(path: Path, pictures: Float32Array) -> Float32Array:
    """What OpenCV makes of pictures (N, C, H, W) by the net in a file."""
    net = open_onnx(path)
    net.setInput(pictures)
    return np.asarray(net.forward(), np.float32)


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """`model` with its large weights stored in 16 bits and cast to 32 where they are used."""
    graph, casts = model.graph, []
    for weights in list(graph.initializer):
        values = numpy_helper.to_array(weights)
        if values.dtype != np.float32 or values.size < MIN_SIZE:
            continue
        name = weights.name
        short = numpy_helper.from_array(values.astype(np.float16), f"{name}.half")
        graph.initializer.remove(weights)
        graph.initializer.append(short)
        cast = onnx.helper.make_node("Cast", [short.name], [name], to=onnx.TensorProto.FLOAT)
        casts.append(cast)
    for cast in reversed(casts):
        graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    return model
