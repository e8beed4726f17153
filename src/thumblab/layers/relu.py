"""Rectified linear units."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin


@dataclass(frozen=True)
class ReLU(Layer):
    """``y = max(x, 0)``. The gradient at exactly 0 is 0, as in PyTorch.

    Source: Nair & Hinton 2010, "Rectified linear units improve restricted Boltzmann machines".
    """


@forward.register
@fast_forward.register
def relu(layer: ReLU, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y: Array = np.maximum(
        x, 0, out=ctx.memory.empty(x.shape)
    )  # keeps the layout's border: max(0, 0) = 0

    def backward(dy: Array) -> Array:
        dx: Array = np.multiply(dy, y > 0, out=ctx.memory.empty(y.shape))
        return dx

    return y, backward


@torch_twin.register
def relu_twin(layer: ReLU, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.ReLU()
