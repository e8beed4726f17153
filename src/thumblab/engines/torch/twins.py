"""PyTorch's modules of an architecture, held to what its layers say of themselves."""

from __future__ import annotations

import torch

from thumblab.core.errors import MissingRuleError, ShapeError
from thumblab.core.layer import Layer, Shape, walk
from thumblab.core.rules import has_rule, torch_twin
from thumblab.layers import Frozen


def check_twins(model: Layer, shape: Shape) -> None:
    """Raises ``MissingRuleError`` if a twin would compute what the layer that a layer derives from does."""
    for _, leaf, seen in walk(model, shape):
        if isinstance(leaf, Frozen):
            check_twins(leaf.layer, seen)
        elif not has_rule(torch_twin, leaf):
            raise MissingRuleError(
                f"{type(leaf).__name__} has no PyTorch rule of its own; write one with "
                "@torch_twin.register"
            )


def named(module: torch.nn.Module, shapes: dict[str, Shape]) -> dict[str, torch.Tensor]:
    """The module's tensors that hold the architecture's weights."""
    found = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    for name, shape in shapes.items():
        if name not in found or tuple(found[name].shape) != shape:
            raise ShapeError(
                f"the PyTorch twin has no {name!r} of shape {shape}; give its module the names and "
                "shapes that the layer's weights() lists"
            )
    return {name: found[name] for name in shapes}
