"""Cross-entropy of classes and of the groups they form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import UsageError
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
class Hierarchical(Loss):
    """``-sum_k q_k log p_k - share * sum_g Q_g log P_g`` in nats, averaged over the batch.

    ``p`` is the softmax over classes and ``P_g = sum_k p_k m_kg``, where ``m_kg`` is the share of class
    ``k`` that belongs to group ``g``; ``q`` is 1 for the label, or a soft target, and ``Q_g = sum_k q_k
    m_kg``. With ``smoothing`` the coarse label is soft: ``(1 - smoothing) * Q_g + smoothing / groups``.

    Attributes:
        share: Weight of the groups' cross-entropy, at least 0.
        smoothing: Share of the coarse target spread evenly over the groups, in [0, 1).
        groups: Group of each class, from 0; or the matrix ``m``, a row a class, whose shares sum to 1; ()
            leaves them to the data (see ``resolve``).

    Source: sums over a hierarchy's leaves, Deng et al. 2014, "Large-scale object classification
        using label relation graphs"; smoothing, Szegedy et al. 2015, arXiv:1512.00567.
    """

    share: float = 1.0
    smoothing: float = 0.0
    groups: tuple[int, ...] | tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.share < np.inf or not 0 <= self.smoothing < 1:
            raise UsageError(f"{self}: share must be at least 0 and smoothing in [0, 1)")
        if any(isinstance(row, tuple) for row in self.groups):
            if not _is_matrix(self.groups):
                raise UsageError(
                    f"{self}: groups must have a row for each class, all as long, of shares that are at "
                    "least 0 and sum to 1, and no group without a share"
                )
        elif set(self.groups) != set(range(len(set(self.groups)))):
            raise UsageError(f"{self}: groups must be numbered from 0 without a gap")

    def matrix(self, classes: int) -> NDArray[np.float64]:
        """The shares of so many classes in the groups, ``(classes, groups)``."""
        if len(self.groups) != classes:
            raise UsageError(
                f"{self} has groups for {len(self.groups)} classes and the logits have {classes}; "
                "give the group of each class, or call resolve(loss, counts, groups) with the data's"
            )
        groups = np.array(self.groups)
        return groups if groups.ndim == 2 else np.eye(groups.max() + 1)[groups]


def _is_matrix(rows: tuple[Any, ...]) -> bool:
    lengths = {len(row) if isinstance(row, tuple) else 0 for row in rows}
    if len(lengths) > 1 or 0 in lengths:
        return False
    shares = np.array(rows, float)
    whole = np.isclose(shares.sum(1), 1)
    return bool((shares >= 0).all() and whole.all() and (shares.max(0) > 0).all())


@resolve.register
def resolve_hierarchical(
    loss: Hierarchical, counts: Sequence[int], groups: Sequence[int] | None = None
) -> Hierarchical:
    if loss.groups:
        return loss
    if groups is None:
        raise UsageError(f"{loss} needs groups and these data have none; take CrossEntropy()")
    return replace(loss, groups=tuple(groups))


@loss_and_grad.register
def hierarchical(
    loss: Hierarchical, logits: Array, targets: Array, ctx: LossContext
) -> tuple[float, Array]:
    shares = loss.matrix(logits.shape[1]).astype(logits.dtype)
    log_p, q = log_softmax(logits), distribution(targets, logits)
    coarse_log_p, inside = grouped(log_p, shares)
    coarse_q = (1 - loss.smoothing) * (q @ shares) + loss.smoothing / shares.shape[1]
    value = 0.0 - (q * log_p).sum(dtype=np.float64)
    value -= loss.share * (coarse_q * coarse_log_p).sum(dtype=np.float64)
    p = np.exp(log_p)
    dlogits = p * q.sum(1, keepdims=True) - q
    pull = np.matmul(inside, coarse_q[:, :, None])[:, :, 0]  # (n, classes, groups) @ (n, groups, 1)
    dlogits += loss.share * (p * coarse_q.sum(1, keepdims=True) - pull)
    dlogits /= ctx.batch
    return float(value) / ctx.batch, dlogits


def grouped(log_p: Array, shares: Array) -> tuple[Array, Array]:
    """Logarithms of the groups' probabilities ``(n, groups)``; safe for small ones.

    And which share of a group's probability comes from each class, ``(n, classes, groups)``.
    """
    with np.errstate(divide="ignore"):
        joint = log_p[:, :, None] + np.log(shares)
    top = joint.max(1)
    coarse_log_p = top + np.log(np.exp(joint - top[:, None]).sum(1))
    return coarse_log_p, np.exp(joint - coarse_log_p[:, None])


@torch_loss.register
def hierarchical_twin(loss: Hierarchical, torch: ModuleType) -> Any:
    def twin(logits: Any, targets: Any) -> Any:
        log_p = torch.nn.functional.log_softmax(logits, 1)
        q = torch_distribution(targets, log_p, torch)
        shares = torch.tensor(loss.matrix(logits.shape[1]), device=q.device, dtype=q.dtype)
        coarse_q = (1 - loss.smoothing) * (q @ shares) + loss.smoothing / shares.shape[1]
        coarse_log_p = torch.logsumexp(log_p[:, :, None] + shares.log(), 1)
        each = (q * log_p).sum(1) + loss.share * (coarse_q * coarse_log_p).sum(1)
        return -each.mean()

    return twin
