"""Which epoch's weights a run ends with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from thumblab.training.plateau import Line

Keep = Literal["last", "best"]
"""``"best"``: the epoch of highest validation accuracy; of several, that of the lowest validation
loss; of several, the first. What predicts is compared and kept: averaged weights where there are."""


def kept(keep: Keep, lines: Sequence[Line]) -> Line:
    """The line of the epoch whose weights a run with these epochs ends with; at least one.

    >>> told = [(0.5, 2.0), (0.7, 1.5), (0.7, 1.2), (0.6, 1.0)]
    >>> lines = [dict(zip(("validation_accuracy", "validation_loss"), each)) for each in told]
    >>> lines.index(kept("best", lines)), lines.index(kept("last", lines))
    (2, 3)
    """
    if keep == "last":
        return lines[-1]
    return max(lines, key=lambda line: (line["validation_accuracy"], -line["validation_loss"]))
