"""Focal loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.losses.balance import Weighting, class_weights
from thumblab.losses.loss import (
    Array,
    Loss,
    LossContext,
    distribution,
    log_softmax,
    loss_and_grad,
    resolve,
    torch_distribution,
    torch_loss,
)


@dataclass(frozen=True)
class Focal(Loss):
    """``-sum_k alpha_k q_k (1 - p_k)^gamma log p_k`` with ``p = softmax(logits)``, averaged over the batch.

    ``q`` is 1 for the label, or a soft target. What is known already counts less; with ``gamma`` 0
    and ``alpha`` 1 it is cross-entropy. The mean is over samples, whatever ``alpha``.

    Attributes:
        gamma: How much less, at least 0.
        alpha: Factor of every class; one for each; or how to find them in the training data,
            ``InverseFrequency()`` or ``EffectiveNumber()``.

    Source: Lin et al. 2017, arXiv:1708.02002, with a softmax in place of the sigmoid.
    """

    gamma: float = 2.0
    alpha: float | tuple[float, ...] | Weighting = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.gamma < np.inf:
            raise UsageError(f"{self}: gamma must be at least 0 and finite")
        if isinstance(self.alpha, tuple) and len(self.alpha) < 2:
            raise UsageError(f"{self}: alpha must be one number, or one for each class")
        values = () if isinstance(self.alpha, Weighting) else np.atleast_1d(self.alpha)
        if not all(0 <= factor < np.inf for factor in values):
            raise UsageError(f"{self}: alpha must be at least 0 and finite")

    def factors(self, classes: int) -> tuple[float, ...]:
        """``alpha`` for each of so many classes."""
        if isinstance(self.alpha, Weighting):
            raise UsageError(
                f"{self} has not seen the data; call resolve(loss, counts) with the images of each "
                "class"
            )
        if not isinstance(self.alpha, tuple):
            return (self.alpha,) * classes
        if len(self.alpha) != classes:
            raise UsageError(f"{self} has {len(self.alpha)} factors for {classes} classes")
        return self.alpha


@resolve.register
def resolve_focal(loss: Focal, counts: Sequence[int], groups: Sequence[int] | None = None) -> Focal:
    if not isinstance(loss.alpha, Weighting):
        return loss
    return replace(loss, alpha=class_weights(loss.alpha, counts))


@loss_and_grad.register
def focal(loss: Focal, logits: Array, targets: Array, ctx: LossContext) -> tuple[float, Array]:
    log_p = log_softmax(logits)
    p, missing = np.exp(log_p), -np.expm1(log_p)  # missing is 1 - p, exact where p is nearly 1
    q = distribution(targets, logits) * np.asarray(loss.factors(logits.shape[1]), logits.dtype)
    q *= missing**loss.gamma
    value = 0.0 - (q * log_p).sum(dtype=np.float64)
    ratio = np.full_like(p, -1)  # of p log p to 1 - p, whose limit at 1 this is
    np.divide(p * log_p, missing, out=ratio, where=missing > 0)
    slope = q * (loss.gamma * ratio - 1)  # p times the derivative at p
    dlogits = slope - p * slope.sum(1, keepdims=True)
    dlogits /= ctx.batch
    return float(value) / ctx.batch, dlogits


@torch_loss.register
def focal_twin(loss: Focal, torch: ModuleType) -> Any:
    def twin(logits: Any, targets: Any) -> Any:
        log_p = torch.nn.functional.log_softmax(logits, 1)
        missing = (-torch.expm1(log_p)).clamp(min=torch.finfo(log_p.dtype).tiny)
        q = torch_distribution(targets, log_p, torch)
        q = q * log_p.new_tensor(loss.factors(logits.shape[1]))
        return -(q * missing**loss.gamma * log_p).sum(1).mean()

    return twin
