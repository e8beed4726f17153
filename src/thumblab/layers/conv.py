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
from thumblab.kernels.conv_shape import ConvBackward, ConvShape
from thumblab.kernels.epilogue import Epilogue
from thumblab.kernels.grouped import convolve_parts
from thumblab.kernels.plan import convolve
from thumblab.kernels.windows import Padding, check_window, window_shape


@dataclass(frozen=True)
class Conv(Layer):
    """Cross-correlation with a square kernel over zero-padded images, as deep learning calls it.

    Reads ``(c, h, w)`` and writes ``(channels, h', w')`` with
    ``h' = (h + padding - kernel) // stride + 1``. Weights: ``weight``
    ``(channels, c / groups, kernel, kernel)`` and, if ``bias``, ``bias`` ``(channels,)``.

    Attributes:
        channels: Output channels.
        kernel: Side of the kernel, in pixels.
        stride: Step between windows, in pixels.
        padding: Zeros on every side in pixels, ``"valid"`` for none, or ``"same"`` as in Keras: the
            output has ``ceil(h / stride)`` rows, and an odd zero goes below and to the right. With
            stride 2 that differs from PyTorch's ``padding=1``.
        bias: Whether a bias is added; leave it out before a BatchNorm.
        init: How ``weight`` starts (``core.initialize``); the bias starts at 0, or with
            ``"torch_default"`` as PyTorch starts it.
        groups: Parts into which the channels read and written are cut; each part is convolved by
            itself. As many as channels read is a depthwise convolution.

    Source: LeCun et al. 1989, "Backpropagation applied to handwritten zip code recognition"; groups,
        Krizhevsky et al. 2012; one a channel, Chollet 2016, arXiv:1610.02357.
    """

    channels: int
    kernel: int = 3
    stride: int = 1
    padding: Padding = "same"
    bias: bool = True
    init: str = "torch_default"
    groups: int = 1

    def __post_init__(self) -> None:
        check_window(self, self.kernel, self.stride, self.padding)
        if self.channels < 1:
            raise ShapeError(f"{self}: a convolution writes at least 1 channel")
        if self.groups < 1 or self.channels % self.groups:
            raise ShapeError(f"{self}: groups must divide the channels written")

    def out_shape(self, x: Shape) -> Shape:
        counts, _ = window_shape(self, x, self.kernel, self.stride, self.padding)
        if x[0] % self.groups:
            raise ShapeError(f"{self} cannot divide {x[0]} channels; choose groups that do")
        return (self.channels, *counts)

    def weights(self, x: Shape) -> dict[str, Weight]:
        read = x[0] // self.groups
        shape = (self.channels, read, self.kernel, self.kernel)
        owned = {"weight": Weight(shape, self.init)}
        if self.bias:
            start = self.init if self.init == "torch_default" else "zeros"
            owned["bias"] = Weight((self.channels,), start, fan_in=read * self.kernel**2)
        return owned

    def flops(self, x: Shape) -> int:
        channels, h, w = self.out_shape(x)
        return 2 * h * w * channels * (x[0] // self.groups) * self.kernel**2


def _columns(windows: Array, groups: int) -> Array:
    """Windows ``(n, c, oh, ow, k, k)`` as one matrix per group, ``(groups, n*oh*ow, c/groups*k*k)``."""
    n, c, oh, ow, k, _ = windows.shape
    parts = windows.reshape(n, groups, c // groups, oh, ow, k, k)
    return parts.transpose(1, 0, 3, 4, 2, 5, 6).reshape(groups, n * oh * ow, -1)


@forward.register
def conv(layer: Conv, x: Array, ctx: Context) -> tuple[Array, Backward]:
    k, s, weight, parts = layer.kernel, layer.stride, ctx.params["weight"], layer.groups
    (oh, ow), pad = window_shape(layer, x.shape[1:], k, s, layer.padding)
    n, c = x.shape[:2]
    padded = np.pad(x, ((0, 0), (0, 0), *pad))
    windows = sliding_window_view(padded, (k, k), (2, 3))[:, :, ::s, ::s]  # (n, c, oh, ow, k, k)
    matrix = weight.reshape(parts, layer.channels // parts, -1)  # (parts, o, c*k*k), per part here
    y = _columns(windows, parts) @ matrix.swapaxes(1, 2)  # (n*oh*ow, c*k*k) @ (c*k*k, o)
    y = y.reshape(parts, n, oh, ow, -1).transpose(1, 0, 4, 2, 3).reshape(n, -1, oh, ow)
    if layer.bias:
        y += ctx.params["bias"][:, None, None]

    def backward(dy: Array) -> Array:
        up = (
            dy.reshape(n, parts, -1, oh, ow).transpose(1, 2, 0, 3, 4).reshape(*matrix.shape[:2], -1)
        )
        dmatrix = up @ _columns(windows, parts)  # (o, n*oh*ow) @ (n*oh*ow, c*k*k)
        ctx.grads["weight"][...] = dmatrix.reshape(weight.shape)
        if layer.bias:
            ctx.grads["bias"][...] = dy.sum((0, 2, 3))
        dpadded = np.zeros_like(padded)
        taps = matrix.reshape(*matrix.shape[:2], -1, k, k)
        for i, j in np.ndindex(k, k):
            part = taps[..., i, j].swapaxes(1, 2) @ up  # (c, o) @ (o, n*oh*ow)
            last_row, last_column = i + s * (oh - 1) + 1, j + s * (ow - 1) + 1
            target = dpadded[:, :, i:last_row:s, j:last_column:s]
            target += part.reshape(c, n, oh, ow).swapaxes(0, 1)
        (above, _), (left, _) = pad
        return dpadded[:, :, above : above + x.shape[2], left : left + x.shape[3]]

    return y, backward


@fast_forward.register
def conv_blocks(
    layer: Conv,
    x: Array,
    ctx: Context,
    epilogue: Epilogue = Epilogue(),  # noqa: B008  it is frozen
) -> tuple[Array, Backward]:
    bias = ctx.params["bias"] if layer.bias else None
    y, back = convolve_blocks(layer, x, ctx.params["weight"], bias, ctx, epilogue)

    def backward(dy: Array) -> Array:
        dx, dweight, dbias = back(dy, ctx.needs_input_grad)
        ctx.grads["weight"][...] = dweight
        if dbias is not None:
            ctx.grads["bias"][...] = dbias
        return dx

    return y, backward


def convolve_blocks(
    layer: Conv, x: Array, weight: Array, bias: Array | None, ctx: Context, epilogue: Epilogue
) -> tuple[Array, ConvBackward]:
    """The rule on the blocked layout, with a weight and a bias that may be others than the layer's own."""
    _, h, w, _, c = x.shape
    counts, pad = window_shape(layer, (c, h - 2, w - 2), layer.kernel, layer.stride, layer.padding)
    shape = ConvShape(c, layer.channels, *counts, layer.kernel, layer.stride, pad)
    if layer.groups > 1:
        return convolve_parts(
            x, weight, bias, shape, layer.groups, ctx.kernels, ctx.memory, epilogue
        )
    return convolve(x, weight, bias, shape, ctx.kernels.algorithm(shape), ctx.memory, epilogue)


@torch_twin.register
def conv_twin(layer: Conv, x: Shape, torch: ModuleType) -> Any:
    k, s = layer.kernel, layer.stride
    _, ((above, below), (left, right)) = window_shape(layer, x, k, s, layer.padding)
    if above == below and left == right:
        return torch.nn.Conv2d(
            x[0], layer.channels, k, s, (above, left), groups=layer.groups, bias=layer.bias
        )

    class PaddedConv(torch.nn.Conv2d):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return super().forward(torch.nn.functional.pad(x, (left, right, above, below)))

    return PaddedConv(x[0], layer.channels, k, s, groups=layer.groups, bias=layer.bias)
