"""Adam with Nesterov momentum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import Array, Optimizer, torch_optimizer, update
from thumblab.optim.schedule import Schedule


@dataclass(frozen=True)
class Nadam(Optimizer):
    """``w -= lr * (mu_{t+1} m / (1 - p_{t+1}) + (1 - mu_t) g / (1 - p_t)) / (sqrt(v') + eps)``.

    ``m``, ``v`` and ``v'`` are Adam's, ``mu_t = beta1 * (1 - 0.96^(t * momentum_decay) / 2)`` is the
    momentum at step ``t`` and ``p_t`` the product of all up to it.

    Attributes:
        learning_rate: Learning rate, or a schedule of it.
        momentum_decay: How fast the momentum rises to ``beta1``.
        weight_decay: Coupled weight decay, ``g += decay * w``.
        decoupled: Take the decay out of the gradient instead: ``w -= lr * decay * w``.

    Source: Dozat 2016, "Incorporating Nesterov momentum into Adam"; as ``torch.optim.NAdam``.
    """

    learning_rate: float | Schedule = 2e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    momentum_decay: float = 4e-3
    weight_decay: float = 0.0
    decoupled: bool = False
    slots: ClassVar[tuple[str, ...]] = ("mean", "square")

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if not (0 <= self.beta1 < 1 and 0 <= self.beta2 < 1):
            raise UsageError(f"{self}: beta1 and beta2 must be in [0, 1)")
        if min(self.momentum_decay, self.eps, self.weight_decay) < 0:
            raise UsageError(f"{self}: momentum_decay, eps and weight_decay must be at least 0")


@lru_cache(maxsize=16)
def momenta(beta1: float, momentum_decay: float, count: int) -> tuple[float, float, float]:
    """``mu_t``, ``mu_{t+1}`` and ``p_t`` at step ``count``; a function of the step, so not saved."""
    vanished = ceil(log(1e-20) / log(beta1)) if beta1 else 1  # 1 - p is 1 from there on
    steps = np.arange(1, min(count, vanished) + 1)
    product = np.prod(beta1 * (1 - 0.5 * 0.96 ** (steps * momentum_decay)))
    now, then = (beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay)) for t in (count, count + 1))
    return now, then, float(product)


@update.register
def nadam(
    optimizer: Nadam, weight: Array, grad: Array, slots: dict[str, Array], lr: float, count: int
) -> None:
    if optimizer.weight_decay and optimizer.decoupled:
        weight *= 1 - lr * optimizer.weight_decay
    elif optimizer.weight_decay:
        grad = grad + optimizer.weight_decay * weight
    now, then, product = momenta(optimizer.beta1, optimizer.momentum_decay, count)
    mean, square = slots["mean"], slots["square"]
    mean += (1 - optimizer.beta1) * (grad - mean)
    square *= optimizer.beta2
    square += (1 - optimizer.beta2) * (grad * grad)
    root = np.sqrt(square)
    root *= 1 / (1 - optimizer.beta2**count) ** 0.5
    root += optimizer.eps
    move = (lr * then / (1 - product * then)) * mean
    move += (lr * (1 - now) / (1 - product)) * grad
    weight -= move / root


@torch_optimizer.register
def nadam_twin(optimizer: Nadam, parameters: Iterable[Any], torch: ModuleType) -> Any:
    return torch.optim.NAdam(
        parameters,
        0.0,
        (optimizer.beta1, optimizer.beta2),
        optimizer.eps,
        weight_decay=optimizer.weight_decay,
        momentum_decay=optimizer.momentum_decay,
        decoupled_weight_decay=optimizer.decoupled,
    )
