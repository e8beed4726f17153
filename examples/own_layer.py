"""A layer and an architecture of your own, in one file of yours.

From the folder of this file:

    thumblab train --data characters --model own_layer:leaky_cnn --epochs 1
    thumblab models own_layer:leaky_cnn:slope=0.2 --input 1x28x28 --classes 47

``forward`` is all that training needs; ``torch_twin`` lets PyTorch run the layer too.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin
from thumblab.layers import BatchNorm, Conv, Dense, GlobalAvgPool, MaxPool, Sequential


@dataclass(frozen=True)
class LeakyReLU(Layer):
    """``y = x`` where ``x > 0``, else ``slope * x``; the gradient at 0 is ``slope``.

    Source: Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural
        network acoustic models".
    """

    slope: float = 0.01

    def __post_init__(self) -> None:
        if not 0 <= self.slope < 1:
            raise UsageError(f"{self}: the slope must be in [0, 1)")


@forward.register
def leaky_relu(layer: LeakyReLU, x: Array, ctx: Context) -> tuple[Array, Backward]:
    factor = np.where(x > 0, x.dtype.type(1), x.dtype.type(layer.slope))
    return x * factor, lambda dy: dy * factor


@torch_twin.register
def leaky_relu_twin(layer: LeakyReLU, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.LeakyReLU(layer.slope)


def leaky_cnn(classes: int, widths: tuple[int, ...] = (16, 32), slope: float = 0.1) -> Layer:
    """A convolution, BatchNorm, leaky ReLU and max-pool for each width; then the logits."""
    stages = [
        layer
        for width in widths
        for layer in (Conv(width, bias=False), BatchNorm(), LeakyReLU(slope), MaxPool(2))
    ]
    return Sequential(*stages, GlobalAvgPool(), Dense(classes))
