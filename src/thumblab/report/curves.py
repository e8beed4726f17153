"""The learning curves of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thumblab.report.embed import finite
from thumblab.training import Run

COLUMNS = (
    "epoch",
    "rate",
    "train_loss",
    "validation_loss",
    "train_accuracy",
    "validation_accuracy",
)


@dataclass(frozen=True)
class Best:
    """The epoch with the best value of a measure."""

    epoch: int
    value: float


@dataclass(frozen=True)
class Curves:
    """A run's epochs.

    Attributes:
        lines: One entry an epoch, as recorded; a number that is not finite is None.
        columns: The same by name, for the page's script.
        lowest_loss: The best epoch by validation loss, or None without validation.
        highest_accuracy: The best epoch by validation accuracy, likewise.
    """

    lines: list[dict[str, Any]]
    columns: dict[str, list[Any]]
    lowest_loss: Best | None
    highest_accuracy: Best | None


def curves(run: Run) -> Curves:
    """The run's epochs; the earlier of two equally good ones is the best."""
    lines = [finite({name: line.get(name) for name in COLUMNS}) for line in run.metrics]
    losses = [line for line in lines if line["validation_loss"] is not None]
    accuracies = [line for line in lines if line["validation_accuracy"] is not None]
    low = min(losses, key=lambda line: float(line["validation_loss"]), default=None)
    high = max(accuracies, key=lambda line: float(line["validation_accuracy"]), default=None)
    return Curves(
        lines=lines,
        columns={name: [line[name] for line in lines] for name in COLUMNS},
        lowest_loss=low and Best(low["epoch"], low["validation_loss"]),
        highest_accuracy=high and Best(high["epoch"], high["validation_accuracy"]),
    )
