"""Mean over windows of pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import inside
from thumblab.kernels.pooling import taps, window_counts, window_sum, window_sum_back
from thumblab.kernels.windows import Padding, check_pool, check_window, window_shape


@dataclass(frozen=True)
class AvgPool(Layer):
    """Mean of every window's pixels; padding is left out of sum and count, as in Keras.

    (PyTorch counts padded zeros unless ``count_include_pad=False``, which the twin has.)

    Attributes:
        kernel: Side of the window, in pixels.
        stride: Step between windows, in pixels; ``None`` means ``kernel``.
        padding: Pixels on every side, ``"valid"`` for none, or ``"same"`` as in Keras.

    Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition".
    """

    kernel: int = 2
    stride: int | None = None
    padding: Padding = "valid"

    def __post_init__(self) -> None:
        check_window(self, self.kernel, self.step, self.padding)
        check_pool(self, self.kernel, self.padding)

    @property
    def step(self) -> int:
        """The stride in pixels."""
        return self.kernel if self.stride is None else self.stride

    def out_shape(self, x: Shape) -> Shape:
        counts, _ = window_shape(self, x, self.kernel, self.step, self.padding)
        return (x[0], *counts)


Write = Callable[[Array, Array], None]
"""Writes, from the gradient at the output, the one at the input."""


def _pool(layer: AvgPool, x: Array, y: Array, axes: tuple[int, int], c: int, ctx: Context) -> Write:
    """Writes the means of ``x`` to ``y``; height and width are ``axes`` of both."""
    up, across = axes
    h, w = x.shape[up], x.shape[across]
    k, s = layer.kernel, layer.step
    (oh, ow), pad = window_shape(layer, (c, h, w), k, s, layer.padding)
    down_taps, across_taps = taps(h, k, s, pad[0][0], oh), taps(w, k, s, pad[1][0], ow)
    counts = np.outer(window_counts(h, down_taps, oh), window_counts(w, across_taps, ow))
    share = (1 / counts).astype(x.dtype).reshape(oh, ow, *(1,) * (x.ndim - 1 - across))
    shape = (*x.shape[:across], ow, *x.shape[across + 1 :])
    columns = ctx.memory.scratch("columns", prod(shape)).reshape(shape)
    window_sum(x, across, across_taps, columns)
    window_sum(columns, up, down_taps, y)
    y *= share

    def write(dy: Array, dx: Array) -> None:
        dcolumns = ctx.memory.scratch("columns", prod(shape)).reshape(shape)
        window_sum_back(dy * share, up, down_taps, dcolumns)
        window_sum_back(dcolumns, across, across_taps, dx)

    return write


@forward.register
def avg_pool(layer: AvgPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y = ctx.memory.empty((len(x), *layer.out_shape(x.shape[1:])))
    write = _pool(layer, x, y, (2, 3), x.shape[1], ctx)

    def backward(dy: Array) -> Array:
        dx = ctx.memory.empty(x.shape)
        write(dy, dx)
        return dx

    return y, backward


@fast_forward.register
def avg_pool_blocks(layer: AvgPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    g, h, w, _, c = x.shape
    _, oh, ow = layer.out_shape((c, h - 2, w - 2))
    y = ctx.memory.zero_padded(g, oh, ow, c)
    write = _pool(layer, inside(x), inside(y), (1, 2), c, ctx)

    def backward(dy: Array) -> Array:
        dx = ctx.memory.zero_padded(g, h - 2, w - 2, c)
        write(inside(dy), inside(dx))
        return dx

    return y, backward


@torch_twin.register
def avg_pool_twin(layer: AvgPool, x: Shape, torch: ModuleType) -> Any:
    k, s = layer.kernel, layer.step
    _, ((above, below), (left, right)) = window_shape(layer, x, k, s, layer.padding)
    if above == below == left == right and 2 * above <= k:
        return torch.nn.AvgPool2d(k, s, above, count_include_pad=False)

    class PaddedAvgPool(torch.nn.AvgPool2d):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            sides = (left, right, above, below)
            pad = torch.nn.functional.pad
            return super().forward(pad(x, sides)) / super().forward(pad(torch.ones_like(x), sides))

    return PaddedAvgPool(k, s)
