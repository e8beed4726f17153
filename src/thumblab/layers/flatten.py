"""From images to feature vectors."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Any

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import read_blocks, write_blocks


@dataclass(frozen=True)
class Flatten(Layer):
    """Reads ``(c, h, w)`` and writes ``(c * h * w,)``; channels vary slowest, as in PyTorch."""

    def out_shape(self, x: Shape) -> Shape:
        return (prod(x),)


@forward.register
def flatten(layer: Flatten, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return x.reshape(len(x), -1), lambda dy: dy.reshape(x.shape)


@fast_forward.register
def flatten_blocks(layer: Flatten, x: Array, ctx: Context) -> tuple[Array, Backward]:
    g, h, w, _, c = x.shape
    plain = read_blocks(x, ctx.samples)

    def backward(dy: Array) -> Array:
        dx = ctx.memory.zero_padded(g, h - 2, w - 2, c)
        write_blocks(dy.reshape(-1, c, h - 2, w - 2), dx)
        return dx

    return plain.reshape(len(plain), -1), backward


@torch_twin.register
def flatten_twin(layer: Flatten, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Flatten()
