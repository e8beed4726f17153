"""Adagrad."""

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
class Adagrad(Optimizer):
    """``s += g^2; w -= lr * g / (sqrt(s) + eps)``.

    Attributes:
        learning_rate: Learning rate, or a schedule of it.
        weight_decay: Coupled weight decay, ``g += decay * w``.

    Source: Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and
        stochastic optimization", JMLR 12.
    """

    learning_rate: float | Schedule = 1e-2
    eps: float = 1e-10
    weight_decay: float = 0.0
    slots: ClassVar[tuple[str, ...]] = ("square",)

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if self.eps < 0 or self.weight_decay < 0:
            raise UsageError(f"{self}: eps and weight_decay must be at least 0")


@update.register
def adagrad(
    optimizer: Adagrad, weight: Array, grad: Array, slots: dict[str, Array], lr: float, count: int
) -> None:
    if optimizer.weight_decay:
        grad = grad + optimizer.weight_decay * weight
    square = slots["square"]
    square += grad * grad
    root = np.sqrt(square)
    root += optimizer.eps
    weight -= lr * (grad / root)


@torch_optimizer.register
def adagrad_twin(optimizer: Adagrad, parameters: Iterable[Any], torch: ModuleType) -> Any:
    return torch.optim.Adagrad(
        parameters, 0.0, weight_decay=optimizer.weight_decay, eps=optimizer.eps
    )
