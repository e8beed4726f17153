"""How many images each class has, in each part of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from thumblab.report.figures.size import PAPER, Size
from thumblab.report.figures.style import COLORS, clipped, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMED = 40
"""So many classes have a bar with their name; more are drawn by rank."""


def class_counts(
    counts: Mapping[str, ArrayLike], names: Sequence[str], *, size: Size = PAPER
) -> Figure:
    """A panel a part: bars by class, or, of many classes, counts from the most frequent down.

    Args:
        counts: By part, such as ``train``, the images of each class ``(classes,)``.
        names: Of the classes.
        size: Of the figure.

    Raises:
        UsageError: If matplotlib is not installed.
        ValueError: If there is no part, or the lengths differ.

    >>> figure = class_counts({"train": [5, 7], "test": [1, 1]}, ["cat", "dog"])
    >>> [axes.get_title("left") for axes in figure.axes]
    ['train: 12 images', 'test: 2 images']
    """
    parts = {part: np.asarray(each) for part, each in counts.items()}
    for part, each in parts.items():
        if each.shape != (len(names),) or not len(names):
            raise ValueError(
                f"{part} has counts of shape {each.shape} for {len(names)} names; give one of each class"
            )
    if not parts:
        raise ValueError("there is no part; give counts of at least one")
    few = len(names) <= NAMED
    with drawing(size) as figure:
        panels = np.atleast_1d(figure.subplots(1, len(parts), sharey=few))
        for place, (axes, (part, each)) in enumerate(zip(panels, parts.items(), strict=True)):
            axes.set_title(f"{part}: {int(each.sum()):,} images", loc="left")
            color = COLORS[place % len(COLORS)]
            if few:
                _bars(axes, each, names, size, color)
            else:
                _ranks(axes, each, color)
        if not few:
            panels[0].set_ylabel("images of a class")
    return figure


def _bars(axes: Axes, counts: np.ndarray, names: Sequence[str], size: Size, color: str) -> None:
    at = np.arange(len(names))
    room = 72 * 0.8 * size.height / len(names)
    font = min(0.9 * size.font, max(4.0, 0.8 * room))
    bars = axes.barh(at, counts, height=0.75, color=color)
    axes.bar_label(bars, [f"{int(each):,}" for each in counts], padding=2, fontsize=font)
    axes.set_yticks(at, [clipped(name, 18) for name in names], fontsize=font)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1.25 * max(1, int(counts.max())))
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)


def _ranks(axes: Axes, counts: np.ndarray, color: str) -> None:
    ordered = np.sort(counts)[::-1]
    axes.fill_between(np.arange(1, len(ordered) + 1), ordered, step="mid", color=color, linewidth=0)
    axes.set_ylim(0, None)
    axes.set_xlim(0.5, len(ordered) + 0.5)
    axes.set_xlabel("classes, most frequent first")
