"""Rules that read groups of classes off a network, by how often the group is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from thumblab.report.figures.size import PAPER, Size
from thumblab.report.figures.style import COLORS, MUTED, clipped, drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def mapping(
    names: Sequence[str],
    accuracies: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    chosen: int | None = None,
    size: Size = PAPER,
) -> Figure:
    """A row a rule: its accuracy over the groups and its 95 % interval.

    Args:
        names: Of the rules ``(n,)``.
        accuracies: Fractions ``(n,)``.
        low: Lower ends of the intervals ``(n,)``, not above the accuracies.
        high: Upper ends ``(n,)``.
        chosen: The row that was chosen on validation images; it is filled, and the word is with it.
        size: Of the figure.

    Raises:
        UsageError: If matplotlib is not installed.
        ValueError: If the lengths differ.

    >>> figure = mapping(["argmax", "sum"], [0.8, 0.82], [0.78, 0.8], [0.82, 0.84], chosen=1)
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['argmax', 'sum (chosen)']
    """
    values, least, most = (100 * np.asarray(each, np.float64) for each in (accuracies, low, high))
    if not len(names) == len(values) == len(least) == len(most) or not len(names):
        raise ValueError(
            f"there are {len(names)} names, {len(values)} accuracies, {len(least)} lower and {len(most)} "
            "upper ends; give one of each for every rule"
        )
    at = np.arange(len(names))
    marks = [f"{clipped(name)} (chosen)" if row == chosen else clipped(name, 32)
             for row, name in enumerate(names)]  # fmt: skip
    with drawing(size) as figure:
        axes = figure.subplots()
        axes.hlines(at, least, most, color=MUTED)
        filled = np.array([row == chosen for row in at])
        axes.scatter(values, at, facecolor=np.where(filled, COLORS[0], "white"), edgecolor=COLORS[0],
                     zorder=3)  # fmt: skip
        axes.set_yticks(at, marks)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("right group (%), with 95 % interval")
    return figure
