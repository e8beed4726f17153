"""The confusion matrix: which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thumblab.report.figures.size import PAPER, Size
from thumblab.report.figures.style import clipped, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]

NUMBERED = 16
"""So many classes have numbers in their cells."""

LEAST_FONT = 4.0
"""Points; where names would be smaller, some are left out."""


def confusion(counts: ArrayLike, names: Sequence[str], *, size: Size = PAPER) -> Figure:
    """Shares of each truth's images by what they were taken for.

    Args:
        counts: ``(classes, classes)``, not negative, row = truth; counts of several runs may be summed.
        names: Of the classes.
        size: Of the figure.

    Raises:
        UsageError: If matplotlib is not installed.
        ValueError: If the shapes do not fit.

    >>> confusion([[8, 2], [1, 9]], ["cat", "dog"]).axes[0].get_xlabel()
    'taken for'
    """
    table = np.asarray(counts, np.float64)
    if table.shape != (len(names), len(names)) or not len(names):
        raise ValueError(
            f"counts have shape {table.shape} for {len(names)} names; give a square matrix with a name "
            "for each row"
        )
    support = table.sum(1, keepdims=True)
    shares = 100 * np.divide(table, support, out=np.zeros_like(table), where=support > 0)
    with drawing(size) as figure:
        axes = figure.subplots()
        shown = axes.pcolormesh(shares, cmap="Blues", vmin=0, vmax=100, rasterized=len(names) > 64)
        axes.set_aspect("equal")
        axes.invert_yaxis()
        _name(axes, names, size)
        axes.set_xlabel("taken for")
        axes.set_ylabel("truth")
        for spine in axes.spines.values():
            spine.set_visible(True)
        bar = figure.colorbar(shown, ax=axes, shrink=0.8)
        bar.set_label("share of the truth's images (%)")
        if len(names) <= NUMBERED:
            _number(axes, shares, min(size.font, _cell(len(names), size) * 0.38))
    return figure


def _cell(classes: int, size: Size) -> float:
    """About how high a cell is, in points."""
    return 72 * 0.72 * min(size.width, size.height) / classes


def _name(axes: Axes, names: Sequence[str], size: Size) -> None:
    room = _cell(len(names), size)
    font = max(LEAST_FONT, min(0.9 * size.font, 0.85 * room))
    step = max(1, int(np.ceil(font / (0.85 * room))))
    labels = [clipped(name, 14) for name in names[::step]]
    at = np.arange(0, len(names), step)
    upright = max(map(len, labels)) * 0.6 * font > room * step
    axes.set_xticks(at + 0.5, labels, fontsize=font, rotation=90 if upright else 0)
    axes.set_yticks(at + 0.5, labels, fontsize=font)
    axes.tick_params(length=0)


def _number(axes: Axes, shares: Array, font: float) -> None:
    for (row, column), share in np.ndenumerate(shares):
        if share >= 0.5:
            axes.text(
                column + 0.5,
                row + 0.5,
                f"{share:.0f}",
                ha="center",
                va="center",
                fontsize=font,
                color="white" if share > 55 else "#222222",
            )
