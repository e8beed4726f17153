"""Affine map of a feature vector, or of each of many."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd, prod
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import (
    Array,
    Backward,
    Context,
    forward,
    has_rule,
    shared_buffers,
    torch_twin,
)

ROWS = 32
"""Rows of a tall matrix multiplied at a time."""


@dataclass(frozen=True)
class Dense(Layer):
    """``y = x @ weight.T + bias``.

    Reads ``(features,)`` and writes ``(units,)``, or does so for every token of ``(tokens, features)``.
    Weights: ``weight`` ``(units, features)`` and, if ``bias``, ``bias`` ``(units,)``.

    Attributes:
        units: Features written.
        bias: Whether a bias is added.
        init: How ``weight`` starts (``core.initialize``); the bias starts at 0, or with
            ``"torch_default"`` as PyTorch starts it.

    Source: Rumelhart et al. 1986, "Learning representations by back-propagating errors".
    """

    units: int
    bias: bool = True
    init: str = "torch_default"

    def __post_init__(self) -> None:
        if self.units < 1:
            raise ShapeError(f"{self}: a dense layer writes at least 1 feature")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) not in (1, 2):
            raise ShapeError(f"Dense reads (features,) but was given {x}; put Flatten() before it")
        return (*x[:-1], self.units)

    def weights(self, x: Shape) -> dict[str, Weight]:
        owned = {"weight": Weight((self.units, x[-1]), self.init)}
        if self.bias:
            start = self.init if self.init == "torch_default" else "zeros"
            owned["bias"] = Weight((self.units,), start, fan_in=x[-1])
        return owned

    def flops(self, x: Shape) -> int:
        return 2 * prod(x) * self.units


FEW = 128
"""Rows below which BLAS is faster with the weights as its left factor."""


def product(rows: Array, matrix: Array, out: Array) -> Array:
    """Writes ``rows @ matrix`` to contiguous ``out``, where there are many rows and few columns.

    A few rows at a time: OpenBLAS packs nothing for products of at most 1e6 multiplications, and is
    a quarter faster (Zen 4: 105 GFLOP/s a thread instead of 85). ``matrix`` may be a transposed view;
    it is then copied, which costs little beside the product.
    """
    step = gcd(len(rows), ROWS)
    matrix = np.ascontiguousarray(matrix)
    if step < 8 or not len(rows):
        return np.matmul(rows, matrix, out=out)
    cut = (len(rows) // step, step)
    np.matmul(rows.reshape(*cut, -1), matrix, out=out.reshape(*cut, -1))
    return out


MANY = 2**18
"""Weights from which on workers divide the units among themselves; fewer are not worth synchronizing for."""


@shared_buffers.register
def dense_boards(layer: Dense, x: Shape) -> dict[str, int]:
    if not has_rule(shared_buffers, layer) or len(x) > 1 or x[0] * layer.units < MANY:
        return {}
    return {"seen": x[0], "written": layer.units, "up": layer.units}


def by_units(
    layer: Dense, x: Array, ctx: Context, seen: Array, written: Array, up: Array
) -> tuple[Array, Backward]:
    """Some units for the whole batch: no weight is read by two workers, nor its gradient summed."""
    weight, units = ctx.params["weight"], ctx.comm.partition(layer.units)
    seen[ctx.comm.own] = x
    ctx.comm.barrier()
    written[:, units] = np.matmul(weight[units], seen.T).T  # (units, f) @ (f, batch)
    if layer.bias:
        written[:, units] += ctx.params["bias"][units]
    ctx.comm.barrier()

    def backward(dy: Array) -> Array:
        up[ctx.comm.own] = dy
        ctx.comm.barrier()
        np.matmul(
            up[:, units].T, seen, out=ctx.grads["weight"][units]
        )  # (units, batch) @ (batch, f)
        if layer.bias:
            up[:, units].sum(0, out=ctx.grads["bias"][units])
        return np.matmul(dy, weight, out=ctx.memory.empty(x.shape)) if ctx.needs_input_grad else dy

    return written[ctx.comm.own], backward


@forward.register
def dense(layer: Dense, x: Array, ctx: Context) -> tuple[Array, Backward]:
    seen, written, up = (ctx.comm.shared_buffer(name) for name in ("seen", "written", "up"))
    if seen is not None and written is not None and up is not None:
        return by_units(layer, x, ctx, seen, written, up)
    weight = ctx.params["weight"]
    rows = x.reshape(-1, x.shape[-1])
    multiply = product if x.ndim == 3 else np.matmul
    y = ctx.memory.empty((len(rows), layer.units))
    if len(rows) < FEW:
        y[...] = np.matmul(weight, rows.T).T  # (units, f) @ (f, m); a fifth faster
    else:
        multiply(rows, weight.T, out=y)  # (m, f) @ (f, units)
    if layer.bias:
        y += ctx.params["bias"]

    def backward(dy: Array) -> Array:
        up = dy.reshape(y.shape)
        np.matmul(up.T, rows, out=ctx.grads["weight"])  # (units, m) @ (m, f)
        if layer.bias:
            up.sum(0, out=ctx.grads["bias"])
        if not ctx.needs_input_grad:
            return dy
        return multiply(up, weight, out=ctx.memory.empty(rows.shape)).reshape(x.shape)

    return y.reshape(*x.shape[:-1], layer.units), backward


@torch_twin.register
def dense_twin(layer: Dense, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Linear(x[-1], layer.units, bias=layer.bias)
