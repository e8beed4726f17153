"""RMSprop."""

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
class RMSprop(Optimizer):
    """``s = alpha * s + (1 - alpha) * g^2; v = momentum * v + g / (sqrt(s) + eps); w -= lr * v``.

    ``eps`` stands outside the root, as in PyTorch.

    Attributes:
        learning_rate: Learning rate, or a schedule of it.
        alpha: Share of the last mean square that is kept, in [0, 1).
        momentum: Share of the last velocity that is kept, in [0, 1).
        weight_decay: Coupled weight decay, ``g += decay * w``.

    Source: Tieleman & Hinton 2012, lecture 6.5 of "Neural networks for machine learning".
    """

    learning_rate: float | Schedule = 1e-2
    alpha: float = 0.99
    momentum: float = 0.0
    eps: float = 1e-8
    weight_decay: float = 0.0
    slots: ClassVar[tuple[str, ...]] = ("square", "velocity")

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if (
            not (0 <= self.alpha < 1 and 0 <= self.momentum < 1)
            or self.eps < 0
            or self.weight_decay < 0
        ):
            raise UsageError(
                f"{self}: alpha and momentum must be in [0, 1), eps and weight_decay at least 0"
            )


@update.register
def rmsprop(
    optimizer: RMSprop, weight: Array, grad: Array, slots: dict[str, Array], lr: float, count: int
) -> None:
    if optimizer.weight_decay:
        grad = grad + optimizer.weight_decay * weight
    square, velocity = slots["square"], slots["velocity"]
    square *= optimizer.alpha
    square += (1 - optimizer.alpha) * (grad * grad)
    root = np.sqrt(square)
    root += optimizer.eps
    velocity *= optimizer.momentum
    velocity += grad / root
    weight -= lr * velocity


@torch_optimizer.register
def rmsprop_twin(optimizer: RMSprop, parameters: Iterable[Any], torch: ModuleType) -> Any:
    return torch.optim.RMSprop(
        parameters,
        0.0,
        optimizer.alpha,
        optimizer.eps,
        weight_decay=optimizer.weight_decay,
        momentum=optimizer.momentum,
    )
