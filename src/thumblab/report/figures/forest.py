"""The forest plot of a verdict: how much better or worse each arm is, its seeds, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thumblab.report.figures.size import PAPER, Size
from thumblab.report.figures.style import COLORS, MUTED, clipped, drawing
from thumblab.report.forest_axis import ends_of, reach, seeds_of
from thumblab.verdict import Comparison, Verdict, Word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS: dict[Word, tuple[str, bool]] = {
    "better": ("^", True),
    "worse": ("v", True),
    "better on these images": ("^", False),
    "worse on these images": ("v", False),
    "no difference that matters": ("s", False),
    "not resolved": ("o", False),
    "void": ("x", True),
}
"""The shape of each word, and whether it is filled."""


def forest(verdict: Verdict, *, size: Size = PAPER) -> Figure:
    """A row a comparison: its seeds as dots, a thick bar for these images, a thin one for images like these.

    The gray band is what does not matter, if that was declared. Each row ends with its word and numbers; a
    star stands for an arm that could still be the best.

    Args:
        verdict: On arms, or on the effects of factors.
        size: Of the figure; more than about twelve rows want a height of their own, as ``6.3x6``.

    Raises:
        UsageError: If matplotlib is not installed.
        ValueError: If nothing was compared.

    >>> from thumblab.verdict import judge
    >>> rng = np.random.default_rng(0)
    >>> hits = {"plain": rng.random((5, 500)) < 0.8, "wide": rng.random((5, 500)) < 0.9}
    >>> forest(judge(hits)).axes[0].get_xlabel()
    'difference from plain (points)'
    """
    found = verdict.comparisons
    if not found:
        raise ValueError("nothing was compared; give a verdict on two arms or more")
    low, high = reach(verdict)
    one = {each.against for each in found} == {verdict.baseline}
    with drawing(size) as figure:
        axes = figure.subplots()
        if verdict.matters:
            axes.axvspan(
                -100 * verdict.matters, 100 * verdict.matters, color="#8a929b", alpha=0.18, lw=0
            )
        axes.axvline(0, color=MUTED, linewidth=0.8)
        for row, each in enumerate(found):
            _row(axes, row, each, verdict, low, high)
        axes.set_xlim(100 * low, 100 * high)
        axes.set_ylim(len(found) - 0.4, -0.6)
        axes.set_yticks(range(len(found)), [_name(each, verdict, one) for each in found])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(
            f"difference from {verdict.baseline} (points)" if one else "difference (points)"
        )
        right = axes.secondary_yaxis("right")
        right.set_yticks(range(len(found)), [_verdict_text(each) for each in found])
        right.tick_params(length=0)
        right.spines["right"].set_visible(False)
    return figure


def _row(
    axes: Axes, row: int, found: Comparison, verdict: Verdict, low: float, high: float
) -> None:
    color = {"b": COLORS[0], "w": COLORS[1]}.get(found.word[0], "#222222")
    for interval, width, shade in (
        (found.these_images, 4.5, 0.45),
        (found.images_like_these, 1.0, 1),
    ):
        if interval is not None:
            ends = 100 * np.clip(interval, low, high)
            tone = COLORS[0] if width > 1 else "#222222"
            axes.plot(
                ends, [row, row], color=tone, alpha=shade, linewidth=width, solid_capstyle="butt"
            )
    seeds = np.array(seeds_of(found, verdict))
    inside = seeds[(seeds >= low) & (seeds <= high)]
    axes.plot(100 * inside, np.full(len(inside), row + 0.3), ".", color="#222222", alpha=0.55,
              markersize=3)  # fmt: skip
    if found.difference is None:
        return
    marker, filled = MARKS[found.word]
    at = 100 * float(np.clip(found.difference, low, high))
    axes.plot(
        [at], [row], marker, color=color, markerfacecolor=color if filled else "white", zorder=3
    )
    every = [*ends_of(found), *seeds]
    if min(every, default=0.0) < low:
        axes.annotate("◂", (100 * low, row), ha="left", va="center")
    if max(every, default=0.0) > high:
        axes.annotate("▸", (100 * high, row), ha="right", va="center")


def _name(found: Comparison, verdict: Verdict, one: bool) -> str:
    name = clipped(found.arm) if one else f"{clipped(found.arm, 14)} − {clipped(found.against, 14)}"
    return f"★ {name}" if found.arm in verdict.could_be_best else name


def _verdict_text(found: Comparison) -> str:
    if found.difference is None or found.word == "void":
        return found.word
    return f"{found.word}, {100 * found.difference:+.2f}"
