"""What the trainings of all nets share: the averaged net, its checkpoints, its export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

MIN_SIZE = 64  # smaller arrays of an exported net stay as they are


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
