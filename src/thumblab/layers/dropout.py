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
from thumblab.kernels.layout import inside


@dataclass(frozen=True)
class Dropout(Layer):
    """In training, zeroes a value with probability ``rate`` and divides the rest by ``1 - rate``.

    ``rate`` is the share dropped (not kept) and is rounded to a multiple of 1/65536. Masks are
    drawn per sample by counter, so they depend neither on the batch's cut nor on the engine's layout.

    Source: Srivastava et al. 2014, JMLR 15.
    """

    rate: float

    def __post_init__(self) -> None:
        if not (self.rate >= 0 and self.rate * 65536 < 65535.5):
            raise ShapeError(f"{self}: the rate must be at least 0 and less than 0.99999")


def _kept(layer: Dropout, ctx: Context, x: Shape) -> tuple[Array, float]:
    """Which values stay, bool ``(samples, *x)`` with channels last, and what they are multiplied with."""
    threshold = round(layer.rate * 65536)
    last = x if len(x) == 1 else (*x[1:], x[0])
    return (ctx.random.words(prod(x)) >= threshold).reshape(-1, *last), 65536 / (65536 - threshold)


@forward.register
def dropout(layer: Dropout, x: Array, ctx: Context) -> tuple[Array, Backward]:
    if not ctx.training or layer.rate == 0:
        return x, lambda dy: dy
    kept, gain = _kept(layer, ctx, x.shape[1:])
    mask = (np.moveaxis(kept, -1, 1) * gain).astype(x.dtype)
    return x * mask, lambda dy: dy * mask


@fast_forward.register
def dropout_blocks(layer: Dropout, x: Array, ctx: Context) -> tuple[Array, Backward]:
    if not ctx.training or layer.rate == 0:
        return x, lambda dy: dy
    g, h, w, n, c = x.shape
    kept, gain = _kept(layer, ctx, (c, h - 2, w - 2))
    mask = ctx.memory.empty((g, h - 2, w - 2, n, c))
    for group in range(g):  # (16, h, w, c) to (h, w, 16, c)
        part = kept[group * n : (group + 1) * n]
        target = mask[group, :, :, : len(part)]
        np.multiply(part.transpose(1, 2, 0, 3), x.dtype.type(gain), out=target)
        mask[group, :, :, len(part) :] = 0

    def times_mask(value: Array) -> Array:
        result = ctx.memory.zero_padded(g, h - 2, w - 2, c)
        np.multiply(inside(value), mask, out=inside(result))
        return result

    return times_mask(x), times_mask


@torch_twin.register
def dropout_twin(layer: Dropout, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Dropout(layer.rate)
