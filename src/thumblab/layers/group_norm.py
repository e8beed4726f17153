"""Normalization of groups of channels, image by image."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin
from thumblab.layers.layer_norm import unit_moments


@dataclass(frozen=True)
class GroupNorm(Layer):
    """``y = weight * (x - mean) / sqrt(variance + eps) + bias``, moments over a group of channels.

    Each image (or vector) is normalized by itself, each group of neighboring channels with all
    their pixels; 1 group is LayerNorm over an image, as many as channels InstanceNorm. The variance
    is the biased one. Weights: ``weight`` and ``bias``, both ``(channels,)``.

    Attributes:
        groups: How many groups; they have to divide the channels.
        eps: Added to the variance, in its unit.

    Source: Wu & He 2018, arXiv:1803.08494.
    """

    groups: int
    eps: float = 1e-5

    def __post_init__(self) -> None:
        if self.groups < 1:
            raise ShapeError(f"{self}: there is at least 1 group")

    def out_shape(self, x: Shape) -> Shape:
        if len(x) not in (1, 3):
            raise ShapeError(f"GroupNorm reads (c, h, w) or (features,) but was given {x}")
        if x[0] % self.groups:
            raise ShapeError(f"{self} cannot divide {x[0]} channels; choose groups that do")
        return x

    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"weight": Weight(x[:1], "ones"), "bias": Weight(x[:1])}


@forward.register
def group_norm(layer: GroupNorm, x: Array, ctx: Context) -> tuple[Array, Backward]:
    column = (-1,) + (1,) * (x.ndim - 2)
    over = (0, *range(2, x.ndim))
    parts, back = unit_moments(x.reshape(len(x), layer.groups, -1), layer.eps, ctx)
    normed, weight = parts.reshape(x.shape), ctx.params["weight"].reshape(column)

    def backward(dy: Array) -> Array:
        ctx.grads["weight"][...] = (dy * normed).sum(over)
        ctx.grads["bias"][...] = dy.sum(over)
        return back((dy * weight).reshape(parts.shape)).reshape(x.shape)

    return normed * weight + ctx.params["bias"].reshape(column), backward


@torch_twin.register
def group_norm_twin(layer: GroupNorm, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.GroupNorm(layer.groups, x[0], eps=layer.eps)
