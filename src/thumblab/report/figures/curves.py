"""Learning curves of several ways to train: a line is the mean over seeds, a band how far they spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thumblab.report.figures.size import PAPER, Size
from thumblab.report.figures.spread import spread
from thumblab.report.figures.style import COLORS, DASHES, MARKERS, clipped, drawing, whole_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]
Band = Literal["range", "sd"]

LABELED = 10
"""So many lines have their names at their ends; more have a legend."""


@dataclass(frozen=True, eq=False)
class CurvePanel:
    """Lines of one measure.

    Attributes:
        measure: What the y-axis is called, with its unit.
        lines: By name, values ``(seeds, epochs)``; NaN where a run has ended or has no such value.
        percent: Whether the values are fractions that are shown in percent.
    """

    measure: str
    lines: Mapping[str, ArrayLike]
    percent: bool = False


def curves(panels: Sequence[CurvePanel], *, band: Band = "range", size: Size = PAPER) -> Figure:
    """Panels side by side, the epochs along x beginning with 1.

    Args:
        panels: At least one; a name has the same color, dashes and marker in all of them.
        band: ``range`` from the least to the greatest of the seeds, or ``sd``: the mean plus and minus
            one standard deviation. A line of one seed has none.
        size: Of the figure.

    Raises:
        UsageError: If matplotlib is not installed.
        ValueError: If there is no line, or one has no epoch.

    >>> figure = curves([CurvePanel("accuracy", {"mlp": [[0.5, 0.7], [0.4, 0.8]]}, percent=True)])
    >>> figure.axes[0].get_ylabel()
    'accuracy (%)'
    """
    names = list(dict.fromkeys(name for panel in panels for name in panel.lines))
    if not names:
        raise ValueError("there is no curve; give at least one line")
    with drawing(size) as figure:
        several = np.atleast_1d(figure.subplots(1, len(panels)))
        for axes, panel in zip(several, panels, strict=True):
            _draw(axes, panel, names, band)
        if len(names) > LABELED:
            handles, labels = several[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside right center", frameon=False)
    return figure


def mean_and_band(values: Array, band: Band) -> tuple[Array, Array, Array]:
    """Mean, lower and upper end of the band by epoch, over the seeds that have a value there.

    >>> [each.tolist() for each in mean_and_band(np.array([[1.0, 2.0], [3.0, np.nan]]), "range")]
    [[2.0, 2.0], [1.0, 2.0], [3.0, 2.0]]
    """
    known = np.isfinite(values)
    count = known.sum(0)
    total = np.where(known, values, 0.0).sum(0)
    mean = np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)
    if band == "sd":
        squares = np.where(known, (values - mean) ** 2, 0.0).sum(0)
        sd = np.sqrt(np.divide(squares, count - 1, out=np.zeros_like(squares), where=count > 1))
        return mean, mean - sd, mean + sd
    low = np.where(known, values, np.inf).min(0)
    high = np.where(known, values, -np.inf).max(0)
    return mean, np.where(count > 0, low, np.nan), np.where(count > 0, high, np.nan)


def _draw(axes: Axes, panel: CurvePanel, names: Sequence[str], band: Band) -> None:
    scale = 100.0 if panel.percent else 1.0
    ends: dict[str, tuple[float, float]] = {}
    for name, given in panel.lines.items():
        values = scale * np.atleast_2d(np.asarray(given, np.float64))
        if values.ndim != 2 or not values.shape[1]:
            raise ValueError(f"{name!r} has values of shape {values.shape}; give (seeds, epochs)")
        place = names.index(name)
        color, epochs = COLORS[place % len(COLORS)], np.arange(1, values.shape[1] + 1)
        mean, low, high = mean_and_band(values, band)
        axes.plot(
            epochs,
            mean,
            color=color,
            linestyle=DASHES[place % len(DASHES)],
            marker=MARKERS[place % len(MARKERS)],
            markevery=max(1, len(epochs) // 8),
            label=clipped(name),
        )
        if len(values) > 1:
            axes.fill_between(epochs, low, high, color=color, alpha=0.18, linewidth=0)
        known = np.flatnonzero(np.isfinite(mean))
        if len(known):
            ends[name] = float(epochs[known[-1]]), float(mean[known[-1]])
    axes.set_xlabel("epoch")
    axes.set_ylabel(f"{panel.measure} (%)" if panel.percent else panel.measure)
    whole_numbers(axes)
    if len(names) <= LABELED:
        _name_ends(axes, ends, names)


def _name_ends(axes: Axes, ends: Mapping[str, tuple[float, float]], names: Sequence[str]) -> None:
    """Names beside the ends of their lines, moved apart where they would cover one another."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    figure = axes.get_figure(root=True)
    assert figure is not None
    rows = figure.get_figheight() * 72 * 0.75 / (float(_font()) * 1.25)
    wanted = np.array([(y - low) / (high - low) for _, y in ends.values()])
    for name, at in zip(ends, spread(wanted, 1 / max(rows, 1.0), 0.0, 1.0), strict=True):
        axes.annotate(
            clipped(name),
            ends[name],
            xytext=(1.03, float(at)),
            textcoords="axes fraction",
            color=COLORS[names.index(name) % len(COLORS)],
            va="center",
            annotation_clip=False,
        )


def _font() -> float:
    from matplotlib import rcParams

    return float(rcParams["font.size"])
