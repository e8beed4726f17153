"""Scores turned into shares."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import Array, Backward, Context, forward, torch_twin


@dataclass(frozen=True)
class Softmax(Layer):
    """``y = exp(x) / sum(exp(x))`` over the channels of a pixel or the features of a vector or token.

    As a model's last layer it would be applied twice: the losses read logits.

    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".
    """


def _axis(dimensions: int) -> int:
    """Axis of channels or features in a batch; tokens stand before their features."""
    return 2 if dimensions == 3 else 1


@forward.register
def softmax(layer: Softmax, x: Array, ctx: Context) -> tuple[Array, Backward]:
    axis = _axis(x.ndim)
    y = np.exp(x - x.max(axis, keepdims=True))
    y /= y.sum(axis, keepdims=True)
    return y, lambda dy: y * (dy - (dy * y).sum(axis, keepdims=True))


@torch_twin.register
def softmax_twin(layer: Softmax, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Softmax(_axis(len(x) + 1))
