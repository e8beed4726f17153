"""Adam."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import Array, Optimizer, torch_optimizer, update
from thumblab.optim.schedule import Schedule


@dataclass(frozen=True)
class Adam(Optimizer):
    """``w -= lr * m' / (sqrt(v') + eps)`` with running moments ``m`` and ``v`` freed of their bias.

    ``m = beta1 * m + (1 - beta1) * g``, ``v = beta2 * v + (1 - beta2) * g^2``, ``m' = m / (1 - beta1^t)``,
    ``v' = v / (1 - beta2^t)``. ``eps`` stands outside the root and after the correction, as in PyTorch;
    Keras adds it before the correction.

    Attributes:
        learning_rate: Learning rate, or a schedule of it.
        weight_decay: Coupled weight decay, ``g += decay * w``; for the decoupled one take ``AdamW``.

    Source: Kingma & Ba 2014, arXiv:1412.6980.
    """

    learning_rate: float | Schedule = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.0
    slots: ClassVar[tuple[str, ...]] = ("mean", "square")

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if (
            not (0 <= self.beta1 < 1 and 0 <= self.beta2 < 1)
            or self.eps < 0
            or self.weight_decay < 0
        ):
            raise UsageError(
                f"{self}: beta1 and beta2 must be in [0, 1), eps and weight_decay at least 0"
            )


@update.register
def adam(
    optimizer: Adam, weight: Array, grad: Array, slots: dict[str, Array], lr: float, count: int
) -> None:
    if optimizer.weight_decay:
        grad = grad + optimizer.weight_decay * weight
    weight -= lr * adaptive_move(optimizer, grad, slots, count)


def adaptive_move(optimizer: Any, grad: Array, slots: dict[str, Array], count: int) -> Array:
    """``m' / (sqrt(v') + eps)`` for an optimizer with ``beta1``, ``beta2`` and ``eps``; keeps the moments."""
    mean, square = slots["mean"], slots["square"]
    mean += (1 - optimizer.beta1) * (grad - mean)
    square *= optimizer.beta2
    square += (1 - optimizer.beta2) * (grad * grad)
    root = np.sqrt(square)
    root *= 1 / (1 - optimizer.beta2**count) ** 0.5
    root += optimizer.eps
    move: Array = mean / root
    move *= 1 / (1 - optimizer.beta1**count)
    return move


@torch_optimizer.register
def adam_twin(optimizer: Adam, parameters: Iterable[Any], torch: ModuleType) -> Any:
    betas = (optimizer.beta1, optimizer.beta2)
    return torch.optim.Adam(
        parameters, 0.0, betas, optimizer.eps, weight_decay=optimizer.weight_decay
    )
