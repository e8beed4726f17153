"""Clouds of points beside and below one another, a color a class, as an SVG for light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SIDE, GAP, MARGIN, TOP, LINE = 260, 24, 24, 60, 46
COLORS = ("4e79a7", "f28e2b", "e15759", "76b7b2", "59a14f", "c9a400", "b07aa1", "ff7f9f", "9c755f",
           "8a8f94")  # fmt: skip
"""Readable on white and on nearly black, after Tableau's ten."""
STYLE = """text { font: 14px system-ui, sans-serif; fill: #1f2328; }
.head { font-weight: 600; } .small { font-size: 12px; fill: #59636e; } .key { font-size: 11px; }
.ground { fill: #ffffff; stroke: #d0d7de; } .panel { fill: #f6f8fa; stroke: #d0d7de; }
.points { fill: none; stroke-width: 4; stroke-linecap: round; stroke-opacity: .75; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .small { fill: #9198a1; }
.ground { fill: #0d1117; stroke: #3d444d; } .panel { fill: #151b23; stroke: #3d444d; }
}"""


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points of one panel.

    Attributes:
        head: What stands above it.
        note: A smaller line below that.
        points: ``(n, 2)``; drawn to the panel's edges, one scale for both axes.
        labels: Class indices ``(n,)``.
    """

    head: str
    note: str
    points: Array
    labels: Array


def drawing(title: str, rows: Sequence[Sequence[Cloud]], classes: Sequence[str]) -> str:
    """The SVG of a table of clouds, and below it the color of each class, ten of them at most."""
    width = 2 * MARGIN + len(rows[0]) * (SIDE + GAP) - GAP
    height = TOP + len(rows) * (SIDE + LINE + GAP) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img"><title>{escape(title)}</title><style>\n{STYLE}\n</style>',
        f'<rect class="ground" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        f'<text class="head" x="{MARGIN}" y="34">{escape(title)}</text>',
    ]
    for number, row in enumerate(rows):
        for column, cloud in enumerate(row):
            x, y = MARGIN + column * (SIDE + GAP), TOP + number * (SIDE + LINE + GAP)
            parts += [f'<g transform="translate({x} {y})">', *_panel(cloud), "</g>"]
    step = (width - 2 * MARGIN) / len(classes)
    for number, name in enumerate(classes):
        place = MARGIN + number * step
        parts.append(
            f'<circle cx="{place + 6:.0f}" cy="{height - 29}" r="5" fill="#{COLORS[number]}"/>'
        )
        parts.append(
            f'<text class="key" x="{place + 14:.0f}" y="{height - 25}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def _panel(cloud: Cloud) -> list[str]:
    low, high = cloud.points.min(0), cloud.points.max(0)
    scale = (SIDE - 16) / max(float((high - low).max()), 1e-12)
    placed = np.rint((cloud.points - (low + high) / 2) * scale * [1, -1] + SIDE / 2).astype(int)
    parts = [
        f'<text x="0" y="14">{escape(cloud.head)}</text>',
        f'<text class="small" x="0" y="32">{escape(cloud.note)}</text>',
        f'<g transform="translate(0 {LINE - 4})">',
        f'<rect class="panel" width="{SIDE}" height="{SIDE}" rx="4"/>',
    ]
    for label in np.unique(cloud.labels):
        dots = "".join(f"M{x} {y}h0" for x, y in placed[cloud.labels == label].tolist())
        parts.append(f'<path class="points" stroke="#{COLORS[label]}" d="{dots}"/>')
    return [*parts, "</g>"]
