"""Normalization of each token or vector by itself."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class LayerNorm(Layer):
    """``y = weight * (x - mean) / sqrt(variance + eps) + bias``, moments over one token's features.

    Reads ``(tokens, features)`` or ``(features,)``. The variance is the biased one. Training and
    prediction are alike. Weights: ``weight`` and ``bias``, both ``(features,)``.

    Attributes:
        eps: Added to the variance, in its unit; many transformers have 1e-6, PyTorch 1e-5.

    Source: Ba et al. 2016, arXiv:1607.06450.
    """

    eps: float = 1e-5

    def out_shape(self, x: Shape) -> Shape:
        if len(x) not in (1, 2):
            raise ShapeError(
                f"LayerNorm reads (tokens, features) or (features,) but was given {x}; "
                "GroupNorm(1) normalizes each image by itself"
            )
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"weight": Weight(x[-1:], "ones"), "bias": Weight(x[-1:])}


@forward.register
def layer_norm(layer: LayerNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    normed, back = unit_moments(x, layer.eps, ctx)
    weight, over = ctx.params["weight"], tuple(range(x.ndim - 1))

    def backward(dy: Array) -> Array:
        ctx.grads["weight"][...] = (dy * normed).sum(over)
        ctx.grads["bias"][...] = dy.sum(over)
        return back(dy * weight)

    y = ctx.memory.empty(x.shape) if ctx.needs_grad else normed
    np.multiply(normed, weight, out=y)
    y += ctx.params["bias"]
    return y, backward


def unit_moments(x: Array, eps: float, ctx: Context) -> tuple[Array, Backward]:
    """``x`` with mean 0 and variance 1 along its last axis, and the backward pass."""
    share = np.full(x.shape[-1], 1 / x.shape[-1], x.dtype)
    normed = np.subtract(x, np.matmul(x, share)[..., None], out=ctx.memory.empty(x.shape))
    squares = ctx.memory.scratch("squares", x.size).reshape(x.shape)
    variance = np.matmul(np.multiply(normed, normed, out=squares), share)[..., None]
    scale = 1 / np.sqrt(variance + eps)
    normed *= scale

    def backward(dnormed: Array) -> Array:  # the moments depend on x too
        dx: Array = normed * np.matmul(dnormed * normed, share)[..., None]
        dx += np.matmul(dnormed, share)[..., None]
        np.subtract(dnormed, dx, out=dx)
        dx *= scale
        return dx

    return normed, backward


@torch_twin.register
def layer_norm_twin(layer: LayerNorm, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.LayerNorm(x[-1], eps=layer.eps)
