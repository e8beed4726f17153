"""Confusion matrices as small drawings, and the confusions that changed most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from thumblab.report.study.shown import StudyPage

Array = NDArray[Any]

LEVELS = 6
"""Shades of a cell."""

CELLS = 20
"""Rows of the table of changes."""


@dataclass(frozen=True)
class Changed:
    """Images of ``truth`` taken for ``guess``: shares of the truth's images."""

    arm: str
    truth: str
    guess: str
    before: float
    after: float


def small_confusion(counts: Array, name: str) -> Markup:
    """A drawing of row shares: one path a shade, nothing where nothing happened."""
    shares = _shares(counts)
    classes = len(shares)
    shade = np.ceil(np.sqrt(shares) * LEVELS).astype(int)
    parts = []
    right = np.eye(classes, dtype=bool)
    for kind, cells in (("right", right), ("wrong", ~right)):
        for level in range(1, LEVELS + 1):
            rows, columns = np.nonzero((shade == level) & cells)
            if len(rows):
                path = "".join(
                    f"M{column} {row}h1v1h-1z" for row, column in zip(rows, columns, strict=True)
                )
                parts.append(f'<path class="{kind} s{level}" d="{path}"/>')
    accuracy = 100 * np.trace(counts) / max(int(counts.sum()), 1)
    return Markup(
        f'<svg class="confusion" viewBox="0 0 {classes} {classes}" role="img" '
        f'aria-label="{escape(name)}: {accuracy:.1f} %">{"".join(parts)}</svg>'
    )


def _shares(counts: Array) -> Array:
    support = counts.sum(1, keepdims=True)
    shares: Array = np.divide(counts, support, out=np.zeros(counts.shape), where=support > 0)
    return shares


def changed(what: StudyPage) -> list[Changed]:
    """The confusions whose share differs most between the baseline and an arm."""
    first = what.baseline.confusion
    if first is None or len(first) != len(what.classes):
        return []
    before, found = _shares(first), []
    for arm in what.arms:
        if arm is what.baseline or arm.confusion is None or arm.confusion.shape != first.shape:
            continue
        after = _shares(arm.confusion)
        apart = np.abs(after - before)
        np.fill_diagonal(apart, 0)
        for cell in np.argsort(-apart, axis=None, kind="stable")[:CELLS]:
            row, column = divmod(int(cell), len(first))
            if apart[row, column] > 0:
                names = what.classes[row], what.classes[column]
                shares = float(before[row, column]), float(after[row, column])
                found.append(Changed(arm.name, *names, *shares))
    return sorted(found, key=lambda each: -abs(each.after - each.before))[:CELLS]
