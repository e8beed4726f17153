"""Gaussian error linear units."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from types import ModuleType
from typing import Any, Literal

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.kernels.normal import share_below
from thumblab.layers.elementwise import elementwise


@dataclass(frozen=True)
class GELU(Layer):
    """``y = x * P(X <= x)`` for a standard normal ``X``.

    Attributes:
        approximate: ``"none"`` for the exact function, ``"tanh"`` for
            ``x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))``, at most 0.0005 away and faster.

    Source: Hendrycks & Gimpel 2016, arXiv:1606.08415.
    """

    approximate: Literal["none", "tanh"] = "none"

    def __post_init__(self) -> None:
        if self.approximate not in ("none", "tanh"):
            raise UsageError(f"{self}: approximate must be 'none' or 'tanh'")


FAR = 40.0
"""Beyond it nothing changes, and squares could overflow."""


def exact(x: Array) -> tuple[Array, Array]:
    """The function and its slope."""
    share = share_below(x)
    with np.errstate(over="ignore"):  # exp(-infinity) is 0
        slope = np.multiply(x, x)
    slope *= -0.5
    np.exp(slope, out=slope)
    slope *= x
    slope *= 1 / sqrt(2 * pi)
    slope += share
    share *= x
    return share, slope


def alone(x: Array, y: Array) -> None:
    """The function, into ``y``."""
    share_below(x, out=y)
    y *= x


def approximate(x: Array) -> tuple[Array, Array]:
    """The approximation and its slope."""
    near = np.clip(x, -FAR, FAR)
    square = near * near
    bent = square * (sqrt(2 / pi) * 0.044715)
    bent += sqrt(2 / pi)
    bent *= near
    np.tanh(bent, out=bent)
    slope = bent * bent
    np.subtract(1, slope, out=slope)
    square *= 3 * 0.044715 * 0.5 * sqrt(2 / pi)
    square += 0.5 * sqrt(2 / pi)
    slope *= square
    slope *= near
    bent *= 0.5
    bent += 0.5
    slope += bent
    bent *= x
    return bent, slope


@forward.register
@fast_forward.register
def gelu(layer: GELU, x: Array, ctx: Context) -> tuple[Array, Backward]:
    if layer.approximate == "tanh":
        return elementwise(approximate, x, ctx)
    return elementwise(exact, x, ctx, alone)


@torch_twin.register
def gelu_twin(layer: GELU, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.GELU(layer.approximate)
