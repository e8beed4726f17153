"""Cross-entropy of classes and of the groups they form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.losses.loss import (
    Array,
    Loss,
    Part,
    distribution,
    log_softmax,
    objective,
    settle,
    torch_distribution,
    torch_loss,
)


@dataclass(frozen=True)
class Hierarchical(Loss):
    """``-sum_k q_k log p_k - share * sum_g Q_g log P_g`` in nats, averaged over the batch.

    ``p`` is the softmax over classes and ``P_g`` the sum of ``p`` over the classes of group ``g``;
    ``q`` is 1 for the label, or a soft target, and ``Q_g`` its sum over the group. With
    ``smoothing`` the coarse label is soft: ``(1 - smoothing) * Q_g + smoothing / groups``.

    Attributes:
        share: Weight of the groups' cross-entropy, at least 0.
        smoothing: Share of the coarse target spread evenly over the groups, in [0, 1).
        groups: Group of each class, from 0; () leaves them to the data (see ``settle``).

    Source: sums over a hierarchy's leaves, Deng et al. 2014, "Large-scale object classification
        using label relation graphs"; smoothing, Szegedy et al. 2015, arXiv:1512.00567.
    """

    share: float = 1.0
    smoothing: float = 0.0
    groups: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.share < np.inf or not 0 <= self.smoothing < 1:
            raise UsageError(f"{self}: share must be at least 0 and smoothing in [0, 1)")
        if set(self.groups) != set(range(len(set(self.groups)))):
            raise UsageError(f"{self}: groups must be numbered from 0 without a gap")

    def groups_of(self, classes: int) -> tuple[int, ...]:
        """The groups, if they are those of so many classes."""
        if len(self.groups) != classes:
            raise UsageError(
                f"{self} has groups for {len(self.groups)} classes and the logits have {classes}; "
                "give the group of each class, or call settle(loss, counts, groups) with the data's"
            )
        return self.groups


@settle.register
def settle_hierarchical(
    loss: Hierarchical, counts: Sequence[int], groups: Sequence[int] | None = None
) -> Hierarchical:
    if loss.groups:
        return loss
    if groups is None:
        raise UsageError(f"{loss} needs groups and these data have none; take CrossEntropy()")
    return replace(loss, groups=tuple(groups))


@objective.register
def hierarchical(
    loss: Hierarchical, logits: Array, targets: Array, part: Part
) -> tuple[float, Array]:
    groups = np.array(loss.groups_of(logits.shape[1]))
    log_p, q = log_softmax(logits), distribution(targets, logits)
    coarse_log_p, coarse_q = grouped_logsumexp(log_p, groups), coarse(q, groups)
    coarse_q = (1 - loss.smoothing) * coarse_q + loss.smoothing / coarse_q.shape[1]
    value = -(q * log_p).sum(dtype=np.float64)
    value -= loss.share * (coarse_q * coarse_log_p).sum(dtype=np.float64)
    p, inside = np.exp(log_p), np.exp(log_p - coarse_log_p[:, groups])  # inside: p_k / P_g(k)
    dlogits = p * q.sum(1, keepdims=True) - q
    dlogits += loss.share * (p * coarse_q.sum(1, keepdims=True) - inside * coarse_q[:, groups])
    dlogits /= part.batch
    return float(value) / part.batch, dlogits


def coarse(values: Array, groups: Array) -> Array:
    """Sums over the classes of each group, ``(n, classes) -> (n, groups)``."""
    member = np.equal.outer(groups, np.arange(groups.max() + 1)).astype(values.dtype)
    total: Array = values @ member  # (n, classes) @ (classes, groups)
    return total


def grouped_logsumexp(log_p: Array, groups: Array) -> Array:
    """Logarithms of the sums of ``exp(log_p)`` over the classes of each group; safe for small ones."""
    order = np.argsort(groups, kind="stable")
    begin = np.searchsorted(groups[order], np.arange(groups.max() + 1))
    top = np.maximum.reduceat(log_p[:, order], begin, axis=1)
    result: Array = top + np.log(coarse(np.exp(log_p - top[:, groups]), groups))
    return result


@torch_loss.register
def hierarchical_twin(loss: Hierarchical, torch: ModuleType) -> Any:
    def twin(logits: Any, targets: Any) -> Any:
        groups = torch.tensor(loss.groups_of(logits.shape[1]), device=logits.device)
        log_p = torch.nn.functional.log_softmax(logits, 1)
        q = torch_distribution(targets, log_p, torch)
        member = torch.nn.functional.one_hot(groups).to(q.dtype)
        coarse_q = (1 - loss.smoothing) * (q @ member) + loss.smoothing / member.shape[1]
        columns = [torch.logsumexp(log_p[:, groups == g], 1) for g in range(member.shape[1])]
        coarse_log_p = torch.stack(columns, 1)
        each = (q * log_p).sum(1) + loss.share * (coarse_q * coarse_log_p).sum(1)
        return -each.mean()

    return twin
