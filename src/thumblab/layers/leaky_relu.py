"""Rectified linear units that leak."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, fast_forward, forward, torch_twin


@dataclass(frozen=True)
class LeakyReLU(Layer):
    """``y = x`` where ``x > 0``, else ``slope * x``. The gradient at exactly 0 is ``slope``.

    Attributes:
        slope: Gradient left of 0. Keras' default is 0.3, PyTorch's and ours 0.01.

    Source: Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models".
    """

    slope: float = 0.01


@forward.register
@fast_forward.register
def leaky_relu(layer: LeakyReLU, x: Array, ctx: Context) -> tuple[Array, Backward]:
    gain = np.where(x > 0, x.dtype.type(1), x.dtype.type(layer.slope))
    return x * gain, lambda dy: dy * gain


@torch_twin.register
def leaky_relu_twin(layer: LeakyReLU, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.LeakyReLU(layer.slope)
