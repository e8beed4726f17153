"""Mean squared error."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.losses.loss import (
    Array,
    Loss,
    LossContext,
    distribution,
    loss_and_grad,
    torch_distribution,
    torch_loss,
)


@dataclass(frozen=True)
class MeanSquared(Loss):
    """``mean_k (logits_k - q_k)^2``, averaged over the batch: the classifier as a regressor.

    ``q`` is 1 for the label and 0 elsewhere, or a soft target. The mean is over the classes, as in
    ``torch.nn.MSELoss``, not their sum.

    Source: Hui & Belkin 2020, arXiv:2006.07322, who take the plain error for few classes too.
    """


@loss_and_grad.register
def mean_squared(
    loss: MeanSquared, logits: Array, targets: Array, ctx: LossContext
) -> tuple[float, Array]:
    error = logits - distribution(targets, logits)
    count = ctx.batch * logits.shape[1]
    value = np.square(error, dtype=np.float64).sum() / count
    return float(value), error * logits.dtype.type(2 / count)


@torch_loss.register
def mean_squared_twin(loss: MeanSquared, torch: ModuleType) -> Any:
    def twin(logits: Any, targets: Any) -> Any:
        q = torch_distribution(targets, logits, torch)
        return torch.nn.functional.mse_loss(logits, q)

    return twin
