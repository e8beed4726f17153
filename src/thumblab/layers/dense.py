"""Affine map of a feature vector."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class Dense(Layer):
    """``y = x @ weight.T + bias``.

    Reads ``(features,)`` and writes ``(units,)``. Weights: ``weight`` ``(units, features)`` and, if
    ``bias``, ``bias`` ``(units,)``.

    Attributes:
        units: Features written.
        bias: Whether a bias is added.
        init: How ``weight`` starts (``core.initialise``); the bias starts at 0, or with
            ``"torch_default"`` as PyTorch starts it.
    """

    units: int
    bias: bool = True
    init: str = "torch_default"

    def __post_init__(self) -> None:
        if self.units < 1:
            raise ShapeError(f"{self}: a dense layer writes at least 1 feature")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 1:
            raise ShapeError(f"Dense reads (features,) but was given {x}; put Flatten() before it")
        return (self.units,)

    def weights(self, x: Shape) -> dict[str, Weight]:
        owned = {"weight": Weight((self.units, *x), self.init)}
        if self.bias:
            start = self.init if self.init == "torch_default" else "zeros"
            owned["bias"] = Weight((self.units,), start, fan_in=x[0])
        return owned

    def flops(self, x: Shape) -> int:
        return 2 * x[0] * self.units


@forward.register
def dense(layer: Dense, x: Array, ctx: Context) -> tuple[Array, Backward]:
    weight = ctx["weight"]
    y = np.matmul(x, weight.T, out=ctx.empty((len(x), layer.units)))  # (n, f) @ (f, units)
    if layer.bias:
        y += ctx["bias"]

    def backward(dy: Array) -> Array:
        np.matmul(dy.T, x, out=ctx.grad("weight"))  # (units, n) @ (n, f)
        if layer.bias:
            dy.sum(0, out=ctx.grad("bias"))
        return np.matmul(dy, weight, out=ctx.empty(x.shape)) if ctx.input_gradient else dy

    return y, backward


@torch_twin.register
def dense_twin(layer: Dense, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Linear(x[0], layer.units, bias=layer.bias)
