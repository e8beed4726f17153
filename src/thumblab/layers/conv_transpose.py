"""Transposed two-dimensional convolution."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import inside
from thumblab.kernels.windows import tap


@dataclass(frozen=True)
class ConvTranspose(Layer):
    """The gradient of a convolution at its input, as a layer: every pixel adds a kernel to the output.

    Reads ``(c, h, w)`` and writes ``(channels, h', w')`` with
    ``h' = (h - 1) * stride - 2 * padding + kernel``. Weights: ``weight`` ``(c, channels, kernel, kernel)``
    and, if ``bias``, ``bias`` ``(channels,)``.

    Attributes:
        channels: Output channels.
        kernel: Side of the kernel, in pixels.
        stride: Step in the output per pixel of the input.
        padding: Pixels cut from every side of the output.
        bias: Whether a bias is added; leave it out before a BatchNorm.
        init: How ``weight`` starts (``core.initialize``); the bias starts at 0, or with
            ``"torch_default"`` as PyTorch starts it, whose ``fan_in`` here is ``channels * kernel^2``.

    Source: Zeiler et al. 2010, "Deconvolutional networks"; Dumoulin & Visin 2016, arXiv:1603.07285.
    """

    channels: int
    kernel: int = 4
    stride: int = 2
    padding: int = 1
    bias: bool = True
    init: str = "torch_default"

    def __post_init__(self) -> None:
        if min(self.channels, self.kernel, self.stride) < 1 or self.padding < 0:
            raise ShapeError(
                f"{self}: channels, kernel and stride must be at least 1 and padding at least 0"
            )

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"ConvTranspose reads (channels, height, width) but was given {x}")
        cut = self.kernel - 2 * self.padding
        h, w = ((side - 1) * self.stride + cut for side in x[1:])
        if min(h, w) < 1:
            raise ShapeError(f"{self} leaves nothing of {x[1]}x{x[2]} pixels; use less padding")
        return (self.channels, h, w)

    def weights(self, x: Shape) -> dict[str, Weight]:
        owned = {"weight": Weight((x[0], self.channels, self.kernel, self.kernel), self.init)}
        if self.bias:
            start = self.init if self.init == "torch_default" else "zeros"
            owned["bias"] = Weight((self.channels,), start, fan_in=self.channels * self.kernel**2)
        return owned

    def flops(self, x: Shape) -> int:
        c, h, w = x
        return 2 * h * w * c * self.channels * self.kernel**2


def _spread(layer: ConvTranspose, pixels: Array, ctx: Context) -> tuple[Array, Backward]:
    """The rule on images ``(g, h, w, n, c)`` with channels last."""
    g, h, w, n, c = pixels.shape
    k, s, weight = layer.kernel, layer.stride, ctx.params["weight"]
    o, oh, ow = layer.out_shape((c, h, w))
    kept = (slice(None), *(slice(layer.padding, layer.padding + side) for side in (oh, ow)))
    whole = (g, oh + 2 * layer.padding, ow + 2 * layer.padding, n, o)
    rows = np.ascontiguousarray(pixels).reshape(-1, c)
    padded = np.zeros(whole, pixels.dtype)
    for i, j in np.ndindex(k, k):
        part = tap(padded, i, j, (h, w), s)
        part += (rows @ weight[:, :, i, j]).reshape(part.shape)  # (m, c) @ (c, o)
    y = padded[kept]
    if layer.bias:
        y += ctx.params["bias"]

    def backward(dy: Array) -> Array:
        dpadded = np.zeros(whole, dy.dtype)
        dpadded[kept] = dy
        if layer.bias:
            ctx.grads["bias"][...] = dy.sum((0, 1, 2, 3))
        drows, dweight = np.zeros_like(rows), ctx.grads["weight"]
        for i, j in np.ndindex(k, k):
            part = tap(dpadded, i, j, (h, w), s).reshape(-1, o)
            dweight[:, :, i, j] = rows.T @ part  # (c, m) @ (m, o)
            drows += part @ weight[:, :, i, j].T  # (m, o) @ (o, c)
        return drows.reshape(pixels.shape)

    return y, backward


@forward.register
def conv_transpose(layer: ConvTranspose, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y, back = _spread(layer, np.moveaxis(x, 1, -1)[:, :, :, None], ctx)

    def backward(dy: Array) -> Array:
        dx = back(np.moveaxis(dy, 1, -1)[:, :, :, None])
        return np.moveaxis(dx[:, :, :, 0], -1, 1)

    return np.moveaxis(y[:, :, :, 0], -1, 1), backward


@fast_forward.register
def conv_transpose_blocks(layer: ConvTranspose, x: Array, ctx: Context) -> tuple[Array, Backward]:
    g, h, w, _, c = x.shape
    pixels, back = _spread(layer, inside(x), ctx)
    _, oh, ow, _, o = pixels.shape
    y = ctx.memory.zero_padded(g, oh, ow, o)
    inside(y)[...] = pixels

    def backward(dy: Array) -> Array:
        dx = ctx.memory.zero_padded(g, h - 2, w - 2, c)
        inside(dx)[...] = back(inside(dy))
        return dx

    return y, backward


@torch_twin.register
def conv_transpose_twin(layer: ConvTranspose, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.ConvTranspose2d(
        x[0], layer.channels, layer.kernel, layer.stride, layer.padding, bias=layer.bias
    )
