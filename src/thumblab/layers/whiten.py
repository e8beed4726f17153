"""A first convolution that is fitted and not learned."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, prepare, torch_twin
from thumblab.kernels.layout import inside, rows
from thumblab.kernels.lowering import matrix, unfold
from thumblab.kernels.windows import tap, window_shape


@dataclass(frozen=True)
class Whiten(Layer):
    """A convolution whose outputs are decorrelated and of unit variance, and their negatives.

    Reads ``(c, h, w)`` and writes ``(2 * kernel**2 * c, h - kernel + 1, w - kernel + 1)``. ``weight``
    is not trained: ``prepare`` sets it to the eigenvectors of the patches' second moments, each
    divided by ``sqrt(eigenvalue + eps)``, smallest first, and then to the same with the other sign.
    Until then it is orthogonal. ``bias`` is trained.

    Attributes:
        kernel: Side of a patch, in pixels.
        eps: Added to the eigenvalues, so that noise is not blown up.

    Source: Jordan 2024, arXiv:2404.00498; Page 2018, "How to train your ResNet".
    """

    kernel: int = 2
    eps: float = 5e-4

    def __post_init__(self) -> None:
        if self.kernel < 1 or self.eps < 0:
            raise ShapeError(f"{self}: kernel must be at least 1 and eps at least 0")

    def out_shape(self, x: Shape) -> Shape:
        counts, _ = window_shape(self, x, self.kernel, 1, "valid")
        return (2 * x[0] * self.kernel**2, *counts)

    def weights(self, x: Shape) -> dict[str, Weight]:
        each = x[0] * self.kernel**2
        return {
            "weight": Weight(
                (2 * each, x[0], self.kernel, self.kernel), "orthogonal", trained=False
            ),
            "bias": Weight((2 * each,), "torch_default", fan_in=each),
        }

    def flops(self, x: Shape) -> int:
        channels, h, w = self.out_shape(x)
        return 2 * h * w * channels * x[0] * self.kernel**2


@prepare.register
def whiten_prepare(layer: Whiten, x: Array) -> dict[str, Array]:
    k, c = layer.kernel, x.shape[1]
    moments, count = np.zeros((c * k * k, c * k * k)), 0
    for begin in range(0, len(x), 256):  # patches take k * k times the memory of images
        windows = sliding_window_view(x[begin : begin + 256].astype(np.float64), (k, k), (2, 3))
        patches = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, c * k * k)
        moments += patches.T @ patches
        count += len(patches)
    values, vectors = np.linalg.eigh(moments / count)
    kernels = signed(vectors.T) / np.sqrt(np.maximum(values, 0) + layer.eps)[:, None]
    return {"weight": np.concatenate([kernels, -kernels]).reshape(-1, c, k, k)}


def signed(vectors: Array) -> Array:
    """Rows whose largest entry is positive; an eigenvector's sign is the library's whim."""
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(1)[:, None], 1)
    return vectors * np.where(largest < 0, -1, 1)


@forward.register
def whiten(layer: Whiten, x: Array, ctx: Context) -> tuple[Array, Backward]:
    k, weight = layer.kernel, ctx.params["weight"]
    windows = sliding_window_view(x, (k, k), (2, 3))  # (n, c, oh, ow, k, k)
    y = np.tensordot(windows, weight, ((1, 4, 5), (1, 2, 3))) + ctx.params["bias"]  # (n, oh, ow, o)

    def backward(dy: Array) -> Array:
        ctx.grads["bias"][...] = dy.sum((0, 2, 3))
        if not ctx.needs_input_grad:
            return dy
        dx = np.zeros_like(x)
        for i, j in np.ndindex(k, k):
            part = np.tensordot(weight[:, :, i, j], dy, (0, 1))  # (c, n, oh, ow)
            dx[:, :, i : i + dy.shape[2], j : j + dy.shape[3]] += part.swapaxes(0, 1)
        return dx

    return y.transpose(0, 3, 1, 2), backward


@fast_forward.register
def whiten_blocks(layer: Whiten, x: Array, ctx: Context) -> tuple[Array, Backward]:
    k, weight = layer.kernel, ctx.params["weight"]
    g, height, width, _, c = x.shape
    counts = (height - 1 - k, width - 1 - k)
    y = ctx.memory.zero_padded(g, *counts, len(weight))
    windows = unfold(inside(x), k, 1, counts, ctx.memory.empty)
    np.matmul(windows.swapaxes(2, 3), matrix(weight), out=rows(y))  # (ow*16, k*k*c) @ (k*k*c, o)
    inside(y)[...] += ctx.params["bias"]

    def backward(dy: Array) -> Array:
        up = rows(dy)
        ctx.grads["bias"][...] = np.matmul(np.ones(up.shape[2], dy.dtype), up).sum((0, 1))
        if not ctx.needs_input_grad:
            return dy
        dx = ctx.memory.zero_padded(g, height - 2, width - 2, c)
        inside(dx)[...] = 0
        for i, j in np.ndindex(k, k):
            part = tap(inside(dx), i, j, counts, 1)
            part += np.matmul(inside(dy), np.ascontiguousarray(weight[:, :, i, j]))
        return dx

    return y, backward


@torch_twin.register
def whiten_twin(layer: Whiten, x: Shape, torch: ModuleType) -> Any:
    class Whitening(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            owned = layer.weights(x)
            self.register_buffer("weight", torch.zeros(owned["weight"].shape))
            self.bias = torch.nn.Parameter(torch.zeros(owned["bias"].shape))

        def forward(self, x: Any) -> Any:
            return torch.nn.functional.conv2d(x, self.weight, self.bias)

    return Whitening()
