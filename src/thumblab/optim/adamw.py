"""Adam with decoupled weight decay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

from thumblab.core.errors import UsageError
from thumblab.optim.adam import adaptive_move
from thumblab.optim.optimizer import Array, Optimizer, torch_optimizer, update
from thumblab.optim.schedule import Schedule


@dataclass(frozen=True)
class AdamW(Optimizer):
    """Adam's move, after ``w -= lr * decay * w``.

    Attributes:
        learning_rate: Learning rate, or a schedule of it.
        weight_decay: Decoupled weight decay, on every trained weight.

    Source: Loshchilov & Hutter 2017, arXiv:1711.05101.
    """

    learning_rate: float | Schedule = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.01
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
def adamw(
    optimizer: AdamW, weight: Array, grad: Array, slots: dict[str, Array], lr: float, count: int
) -> None:
    weight *= 1 - lr * optimizer.weight_decay
    weight -= lr * adaptive_move(optimizer, grad, slots, count)


@torch_optimizer.register
def adamw_twin(optimizer: AdamW, parameters: Iterable[Any], torch: ModuleType) -> Any:
    betas = (optimizer.beta1, optimizer.beta2)
    return torch.optim.AdamW(
        parameters, 0.0, betas, optimizer.eps, weight_decay=optimizer.weight_decay
    )
