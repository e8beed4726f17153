"""Where a measure has stopped getting better: what stop rules and falling rates go by.

They see nothing but the lines of ``metrics.jsonl``, so a resumed run decides as an uninterrupted one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, Literal, get_args

from thumblab.core.errors import UsageError

Line = Mapping[str, Any]
"""What ``metrics.jsonl`` says of an epoch."""

Metric = Literal[
    "validation_loss",
    "validation_cross_entropy",
    "validation_accuracy",
    "train_loss",
    "train_cross_entropy",
    "train_accuracy",
]
"""A loss is better where it is lower, an accuracy where it is higher.

``..._loss`` is the loss that is trained, with its smoothing, weights or temperature; on validation
images against their labels, as one batch. ``..._cross_entropy`` is plain cross-entropy, in training
against the soft targets where images are mixed. Rules watch ``validation_loss`` unless told otherwise:
what training makes small is what has to stop falling.
"""


def plateaus(lines: Sequence[Line], metric: str, patience: int, min_delta: float = 0.0) -> int:
    """How often ``patience`` epochs in a row have not been better than the best one before them.

    Better is better by more than ``min_delta``. After a plateau the count begins anew, and the best
    stays the best. So does Keras; PyTorch's ReduceLROnPlateau waits for one epoch more.

    >>> lines = [{"train_loss": loss} for loss in (3.0, 2.0, 2.5, 2.0, 1.9, 2.1, 2.2)]
    >>> plateaus(lines, "train_loss", patience=2), plateaus(lines, "train_loss", 2, 0.1)
    (2, 2)
    """
    best, waited, found = inf, 0, 0
    for line in lines:
        value = -line[metric] if metric.endswith("accuracy") else line[metric]
        better = value < best - min_delta
        best, waited = (value, 0) if better else (best, waited + 1)
        if waited == patience:
            waited, found = 0, found + 1
    return found


def check_plateau(rule: object, metric: str, patience: int, min_delta: float) -> None:
    """Raises ``UsageError`` unless these are a measure, at least an epoch, and at least 0."""
    if metric not in get_args(Metric):
        raise UsageError(f"{rule}: metric is {metric!r}; choose {' or '.join(get_args(Metric))}")
    if patience < 1 or not 0 <= min_delta < inf:
        raise UsageError(f"{rule}: patience must be at least 1 and min_delta at least 0 and finite")
