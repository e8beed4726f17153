"""The forest plot: a row an arm, with its seeds, its intervals and its word.

Each row is an SVG of its own whose places along the width are shares, so that letters, dots and bars keep
their size on any screen, and in print.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from thumblab.report.forest_axis import reach as axis_reach
from thumblab.report.forest_axis import seeds_of
from thumblab.report.study.marks import key, mark
from thumblab.report.study.points import points, span
from thumblab.report.study.ticks import label, ticks
from thumblab.report.study.words import Words
from thumblab.verdict import Comparison, Verdict

HEIGHT, BARS, DOTS = 44, 15, 33
"""Of a row, and how low its bars and its dots lie; pixels."""

Interval = tuple[float, float]


@dataclass(frozen=True)
class ForestRow:
    """A comparison as a row.

    Attributes:
        name: Of the arm.
        against: What it is compared with, where that is not the baseline of all; else empty.
        best: Whether it could still be the best.
        plot: The SVG.
        key: The shape of its word.
        word: Its word in the page's language.
        numbers: Difference and interval.
        void: Why the comparison is void, or empty.
    """

    name: str
    against: str
    best: bool
    plot: Markup
    key: Markup
    word: str
    numbers: str
    void: str


@dataclass(frozen=True)
class Forest:
    """All rows, the axis below them, and what lies behind both."""

    rows: list[ForestRow]
    axis: Markup
    ground: str


def forest(verdict: Verdict, say: Words) -> Forest:
    """The plot of a verdict's comparisons, with one scale for all."""
    reach = axis_reach(verdict)
    one = {found.against for found in verdict.comparisons} == {verdict.baseline}
    rows = [_row(found, verdict, reach, say, one) for found in verdict.comparisons]
    return Forest(rows, _axis(reach, say), _ground(verdict.matters, reach))


def _share(value: float, reach: Interval) -> float:
    return 100 * (value - reach[0]) / (reach[1] - reach[0])


def _row(
    found: Comparison, verdict: Verdict, reach: Interval, say: Words, one_baseline: bool
) -> ForestRow:
    interval = found.images_like_these or found.these_images
    numbers = ""
    if found.difference is not None:
        numbers = points(found.difference, interval)
        numbers += f" ({span(interval, say('to'))})" if interval else ""
    word = say.word(found.word)
    label = f"{found.arm}: {word}, {numbers}" if numbers else f"{found.arm}: {word}"
    return ForestRow(
        name=found.arm,
        against="" if one_baseline else found.against,
        best=found.arm in verdict.could_be_best,
        plot=_plot(found, verdict, reach, label),
        key=key(found.word),
        word=word,
        numbers=numbers,
        void=found.reason,
    )


def _plot(found: Comparison, verdict: Verdict, reach: Interval, label: str) -> Markup:
    parts, beyond = [], False
    for name, each in (("like", found.images_like_these), ("these", found.these_images)):
        if each is not None:
            low, high = (min(max(_share(end, reach), 0.0), 100.0) for end in each)
            beyond |= min(each) < reach[0] or max(each) > reach[1]
            parts.append(
                f'<line class="{name}" x1="{low:.2f}%" x2="{high:.2f}%" y1="{BARS}" y2="{BARS}"/>'
            )
    for seed in seeds_of(found, verdict):
        at = _share(seed, reach)
        beyond |= not 0 <= at <= 100
        if 0 <= at <= 100:
            parts.append(f'<circle class="seed" cx="{at:.2f}%" cy="{DOTS}" r="3"/>')
    if found.difference is not None:
        at = _share(found.difference, reach)
        if 0 <= at <= 100:
            parts.append(mark(found.word, f"{at:.2f}%", BARS))
    if beyond:
        parts.append(_beyond(found, reach))
    inside = "".join(parts)
    return Markup(
        f'<svg class="plot" width="100%" height="{HEIGHT}" role="img" aria-label="{escape(label)}">'
        f"{inside}</svg>"
    )


def _ground(matters: float | None, reach: Interval) -> str:
    """Places for the style sheet: of no difference, and of what does not matter."""
    zero, half = _share(0.0, reach), matters or 0.0
    low, high = _share(-half, reach), _share(half, reach)
    return f"--zero:{zero:.2f}%;--low:{low:.2f}%;--high:{high:.2f}%"


def _beyond(found: Comparison, reach: Interval) -> str:
    """An arrow at the edge that the arm lies beyond."""
    left = (found.difference or 0.0) < sum(reach) / 2
    at, path = ("0%", "M10 -5L2 0L10 5") if left else ("100%", "M-10 -5L-2 0L-10 5")
    return f'<svg x="{at}" y="{BARS}" overflow="visible" class="beyond"><path d="{path}"/></svg>'


def _axis(reach: Interval, say: Words) -> Markup:
    parts = []
    for value in ticks(100 * reach[0], 100 * reach[1], 7):
        at = _share(value / 100, reach)
        sign = "+" if value > 0 else ""
        parts.append(f'<line class="tick" x1="{at:.2f}%" x2="{at:.2f}%" y1="0" y2="5"/>')
        if 3 < at < 97:
            parts.append(f'<text x="{at:.2f}%" y="19">{sign}{label(value)}</text>')
    unit = escape(say("points"))
    parts.append(f'<text class="unit" x="50%" y="36">{unit}</text>')
    return Markup(
        f'<svg class="plot axis" width="100%" height="40" aria-hidden="true">{"".join(parts)}</svg>'
    )
