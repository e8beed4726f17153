"""Maximum over windows of pixels."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import inside
from thumblab.kernels.pooling import taps, window_max, window_max_back
from thumblab.kernels.windows import Padding, check_pool, check_window, window_shape


@dataclass(frozen=True)
class MaxPool(Layer):
    """Largest value of every window; padding never wins.

    Reads ``(c, h, w)`` and writes ``(c, h', w')`` with ``h' = (h + padding - kernel) // stride + 1``.
    Where several pixels of a window tie, the gradient goes to the first in row order, as in PyTorch.

    Attributes:
        kernel: Side of the window, in pixels.
        stride: Step between windows, in pixels; ``None`` means ``kernel``.
        padding: Pixels on every side, ``"valid"`` for none, or ``"same"`` as in Keras.

    Source: Ranzato et al. 2007, "Unsupervised learning of invariant feature hierarchies with
        applications to object recognition".
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


@forward.register
def max_pool(layer: MaxPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    k, s = layer.kernel, layer.step
    (oh, ow), pad = window_shape(layer, x.shape[1:], k, s, layer.padding)
    padded = np.pad(x, ((0, 0), (0, 0), *pad), constant_values=-np.inf)
    windows = sliding_window_view(padded, (k, k), (2, 3))[:, :, ::s, ::s]  # (n, c, oh, ow, k, k)
    flat = windows.reshape(*windows.shape[:4], k * k)
    winner = flat.argmax(-1)
    y = np.take_along_axis(flat, winner[..., None], -1)[..., 0]

    def backward(dy: Array) -> Array:
        dpadded = np.zeros_like(padded)
        for place in range(k * k):
            i, j = divmod(place, k)
            target = dpadded[:, :, i : i + s * oh : s, j : j + s * ow : s][:, :, :oh, :ow]
            target += dy * (winner == place)
        (above, _), (left, _) = pad
        return dpadded[:, :, above : above + x.shape[2], left : left + x.shape[3]]

    return y, backward


@fast_forward.register
def max_pool_blocks(
    layer: MaxPool, x: Array, ctx: Context, *, input_relu_backward: bool = False
) -> tuple[Array, Backward]:
    """``input_relu_backward``: do the backward pass of the ReLU before too, where there is less to do."""
    k, s = layer.kernel, layer.step
    g, h, w, n, c = x.shape
    (oh, ow), pad = window_shape(layer, (c, h - 2, w - 2), k, s, layer.padding)
    down = taps(h - 2, k, s, pad[0][0], oh)
    across = taps(w - 2, k, s, pad[1][0], ow)
    y = ctx.memory.zero_padded(g, oh, ow, c)
    columns = ctx.memory.empty((h - 2, ow, n, c))
    wins = []
    for source, target in zip(inside(x), inside(y), strict=True):  # one group at a time, in cache
        won = window_max(source, 1, across, columns, needs_grad=ctx.needs_grad)
        wins.append((won, window_max(columns, 0, down, target, needs_grad=ctx.needs_grad)))
    del columns

    def backward(dy: Array) -> Array:
        dx = ctx.memory.zero_padded(g, h - 2, w - 2, c)
        dcolumns = ctx.memory.empty((h - 2, ow, n, c))
        for up, best, target, (won_across, won_down) in zip(
            inside(dy), inside(y), inside(dx), wins, strict=True
        ):
            rest = np.multiply(up, best > 0) if input_relu_backward else up.copy()
            window_max_back(rest, 0, down, won_down, dcolumns)
            window_max_back(dcolumns, 1, across, won_across, target)
        return dx

    return y, backward


@torch_twin.register
def max_pool_twin(layer: MaxPool, x: Shape, torch: ModuleType) -> Any:
    k, s = layer.kernel, layer.step
    _, pad = window_shape(layer, x, k, s, layer.padding)
    (above, below), (left, right) = pad
    if above == below == left == right and 2 * above <= k:
        return torch.nn.MaxPool2d(k, s, above)

    class PaddedMaxPool(torch.nn.MaxPool2d):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            sides = (left, right, above, below)
            return super().forward(torch.nn.functional.pad(x, sides, value=float("-inf")))

    return PaddedMaxPool(k, s)
