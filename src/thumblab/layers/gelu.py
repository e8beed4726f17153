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
from thumblab.kernels.erf import erf
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
    near = np.clip(x, -FAR, FAR)
    share = 0.5 + 0.5 * erf(near * sqrt(0.5))
    density = np.exp(-0.5 * near * near) / sqrt(2 * pi)
    return x * share, share + near * density


def approximate(x: Array) -> tuple[Array, Array]:
    """The approximation and its slope."""
    near = np.clip(x, -FAR, FAR)
    square = near * near
    bent = np.tanh(sqrt(2 / pi) * near * (1 + 0.044715 * square))
    share = 0.5 + 0.5 * bent
    density = (0.5 * sqrt(2 / pi)) * (1 - bent * bent) * (1 + 3 * 0.044715 * square)
    return x * share, share + near * density


@forward.register
@fast_forward.register
def gelu(layer: GELU, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return elementwise(approximate if layer.approximate == "tanh" else exact, x, ctx)


@torch_twin.register
def gelu_twin(layer: GELU, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.GELU(layer.approximate)
