"""From images to tokens."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import inside, write_blocks
from thumblab.layers.dense import product


@dataclass(frozen=True)
class PatchEmbedding(Layer):
    """An affine map of every square patch of an image; patches do not overlap.

    Reads ``(c, h, w)`` and writes ``(h / patch * w / patch, width)``, patches in row order. It is a
    convolution of kernel and stride ``patch``, and has its weights: ``weight``
    ``(width, c, patch, patch)`` and ``bias`` ``(width,)``.

    Attributes:
        width: Features of a token.
        patch: Side of a patch, in pixels.

    Source: Dosovitskiy et al. 2020, arXiv:2010.11929.
    """

    width: int
    patch: int = 4

    def __post_init__(self) -> None:
        if self.width < 1 or self.patch < 1:
            raise ShapeError(f"{self}: width and patch must be at least 1")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) != 3:
            raise ShapeError(f"PatchEmbedding reads (channels, height, width) but was given {x}")
        if x[1] % self.patch or x[2] % self.patch or not prod(x):
            raise ShapeError(
                f"{self} does not cut {x[1]}x{x[2]} pixels into whole patches; "
                "use a patch that divides both sides"
            )
        return (x[1] // self.patch * (x[2] // self.patch), self.width)

    def weights(self, x: Shape) -> dict[str, Weight]:
        each = x[0] * self.patch**2
        return {
            "weight": Weight((self.width, x[0], self.patch, self.patch), "torch_default"),
            "bias": Weight((self.width,), "torch_default", fan_in=each),
        }

    def flops(self, x: Shape) -> int:
        return 2 * prod(x) * self.width


def _embed(layer: PatchEmbedding, patches: Array, ctx: Context) -> tuple[Array, Backward]:
    """The affine map of ``(n, rows, columns, c, patch, patch)``, cut out already."""
    n, high, wide = patches.shape[:3]
    flat = patches.reshape(n * high * wide, -1)
    weight = ctx.params["weight"].reshape(layer.width, -1)
    y = product(
        flat, weight.T, ctx.memory.empty((len(flat), layer.width))
    )  # (m, cpp) @ (cpp, width)
    y += ctx.params["bias"]

    def backward(dy: Array) -> Array:
        dy = dy.reshape(y.shape)
        ctx.grads["weight"][...] = np.matmul(dy.T, flat).reshape(ctx.params["weight"].shape)
        dy.sum(0, out=ctx.grads["bias"])
        return np.matmul(dy, weight).reshape(patches.shape) if ctx.needs_input_grad else dy

    return y.reshape(n, high * wide, layer.width), backward


@forward.register
def patch_embedding(layer: PatchEmbedding, x: Array, ctx: Context) -> tuple[Array, Backward]:
    n, c, h, w = x.shape
    p = layer.patch
    cut = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    y, embed_back = _embed(layer, cut, ctx)

    def backward(dy: Array) -> Array:
        dcut = embed_back(dy)
        if not ctx.needs_input_grad:
            return dy
        return dcut.transpose(0, 3, 1, 4, 2, 5).reshape(x.shape)

    return y, backward


@fast_forward.register
def patch_embedding_blocks(layer: PatchEmbedding, x: Array, ctx: Context) -> tuple[Array, Backward]:
    g, height, width, n, c = x.shape
    h, w, p = height - 2, width - 2, layer.patch
    cut = inside(x).reshape(g, h // p, p, w // p, p, n, c).transpose(0, 5, 1, 3, 6, 2, 4)
    patches = cut.reshape(g * n, h // p, w // p, c, p, p)[: ctx.samples]
    y, embed_back = _embed(layer, patches, ctx)

    def backward(dy: Array) -> Array:
        dcut = embed_back(dy)
        if not ctx.needs_input_grad:
            return dy
        dx = ctx.memory.zero_padded(g, h, w, c)
        write_blocks(dcut.transpose(0, 3, 1, 4, 2, 5).reshape(-1, c, h, w), dx)
        return dx

    return y, backward


@torch_twin.register
def patch_embedding_twin(layer: PatchEmbedding, x: Shape, torch: ModuleType) -> Any:
    class Patches(torch.nn.Conv2d):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return super().forward(x).flatten(2).transpose(1, 2)

    return Patches(x[0], layer.width, layer.patch, layer.patch)
