"""Which epoch's weights a run ends with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from thumblab.experiment.plateau import Line

Best = Literal["best", "validation_accuracy", "validation_loss", "validation_cross_entropy"]
"""The measure by which an epoch is the best; of equals the first is restored.

``"validation_accuracy"``: the highest. ``"validation_loss"``: the lowest, of the loss that is trained;
``"validation_cross_entropy"``: the lowest, of plain cross-entropy. ``"best"``: the highest validation
accuracy, and of several the lowest cross-entropy. What predicts is compared and kept: averaged weights
where there are."""


def restored(best: Best | None, lines: Sequence[Line]) -> Line:
    """The line of the epoch whose weights a run with these epochs ends with; at least one.

    ``None`` is the last epoch.

    >>> told = [(0.5, 2.0), (0.7, 1.5), (0.7, 1.2), (0.6, 1.0)]
    >>> names = ("validation_accuracy", "validation_cross_entropy")
    >>> lines = [dict(zip(names, each)) for each in told]
    >>> [lines.index(restored(best, lines)) for best in (None, "best", *names)]
    [3, 2, 1, 3]
    """
    if best is None:
        return lines[-1]
    if best == "best":
        return max(lines, key=_accuracy_then_loss)
    if best == "validation_accuracy":
        return max(lines, key=lambda line: float(line[best]))
    return min(lines, key=lambda line: float(line[best]))


def _accuracy_then_loss(line: Line) -> tuple[float, float]:
    """What ``"best"`` goes by; lines of earlier versions call cross-entropy the validation loss."""
    loss = line.get("validation_cross_entropy", line.get("validation_loss"))
    return float(line["validation_accuracy"]), -float(loss)
