"""Cross-entropy with soft targets at a temperature."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.losses.loss import (
    Array,
    Loss,
    LossContext,
    distribution,
    log_softmax,
    loss_and_grad,
    torch_distribution,
    torch_loss,
)


@dataclass(frozen=True)
class SoftTargets(Loss):
    """``-T^2 sum_k q_k log softmax(logits / T)_k`` for probabilities ``q``, averaged over the batch.

    For targets that another network or a mixture of images gives; labels are taken as certain. With
    the temperature 1 it is ``CrossEntropy``. ``T^2`` keeps the gradient's size at any temperature.

    Attributes:
        temperature: ``T``, above 0; the higher, the more the unlikely classes count.

    Source: Hinton, Vinyals & Dean 2015, arXiv:1503.02531.
    """

    temperature: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.temperature < np.inf:
            raise UsageError(f"{self}: the temperature must be above 0 and finite")


@loss_and_grad.register
def soft_targets(
    loss: SoftTargets, logits: Array, targets: Array, ctx: LossContext
) -> tuple[float, Array]:
    log_p, q = log_softmax(logits / loss.temperature), distribution(targets, logits)
    value = 0.0 - (q * log_p).sum(dtype=np.float64) * loss.temperature**2
    dlogits = np.exp(log_p) * q.sum(1, keepdims=True) - q
    dlogits *= loss.temperature / ctx.batch
    return float(value) / ctx.batch, dlogits


@torch_loss.register
def soft_targets_twin(loss: SoftTargets, torch: ModuleType) -> Any:
    def twin(logits: Any, targets: Any) -> Any:
        q = torch_distribution(targets, logits, torch)
        found = torch.nn.functional.cross_entropy(logits / loss.temperature, q)
        return found * loss.temperature**2

    return twin
