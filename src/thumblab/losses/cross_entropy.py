"""Softmax cross-entropy."""

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
class CrossEntropy(Loss):
    """``-sum_k w_k q_k log softmax(logits)_k`` in nats, averaged over the batch.

    ``q`` is 1 for the label, or with label smoothing ``1 - smoothing`` for the label plus
    ``smoothing / classes`` for every class; soft targets are smoothed alike. With class weights and
    labels the sum over the batch is divided by the sum of the labels' weights, with soft targets by
    the number of samples. All as in PyTorch.

    Attributes:
        smoothing: Share of the target spread evenly over the classes, in [0, 1).
        weights: Weight of each class; how to find them in the training data, ``InverseFrequency()``
            or ``EffectiveNumber()``; or None, all 1.

    Source: label smoothing, Szegedy et al. 2015, arXiv:1512.00567.
    """

    smoothing: float = 0.0
    weights: tuple[float, ...] | Weighting | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.smoothing < 1:
            raise UsageError(f"{self}: the smoothing must be in [0, 1)")
        if isinstance(self.weights, tuple) and not _are_weights(self.weights):
            raise UsageError(f"{self}: weights must be finite and at least 0, one of them above 0")


def _are_weights(weights: Sequence[float]) -> bool:
    return all(0 <= weight < np.inf for weight in weights) and any(weights)


@resolve.register
def resolve_cross_entropy(
    loss: CrossEntropy, counts: Sequence[int], groups: Sequence[int] | None = None
) -> CrossEntropy:
    if not isinstance(loss.weights, Weighting):
        return loss
    return replace(loss, weights=class_weights(loss.weights, counts))


@loss_and_grad.register
def cross_entropy(
    loss: CrossEntropy, logits: Array, targets: Array, ctx: LossContext
) -> tuple[float, Array]:
    if loss.weights is not None or targets.ndim == 2:
        return weighted(loss, logits, targets, ctx)
    n, classes = logits.shape
    log_p = log_softmax(logits)
    own = log_p[np.arange(n), targets]
    value = 0.0 - (1 - loss.smoothing) * own.sum(dtype=np.float64)
    value -= loss.smoothing * log_p.mean(1).sum(dtype=np.float64)
    dlogits = np.exp(log_p)
    dlogits -= loss.smoothing / classes
    dlogits[np.arange(n), targets] -= 1 - loss.smoothing
    dlogits /= ctx.batch
    return float(value) / ctx.batch, dlogits


def plain_cross_entropy(
    logits: Array, targets: Array, classes: int | None = None
) -> tuple[float, int]:
    """What any network can be measured by, whatever loss it trains: cross-entropy and correct predictions.

    Without smoothing, weights or temperature. Against soft targets ``q``, as mixed images have them,
    it is ``-sum_k q_k log p_k``, and a hit is the class with the largest share of the mixture.

    Args:
        logits: ``(n, outputs)``.
        targets: Labels ``(n,)`` or soft targets ``(n, outputs)``.
        classes: How many of the outputs are classes: the others are no answer, so the softmax and
            the guess leave them out; None for all.

    Returns:
        The sum over the samples in nats, and how many are right.
    """
    logits = logits[:, :classes]
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # the loss that is trained says so if not finite
        log_p = log_softmax(logits)
    if targets.ndim == 2:
        targets = targets[:, :classes]
        value, labels = (targets * log_p).sum(dtype=np.float64), targets.argmax(1)
    else:
        value, labels = log_p[np.arange(len(log_p)), targets].sum(dtype=np.float64), targets
    return 0.0 - float(value), int((logits.argmax(1) == labels).sum())


def weighted(
    loss: CrossEntropy, logits: Array, targets: Array, ctx: LossContext
) -> tuple[float, Array]:
    """The general rule; the one above is quicker for plain labels."""
    log_p = log_softmax(logits)
    weights = weights_of(loss, logits)
    q = distribution(targets, logits) * (1 - loss.smoothing) + loss.smoothing / logits.shape[1]
    q *= weights
    size = float(ctx.batch)
    if targets.ndim == 1 and loss.weights is not None:
        size = float(ctx.all_reduce(weights[targets].sum(dtype=np.float64)))
    share = 1 / size if size else 0.0  # no class of this batch has a weight: nothing to learn
    value = 0.0 - (q * log_p).sum(dtype=np.float64) * share
    dlogits = np.exp(log_p)
    dlogits *= q.sum(1, keepdims=True)
    dlogits -= q
    dlogits *= share
    return float(value), dlogits


def weights_of(loss: CrossEntropy, logits: Array) -> Array:
    """The weight of each class, in the dtype of the logits."""
    classes = logits.shape[1]
    if loss.weights is None:
        return np.ones(classes, logits.dtype)
    if isinstance(loss.weights, Weighting):
        raise UsageError(
            f"{loss} has not seen the data; call resolve(loss, counts) with the images of each class"
        )
    if len(loss.weights) != classes:
        raise UsageError(f"{loss} has {len(loss.weights)} weights for {classes} classes")
    return np.asarray(loss.weights, logits.dtype)


@torch_loss.register
def cross_entropy_twin(loss: CrossEntropy, torch: ModuleType) -> Any:
    def twin(logits: Any, targets: Any) -> Any:
        weights: Any = None
        if loss.weights is not None:
            weights = torch.as_tensor(loss.weights, dtype=logits.dtype, device=logits.device)
        if targets.ndim == 2:
            targets = torch_distribution(targets, logits, torch)
        learns = 1
        if weights is not None and targets.ndim == 1:
            learns = weights[targets].sum() > 0  # if not, PyTorch would divide by 0
            weights = torch.where(learns, weights, 1)
        return learns * torch.nn.functional.cross_entropy(
            logits, targets, weights, label_smoothing=loss.smoothing
        )

    return twin
