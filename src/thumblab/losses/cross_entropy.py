"""Softmax cross-entropy."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.losses.loss import Array, Loss, Part, log_softmax, objective, torch_loss


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """``-sum_k q_k log softmax(logits)_k`` in nats, averaged over the batch.

    ``q`` is 1 for the label, or with label smoothing ``1 - smoothing`` for the label plus
    ``smoothing / classes`` for every class, as in PyTorch.

    Attributes:
        smoothing: Share of the target spread evenly over the classes, in [0, 1).

    Source: label smoothing, Szegedy et al. 2015, arXiv:1512.00567.
    """

    smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.smoothing < 1:
            raise UsageError(f"{self}: the smoothing must be in [0, 1)")


@objective.register
def cross_entropy(
    loss: CrossEntropy, logits: Array, targets: Array, part: Part
) -> tuple[float, Array]:
    n, classes = logits.shape
    log_p = log_softmax(logits)
    own = log_p[np.arange(n), targets]
    value = -(1 - loss.smoothing) * own.sum(dtype=np.float64)
    value -= loss.smoothing * log_p.mean(1).sum(dtype=np.float64)
    dlogits = np.exp(log_p)
    dlogits -= loss.smoothing / classes
    dlogits[np.arange(n), targets] -= 1 - loss.smoothing
    dlogits /= part.batch
    return float(value) / part.batch, dlogits


@torch_loss.register
def cross_entropy_twin(loss: CrossEntropy, torch: ModuleType) -> Any:
    return torch.nn.CrossEntropyLoss(label_smoothing=loss.smoothing)
