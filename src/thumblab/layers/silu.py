"""Sigmoid-weighted linear units."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin
from thumblab.layers.elementwise import elementwise
from thumblab.layers.sigmoid import logistic


@dataclass(frozen=True)
class SiLU(Layer):
    """``y = x * sigmoid(x)``; PyTorch calls it SiLU.

    Source: Elfwing et al. 2017, arXiv:1702.03118 (SiLU); Ramachandran et al. 2017, arXiv:1710.05941.
    """


def _swish(x: Array) -> tuple[Array, Array]:
    """The function ``y``, and its slope ``share + y * (1 - share)``."""
    share = logistic(x)
    y = x * share
    slope = y * share
    np.subtract(y, slope, out=slope)
    slope += share
    return y, slope


def _alone(x: Array, y: Array) -> None:
    """The function, into ``y``."""
    np.multiply(x, logistic(x), out=y)


@forward.register
@fast_forward.register
def swish(layer: SiLU, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return elementwise(_swish, x, ctx, _alone)


@torch_twin.register
def swish_twin(layer: SiLU, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.SiLU()
