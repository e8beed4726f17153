"""What a loss is: data, and two open functions that say how it is computed."""

from __future__ import annotations

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


class Part(Protocol):
    """What a loss has to know of its shard: the size of the whole batch."""

    @property
    def batch(self) -> int:
        """Samples in the whole batch."""
        ...


@singledispatch
def objective(loss: Loss, logits: Array, targets: Array, part: Part) -> tuple[float, Array]:
    """This shard's share of the batch's mean loss, and its gradient at the logits ``(n, classes)``."""
    raise MissingRuleError(
        f"{type(loss).__name__} has no NumPy rule; write one with @objective.register"
    )


@singledispatch
def torch_loss(loss: Loss, torch: ModuleType) -> Any:
    """A function of PyTorch ``(logits, targets)`` that returns the batch's mean loss."""
    raise MissingRuleError(
        f"{type(loss).__name__} has no PyTorch rule; write one with @torch_loss.register"
    )


def log_softmax(logits: Array) -> Array:
    """Logarithms of the softmax, row by row; safe for large logits."""
    shifted = logits - logits.max(1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return result
