"""Multiplication with a constant."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin


@dataclass(frozen=True)
class Scale(Layer):
    """``y = factor * x``; before a loss, ``1 / factor`` is a temperature.

    Attributes:
        factor: A constant; it is not learned.

    Source: as a temperature, Hinton et al. 2015, arXiv:1503.02531.
    """

    factor: float


@forward.register
@fast_forward.register
def scale(layer: Scale, x: Array, ctx: Context) -> tuple[Array, Backward]:
    factor = x.dtype.type(layer.factor)

    def times(value: Array) -> Array:
        result: Array = np.multiply(value, factor, out=ctx.memory.empty(value.shape))
        return result

    return times(x), times


@torch_twin.register
def scale_twin(layer: Scale, x: Shape, torch: ModuleType) -> Any:
    class Scaled(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return layer.factor * x

    return Scaled()
