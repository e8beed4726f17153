"""Mean over all pixels."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import BLOCK, inside


@dataclass(frozen=True)
class GlobalAvgPool(Layer):
    """Reads ``(c, h, w)`` and writes the mean of each channel's pixels, ``(c,)``.

    Source: Lin et al. 2013, arXiv:1312.4400.
    """

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"GlobalAvgPool reads (channels, height, width) but was given {x}")
        return x[:1]


@forward.register
def global_avg_pool(layer: GlobalAvgPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    pixels = x.shape[2] * x.shape[3]

    def backward(dy: Array) -> Array:
        return np.broadcast_to((dy / pixels)[:, :, None, None], x.shape)

    return x.mean((2, 3)), backward


@fast_forward.register
def global_avg_pool_blocks(layer: GlobalAvgPool, x: Array, ctx: Context) -> tuple[Array, Backward]:
    g, h, w, n, c = x.shape
    pixels = (h - 2) * (w - 2)
    y = inside(x).mean((1, 2)).reshape(g * n, c)[: ctx.samples]

    def backward(dy: Array) -> Array:
        share = np.zeros((g * BLOCK, c), x.dtype)
        np.divide(dy, pixels, out=share[: ctx.samples])
        dx = ctx.memory.zero_padded(g, h - 2, w - 2, c)
        inside(dx)[...] = share.reshape(g, 1, 1, n, c)
        return dx

    return y, backward


@torch_twin.register
def global_avg_pool_twin(layer: GlobalAvgPool, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
