"""The learning curves of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thumblab.report.embed import finite
from thumblab.runs import Run

COLUMNS = (
    "epoch",
    "learning_rate",
    "train_cross_entropy",
    "validation_cross_entropy",
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
        lowest_loss: The best epoch by validation cross-entropy, or None without validation.
        highest_accuracy: The best epoch by validation accuracy, likewise.
        trains_other: Whether another loss than plain cross-entropy was trained.
    """

    lines: list[dict[str, Any]]
    columns: dict[str, list[Any]]
    lowest_loss: Best | None
    highest_accuracy: Best | None
    trains_other: bool

    @property
    def two_kinds(self) -> bool:
        """Whether the run, an old one, knows the one loss of training and the other of validation."""
        known = [line for line in self.lines if line["validation_cross_entropy"] is not None]
        return any(line["train_cross_entropy"] is None for line in known)


def curves(run: Run) -> Curves:
    """The run's epochs; the earlier of two equally good ones is the best."""
    lines = [finite({name: line.get(name) for name in COLUMNS}) for line in run.metrics]
    losses = [line for line in lines if line["validation_cross_entropy"] is not None]
    accuracies = [line for line in lines if line["validation_accuracy"] is not None]
    low = min(losses, key=lambda line: float(line["validation_cross_entropy"]), default=None)
    high = max(accuracies, key=lambda line: float(line["validation_accuracy"]), default=None)
    return Curves(
        lines=lines,
        columns={name: [line[name] for line in lines] for name in COLUMNS},
        lowest_loss=low and Best(low["epoch"], low["validation_cross_entropy"]),
        highest_accuracy=high and Best(high["epoch"], high["validation_accuracy"]),
        trains_other=any(line["train_loss"] != line["train_cross_entropy"] for line in lines),
    )
