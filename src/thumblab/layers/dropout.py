"""Random zeroing of activations."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import inside, write_groups


@dataclass(frozen=True)
class Dropout(Layer):
    """In training, zeroes a value with probability ``rate`` and divides the rest by ``1 - rate``.

    ``rate`` is the share dropped (not kept) and is rounded to a multiple of 1/65536. Masks are
    drawn per sample by counter, so they depend neither on the batch's cut nor on the engine's layout.

    Source: Srivastava et al. 2014, JMLR 15.
    """

    rate: float

    def __post_init__(self) -> None:
        if not 0 <= self.rate < 1:
            raise ShapeError(f"Dropout(rate={self.rate}): the rate must be in [0, 1)")


def _mask(layer: Dropout, ctx: Context, x: Shape) -> Array:
    """0 or ``1 / (1 - rate)`` per value, ``(samples, *x)``; pixels are drawn before channels."""
    threshold = round(layer.rate * 65536)
    keep = ctx.words(prod(x)) >= threshold
    if len(x) == 3:
        c, h, w = x
        keep = keep.reshape(-1, h, w, c).transpose(0, 3, 1, 2)
    return np.multiply(keep, 65536 / (65536 - threshold), out=ctx.empty((len(keep), *x)))


@forward.register
def dropout(layer: Dropout, x: Array, ctx: Context) -> tuple[Array, Backward]:
    if not ctx.training or layer.rate == 0:
        return x, lambda dy: dy
    mask = _mask(layer, ctx, x.shape[1:])
    return x * mask, lambda dy: dy * mask


@fast_forward.register
def dropout_groups(layer: Dropout, x: Array, ctx: Context) -> tuple[Array, Backward]:
    if not ctx.training or layer.rate == 0:
        return x, lambda dy: dy
    g, h, w, _, c = x.shape
    mask = ctx.bordered(g, h - 2, w - 2, c)
    write_groups(_mask(layer, ctx, (c, h - 2, w - 2)), mask)

    def times_mask(value: Array) -> Array:
        result = ctx.bordered(g, h - 2, w - 2, c)
        np.multiply(inside(value), inside(mask), out=inside(result))
        return result

    return times_mask(x), times_mask


@torch_twin.register
def dropout_twin(layer: Dropout, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Dropout(layer.rate)
