"""Normalization of each token or vector by its root mean square."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class RMSNorm(Layer):
    """``y = weight * x / sqrt(mean(x^2) + eps)``, the mean over one token's features.

    ``LayerNorm`` without its mean and its bias, as many newer transformers have it. Reads
    ``(tokens, features)`` or ``(features,)``; training and prediction are alike. Weights: ``weight``
    ``(features,)``.

    Attributes:
        eps: Added to the mean square, in its unit.

    Source: Zhang & Sennrich 2019, arXiv:1910.07467.
    """

    eps: float = 1e-6

    def out_shape(self, x: Shape) -> Shape:
        if len(x) not in (1, 2):
            raise ShapeError(
                f"RMSNorm reads (tokens, features) or (features,) but was given {x}; "
                "GroupNorm(1) normalizes each image by itself"
            )
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"weight": Weight(x[-1:], "ones")}


@forward.register
def rms_norm(layer: RMSNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    weight, share = ctx.params["weight"], np.full(x.shape[-1], 1 / x.shape[-1], x.dtype)
    scale = 1 / np.sqrt(np.matmul(x * x, share)[..., None] + layer.eps)
    normed = x * scale

    def backward(dy: Array) -> Array:
        ctx.grads["weight"][...] = (dy * normed).sum(tuple(range(x.ndim - 1)))
        dnormed = dy * weight
        dx: Array = scale * (dnormed - normed * np.matmul(dnormed * normed, share)[..., None])
        return dx

    return normed * weight, backward


@torch_twin.register
def rms_norm_twin(layer: RMSNorm, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.RMSNorm(x[-1], eps=layer.eps)
