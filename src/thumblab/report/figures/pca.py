"""Features of images along their first two principal components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thumblab.report.figures.size import PAPER, Size
from thumblab.report.figures.style import COLORS, MARKERS, MUTED, clipped, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Projected:
    """A cloud of points.

    Attributes:
        title: Such as ``before training``.
        points: ``(n, components)``, at least two components.
        explained: Share of the variance along each component, in its order.
    """

    title: str
    points: ArrayLike
    explained: ArrayLike


def pca(
    clouds: Sequence[Projected],
    labels: ArrayLike,
    names: Sequence[str],
    *,
    shown: Sequence[int] | None = None,
    size: Size = PAPER,
) -> Figure:
    """A panel a cloud; each class has a color and a marker, which a legend names.

    Args:
        clouds: At least one, of the same images.
        labels: Class indices ``(n,)``.
        names: Of the classes.
        shown: Classes that are told apart; the others are gray. None for the first seven.
        size: Of the figure.

    Raises:
        UsageError: If matplotlib is not installed.
        ValueError: If the shapes do not fit.

    >>> cloud = Projected("after training", np.eye(4), [0.5, 0.2, 0.2, 0.1])
    >>> pca([cloud], [0, 0, 1, 1], ["cat", "dog"]).axes[0].get_xlabel()
    'PC 1 (50 % of the variance)'
    """
    classes = np.asarray(labels)
    colored = list(range(len(names))) if shown is None else list(shown)
    with drawing(size) as figure:
        panels = np.atleast_1d(figure.subplots(1, len(clouds)))
        for axes, cloud in zip(panels, clouds, strict=True):
            _cloud(axes, cloud, classes, names, colored[: len(COLORS)], size)
        handles, marks = panels[0].get_legend_handles_labels()
        if handles:
            figure.legend(
                handles, marks, loc="outside right center", frameon=False, handletextpad=0.1
            )
    return figure


def _cloud(
    axes: Axes,
    cloud: Projected,
    labels: Array,
    names: Sequence[str],
    colored: list[int],
    size: Size,
) -> None:
    points, explained = np.asarray(cloud.points, np.float64), np.asarray(cloud.explained)
    if points.ndim != 2 or points.shape[1] < 2 or len(points) != len(labels):
        raise ValueError(
            f"points have shape {points.shape} for {len(labels)} labels; give (n, components) with at "
            "least two components"
        )
    area = (size.font / 3.2) ** 2
    rest = ~np.isin(labels, colored)
    axes.scatter(
        points[rest, 0], points[rest, 1], s=0.6 * area, color=MUTED, alpha=0.4, linewidth=0
    )
    for place, index in enumerate(colored):
        own = points[labels == index, :2]
        if len(own):
            axes.scatter(own[:, 0], own[:, 1], s=area, color=COLORS[place], marker=MARKERS[place], alpha=0.75,
                         linewidth=0, label=clipped(names[index], 16))  # fmt: skip
    axes.set_title(cloud.title, loc="left")
    axes.set_xlabel(f"PC 1 ({100 * explained[0]:.0f} % of the variance)")
    axes.set_ylabel(f"PC 2 ({100 * explained[1]:.0f} %)")
    axes.set_xticks([])
    axes.set_yticks([])
