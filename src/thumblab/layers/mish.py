"""A smooth unit that dips below zero."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.layers.elementwise import elementwise


@dataclass(frozen=True)
class Mish(Layer):
    """``y = x * tanh(log(1 + exp(x)))``.

    Source: Misra 2019, arXiv:1908.08681.
    """


FLAT = 20.0
"""Beyond this ``x`` the factor of ``x`` is 1 to the last digit of float64."""


def _mish(x: Array) -> tuple[Array, Array]:
    """The function and its slope."""
    near = np.minimum(x, FLAT)
    power = np.exp(near)
    above = power * (power + 2)  # tanh(log(1 + e)) = (e^2 + 2e) / (e^2 + 2e + 2)
    share = above / (above + 2)
    bend = 4 * (above + 1) / (above + 2) ** 2  # 1 - share^2
    return x * share, share + near * bend * (power / (1 + power))


@forward.register
@fast_forward.register
def mish(layer: Mish, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return elementwise(_mish, x, ctx)


@torch_twin.register
def mish_twin(layer: Mish, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Mish()
