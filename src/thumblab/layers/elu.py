"""Exponential linear units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.layers.elementwise import elementwise


@dataclass(frozen=True)
class ELU(Layer):
    """``y = x`` where ``x > 0``, else ``alpha * (exp(x) - 1)``. The gradient at exactly 0 is ``alpha``.

    Attributes:
        alpha: What ``-y`` tends to far left of 0.

    Source: Clevert et al. 2015, arXiv:1511.07289.
    """

    alpha: float = 1.0


def exponential(x: Array, alpha: float, scale: float) -> tuple[Array, Array]:
    """``scale`` times the ELU of ``alpha``, and its slope."""
    left = (scale * alpha) * np.expm1(np.minimum(x, 0))  # the right side could overflow
    right = x > 0
    return np.where(right, scale * x, left), np.where(right, scale, left + scale * alpha)


@forward.register
@fast_forward.register
def elu(layer: ELU, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return elementwise(partial(exponential, alpha=layer.alpha, scale=1.0), x, ctx)


@torch_twin.register
def elu_twin(layer: ELU, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.ELU(layer.alpha)
