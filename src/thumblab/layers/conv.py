"""Two-dimensional convolution."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.plan import convolve
from thumblab.kernels.windows import Padding, check_window, window_shape
from thumblab.kernels.winograd import After, ignore


@dataclass(frozen=True)
class Conv(Layer):
    """Cross-correlation with a square kernel over zero-padded images, as deep learning calls it.

    Reads ``(c, h, w)`` and writes ``(channels, h', w')`` with
    ``h' = (h + padding - kernel) // stride + 1``. Weights: ``weight`` ``(channels, c, kernel, kernel)``
    and, if ``bias``, ``bias`` ``(channels,)``.

    Attributes:
        channels: Output channels.
        kernel: Side of the kernel, in pixels.
        stride: Step between windows, in pixels.
        padding: Zeros on every side in pixels, ``"valid"`` for none, or ``"same"`` as in Keras: the
            output has ``ceil(h / stride)`` rows, and an odd zero goes below and to the right. With
            stride 2 that differs from PyTorch's ``padding=1``.
        bias: Whether a bias is added; leave it out before a BatchNorm.
        init: How ``weight`` starts (``core.initialise``); the bias starts at 0, or with
            ``"torch_default"`` as PyTorch starts it.
    """

    channels: int
    kernel: int = 3
    stride: int = 1
    padding: Padding = "same"
    bias: bool = True
    init: str = "torch_default"

    def __post_init__(self) -> None:
        check_window(self, self.kernel, self.stride, self.padding)
        if self.channels < 1:
            raise ShapeError(f"{self}: a convolution writes at least 1 channel")

    def out_shape(self, x: Shape) -> Shape:
        counts, _ = window_shape(self, x, self.kernel, self.stride, self.padding)
        return (self.channels, *counts)

    def weights(self, x: Shape) -> dict[str, Weight]:
        shape = (self.channels, x[0], self.kernel, self.kernel)
        owned = {"weight": Weight(shape, self.init)}
        if self.bias:
            start = self.init if self.init == "torch_default" else "zeros"
            owned["bias"] = Weight((self.channels,), start, fan_in=x[0] * self.kernel**2)
        return owned

    def flops(self, x: Shape) -> int:
        channels, h, w = self.out_shape(x)
        return 2 * h * w * channels * x[0] * self.kernel**2


@forward.register
def conv(layer: Conv, x: Array, ctx: Context) -> tuple[Array, Backward]:
    k, s, weight = layer.kernel, layer.stride, ctx["weight"]
    (oh, ow), pad = window_shape(layer, x.shape[1:], k, s, layer.padding)
    padded = np.pad(x, ((0, 0), (0, 0), *pad))
    windows = sliding_window_view(padded, (k, k), (2, 3))[:, :, ::s, ::s]  # (n, c, oh, ow, k, k)
    y = np.tensordot(windows, weight, ((1, 4, 5), (1, 2, 3)))  # (n, oh, ow, o)
    if layer.bias:
        y += ctx["bias"]

    def backward(dy: Array) -> Array:
        axes = ((0, 2, 3), (0, 2, 3))
        ctx.grad("weight")[...] = np.tensordot(dy, windows, axes)  # (o, c, k, k)
        if layer.bias:
            ctx.grad("bias")[...] = dy.sum((0, 2, 3))
        dpadded = np.zeros_like(padded)
        for i, j in np.ndindex(k, k):
            part = np.tensordot(weight[:, :, i, j], dy, (0, 1))  # (c, n, oh, ow)
            last_row, last_column = i + s * (oh - 1) + 1, j + s * (ow - 1) + 1
            dpadded[:, :, i:last_row:s, j:last_column:s] += part.swapaxes(0, 1)
        (above, _), (left, _) = pad
        return dpadded[:, :, above : above + x.shape[2], left : left + x.shape[3]]

    return y.transpose(0, 3, 1, 2), backward


@fast_forward.register
def conv_groups(
    layer: Conv, x: Array, ctx: Context, after: After = ignore, after_back: After = ignore
) -> tuple[Array, Backward]:
    _, h, w, _, c = x.shape
    counts, pad = window_shape(layer, (c, h - 2, w - 2), layer.kernel, layer.stride, layer.padding)
    return convolve(x, layer.stride, counts, pad, layer.bias, ctx, after, after_back)


@torch_twin.register
def conv_twin(layer: Conv, x: Shape, torch: ModuleType) -> Any:
    k, s = layer.kernel, layer.stride
    _, ((above, below), (left, right)) = window_shape(layer, x, k, s, layer.padding)
    if above == below and left == right:
        return torch.nn.Conv2d(x[0], layer.channels, k, s, (above, left), bias=layer.bias)

    class PaddedConv(torch.nn.Conv2d):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return super().forward(torch.nn.functional.pad(x, (left, right, above, below)))

    return PaddedConv(x[0], layer.channels, k, s, bias=layer.bias)
