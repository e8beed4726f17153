"""The logistic function."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class Sigmoid(Layer):
    """``y = 1 / (1 + exp(-x))``, between 0 and 1.

    Source: Rumelhart et al. 1986, "Learning representations by back-propagating errors".
    """


def logistic(x: Array) -> Array:
    """The sigmoid of ``x``, a new array; tiny results keep their digits."""
    share = np.negative(x)
    with np.errstate(over="ignore"):  # what follows makes of infinity the 0 that is meant
        np.exp(share, out=share)
    share += 1
    return np.reciprocal(share, out=share)


@forward.register
def sigmoid(layer: Sigmoid, x: Array, ctx: Context) -> tuple[Array, Backward]:
    y = logistic(x)
    return y, lambda dy: dy * (y * (1 - y))


@torch_twin.register
def sigmoid_twin(layer: Sigmoid, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Sigmoid()
