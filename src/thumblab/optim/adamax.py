"""Adamax."""

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
class Adamax(Optimizer):
    """Adam with the largest gradient in place of the root mean square.

    ``m = beta1 * m + (1 - beta1) * g``, ``u = max(beta2 * u, |g| + eps)``,
    ``w -= lr * m / (1 - beta1^t) / u``.

    Attributes:
        learning_rate: Learning rate, or a schedule of it.
        weight_decay: Coupled weight decay, ``g += decay * w``.

    Source: Kingma & Ba 2014, arXiv:1412.6980, section 7.1.
    """

    learning_rate: float | Schedule = 2e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.0
    slots: ClassVar[tuple[str, ...]] = ("mean", "largest")

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
def adamax(
    optimizer: Adamax, weight: Array, grad: Array, slots: dict[str, Array], lr: float, count: int
) -> None:
    if optimizer.weight_decay:
        grad = grad + optimizer.weight_decay * weight
    mean, largest = slots["mean"], slots["largest"]
    mean += (1 - optimizer.beta1) * (grad - mean)
    largest *= optimizer.beta2
    np.maximum(largest, np.abs(grad) + optimizer.eps, out=largest)
    weight -= lr / (1 - optimizer.beta1**count) * (mean / largest)


@torch_optimizer.register
def adamax_twin(optimizer: Adamax, parameters: Iterable[Any], torch: ModuleType) -> Any:
    betas = (optimizer.beta1, optimizer.beta2)
    return torch.optim.Adamax(
        parameters, 0.0, betas, optimizer.eps, weight_decay=optimizer.weight_decay
    )
