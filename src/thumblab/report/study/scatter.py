"""Accuracy against cost, as a drawing with the arms' names at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import numpy as np
from markupsafe import Markup, escape

from thumblab.report.figures.spread import spread
from thumblab.report.figures.style import clipped
from thumblab.report.study.ticks import label, log_ticks, ticks

WIDTH = 420
LEFT, RIGHT, TOP, BOTTOM = 38, 150, 12, 40
LINE = 13.0
"""Height of a name."""


@dataclass(frozen=True)
class Point:
    """An arm: its cost, above 0; mean accuracy and standard deviation in percent; how it is drawn."""

    name: str
    cost: float
    mean: float
    sd: float
    filled: bool


def scatter(points: Sequence[Point], title: str, y_title: str) -> Markup:
    """The drawing; costs lie on a logarithmic axis if the largest is thrice the least or more."""
    height = max(260, int(LINE * (len(points) + 1)) + TOP + BOTTOM)
    costs = np.array([point.cost for point in points])
    logarithmic = costs.max() >= 3 * costs.min()
    along = np.log10(costs) if logarithmic else costs
    low, high = _padded(along)
    ends = [
        [point.mean - point.sd for point in points],
        [point.mean + point.sd for point in points],
    ]
    bottom, top = _padded(np.concatenate(ends))
    x = LEFT + (WIDTH - LEFT - RIGHT) * (along - low) / (high - low)
    scale = (height - TOP - BOTTOM) / (top - bottom)
    y = height - BOTTOM - scale * (np.array([point.mean for point in points]) - bottom)
    names = spread(y, LINE, TOP + LINE / 2, height - BOTTOM - LINE / 2)
    parts = []
    for value in ticks(bottom, top, 6):
        at = height - BOTTOM - scale * (value - bottom)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
        )
        parts.append(f'<text class="end" x="{LEFT - 4}" y="{at + 3.5:.1f}">{label(value)}</text>')
    for value in log_ticks(10**low, 10**high) if logarithmic else ticks(low, high, 4):
        place = log10(value) if logarithmic else value
        at = LEFT + (WIDTH - LEFT - RIGHT) * (place - low) / (high - low)
        parts.append(
            f'<text class="middle" x="{at:.1f}" y="{height - BOTTOM + 15}">{label(value)}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text class="middle title" x="{middle:g}" y="{height - 6}">{escape(title)}</text>'
    )
    for point, at, mean, beside in zip(points, x, y, names, strict=True):
        parts.append(_point(point, at, mean, beside, scale * point.sd))
    described = f"{escape(y_title)}, {escape(title)}"
    return Markup(
        f'<svg class="scatter" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{described}">'
        f"{''.join(parts)}</svg>"
    )


def _padded(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 0.1 * abs(high) or 0.5
    return low - margin, high + margin


def _point(point: Point, x: float, y: float, beside: float, sd: float) -> str:
    kind, at = ("filled" if point.filled else "hollow"), WIDTH - RIGHT + 8
    name = clipped(point.name, 22)
    return (
        f'<path class="lead" d="M{x:.1f} {y:.1f}L{at - 6} {beside:.1f}H{at - 2}"/>'
        f'<line class="sd" x1="{x:.1f}" x2="{x:.1f}" y1="{y - sd:.1f}" y2="{y + sd:.1f}"/>'
        f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
        f'<text x="{at}" y="{beside + 3.5:.1f}">{escape(name)}</text>'
    )
