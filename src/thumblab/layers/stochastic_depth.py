"""Residual branches left out at random."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.layout import BLOCK


@dataclass(frozen=True)
class StochasticDepth(Layer):
    """In training, zeroes a whole sample with probability ``rate``, else divides it by ``1 - rate``.

    At the end of a residual body, ``residual(Sequential(..., StochasticDepth(0.2)))``, it leaves the
    block out for that sample. Dividing in training replaces the paper's multiplying in prediction.

    Attributes:
        rate: Share of samples dropped (not kept), rounded to a multiple of 1/65536. The draw is by
            counter, so that it depends neither on the batch's cut nor on the engine's layout.

    Source: Huang et al. 2016, arXiv:1603.09382.
    """

    rate: float

    def __post_init__(self) -> None:
        if not (self.rate >= 0 and self.rate * 65536 < 65535.5):
            raise ShapeError(f"{self}: the rate must be at least 0 and less than 0.99999")


def _gains(layer: StochasticDepth, ctx: Context) -> Array:
    """What each of the samples is multiplied with, ``(samples,)``."""
    threshold = round(layer.rate * 65536)
    return (ctx.random.words(1)[:, 0] >= threshold) * (65536 / (65536 - threshold))


@forward.register
def stochastic_depth(layer: StochasticDepth, x: Array, ctx: Context) -> tuple[Array, Backward]:
    if not ctx.training or layer.rate == 0:
        return x, lambda dy: dy
    gain = _gains(layer, ctx).astype(x.dtype).reshape(-1, *(1,) * (x.ndim - 1))
    return x * gain, lambda dy: dy * gain


@fast_forward.register
def stochastic_depth_blocks(
    layer: StochasticDepth, x: Array, ctx: Context
) -> tuple[Array, Backward]:
    if not ctx.training or layer.rate == 0:
        return x, lambda dy: dy
    gain = np.zeros((len(x), 1, 1, BLOCK, 1), x.dtype)
    gain.reshape(-1)[: ctx.samples] = _gains(layer, ctx)
    return x * gain, lambda dy: dy * gain


@torch_twin.register
def stochastic_depth_twin(layer: StochasticDepth, x: Shape, torch: ModuleType) -> Any:
    class Dropped(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.draw = torch.nn.Dropout(layer.rate)

        def forward(self, x: Any) -> Any:
            return x * self.draw(x.new_ones(len(x), *(1,) * (x.ndim - 1)))

    return Dropped()
