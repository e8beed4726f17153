"""Stochastic gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

from thumblab.core.errors import UsageError
from thumblab.optim.optimizer import Array, Optimizer, torch_optimizer, update
from thumblab.optim.schedule import Schedule
from thumblab.optim.twin import around, with_gradients


@dataclass(frozen=True)
class SGD(Optimizer):
    """``v = momentum * v + g; w -= lr * v``; with ``nesterov``, ``w -= lr * (g + momentum * v)``.

    Attributes:
        learning_rate: Learning rate, or a schedule of it.
        momentum: Share of the last velocity that is kept, in [0, 1).
        nesterov: Whether the gradient looks one velocity ahead, in PyTorch's form.
        weight_decay: On every trained weight. Coupled, ``g += weight_decay * w``, as ``torch.optim.SGD``.
        decoupled: Take the decay out of the gradient instead: ``w -= lr * decay * w``.

    Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep
        learning"; decoupled decay, Loshchilov & Hutter 2017, arXiv:1711.05101.
    """

    learning_rate: float | Schedule = 0.1
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0
    decoupled: bool = False
    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if not 0 <= self.momentum < 1 or self.weight_decay < 0:
            raise UsageError(f"{self}: momentum must be in [0, 1) and weight_decay at least 0")


@update.register
def sgd(
    optimizer: SGD, weight: Array, grad: Array, slots: dict[str, Array], lr: float, count: int
) -> None:
    velocity = slots["velocity"]
    if optimizer.weight_decay and optimizer.decoupled:
        weight *= 1 - lr * optimizer.weight_decay
    elif optimizer.weight_decay:
        grad = grad + optimizer.weight_decay * weight
    velocity *= optimizer.momentum
    velocity += grad
    move = grad + optimizer.momentum * velocity if optimizer.nesterov else velocity
    weight -= lr * move


@torch_optimizer.register
def sgd_twin(optimizer: SGD, parameters: Iterable[Any], torch: ModuleType) -> Any:
    momentum, nesterov = optimizer.momentum, optimizer.nesterov and optimizer.momentum > 0
    coupled = 0.0 if optimizer.decoupled else optimizer.weight_decay
    twin = torch.optim.SGD(parameters, 0.0, momentum, weight_decay=coupled, nesterov=nesterov)

    def decay() -> None:
        learning_rates = {
            p: group["lr"] * group.get("decays", 1.0)
            for group in twin.param_groups
            for p in group["params"]
        }
        with torch.no_grad():
            for parameter in with_gradients(twin):
                parameter.mul_(1 - learning_rates[parameter] * optimizer.weight_decay)

    if optimizer.weight_decay and optimizer.decoupled:
        around(twin, before=decay)
    return twin
