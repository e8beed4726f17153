"""What a loss is: data, and open functions that say how it is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError
from thumblab.core.value import Value

Array = NDArray[Any]


@dataclass(frozen=True)
class Loss(Value):
    """What training makes small: a mean over the samples of a batch."""


class LossContext(Protocol):
    """What a loss has to know of its worker and may ask of the others."""

    @property
    def batch(self) -> int:
        """Samples in the whole batch."""
        ...

    def all_reduce(self, value: Array) -> NDArray[np.float64]:
        """Sum of ``value`` over the workers, in float64; every worker has to call it."""
        ...


@singledispatch
def loss_and_grad(
    loss: Loss, logits: Array, targets: Array, ctx: LossContext
) -> tuple[float, Array]:
    """This worker's share of the batch's mean loss, and its gradient at the logits ``(n, classes)``.

    ``targets`` are labels ``(n,)``, int64, or soft targets ``(n, classes)``: the probabilities that a
    mixture of images has, of any float dtype. A label is the soft target that is 1 at its class. A loss
    of nothing is 0.0, not -0.0, which tables would show: hence ``0.0 - sum`` in the rules.
    """
    raise MissingRuleError(
        f"{type(loss).__name__} has no NumPy rule; write one with @loss_and_grad.register"
    )


@singledispatch
def torch_loss(loss: Loss, torch: ModuleType) -> Any:
    """A function of PyTorch ``(logits, targets)``, of both kinds, that returns the batch's mean loss."""
    raise MissingRuleError(
        f"{type(loss).__name__} has no PyTorch rule; write one with @torch_loss.register"
    )


@singledispatch
def resolve(loss: Loss, counts: Sequence[int], groups: Sequence[int] | None = None) -> Loss:
    """Copy with what the loss leaves to the data filled in: ``counts`` of samples, ``groups`` of classes."""
    return loss


def log_softmax(logits: Array) -> Array:
    """Logarithms of the softmax, row by row; safe for large logits."""
    shifted = logits - logits.max(1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return result


def distribution(targets: Array, like: Array) -> Array:
    """Soft targets ``(n, classes)`` in the dtype of the logits ``like``; labels become 0 and 1."""
    if targets.ndim == 2:
        return targets.astype(like.dtype, copy=False)
    q = np.zeros_like(like)
    q[np.arange(len(q)), targets] = 1
    return q


def torch_distribution(targets: Any, like: Any, torch: ModuleType) -> Any:
    """``distribution`` for PyTorch."""
    if targets.ndim == 2:
        return targets.to(like.dtype)
    return torch.nn.functional.one_hot(targets, like.shape[1]).to(like.dtype)
