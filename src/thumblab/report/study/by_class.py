"""In which classes arms differ: intervals that hold for all classes and arms together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thumblab.report.study.points import points, span
from thumblab.report.study.shown import StudyPage
from thumblab.report.study.words import Words
from thumblab.verdict import Comparison, judge

MOST_CLASSES = 200
"""Rows of the table; of more classes, those with the most images are compared."""


@dataclass(frozen=True)
class ClassCell:
    """An arm's difference in a class.

    Attributes:
        value: In points.
        text: The same for people.
        way: 1 or -1 where the difference holds for all classes and arms together, else 0.
        interval: That one, as text.
    """

    value: float
    text: str
    way: int
    interval: str


@dataclass(frozen=True)
class ClassRow:
    """A class and its cells, one an arm."""

    name: str
    images: int
    cells: list[ClassCell]


@dataclass(frozen=True)
class ByClass:
    """Differences by class.

    Attributes:
        arms: Names of the columns.
        rows: A class each.
        resolved: Class, arm and cell of those that are no luck, the largest first.
    """

    arms: list[str]
    rows: list[ClassRow]
    resolved: list[tuple[str, str, ClassCell]]


def by_class(what: StudyPage, say: Words) -> ByClass | None:
    """The table; None without labels, or where the seeds of the arms do not pair."""
    verdict, labels = what.verdict, what.labels
    hits = {arm.name: what.hits[arm.name] for arm in what.arms if arm.name in what.hits}
    shapes = {each.shape for each in hits.values() if len(each)}
    if verdict is None or labels is None or len(hits) < 2 or len(shapes) != 1:
        return None
    if verdict.baseline not in hits or not what.classes:
        return None
    counts = np.bincount(labels, minlength=len(what.classes))
    compared = np.sort(np.argsort(-counts, kind="stable")[:MOST_CLASSES])
    compared = compared[counts[compared] > 1]
    arms = [name for name in hits if name != verdict.baseline]
    rows, resolved = [], []
    for index in compared:
        inside = {name: each[:, labels == index] for name, each in hits.items()}
        level = verdict.level / len(compared)
        found = judge(inside, baseline=verdict.baseline, level=level).arms
        cells = [_cell(found[name].comparison, say) for name in arms]
        name = what.classes[index]
        rows.append(ClassRow(name, int(counts[index]), cells))
        resolved += [(name, arm, each) for arm, each in zip(arms, cells, strict=True) if each.way]
    resolved.sort(key=lambda each: -abs(each[2].value))
    return ByClass(arms, rows, resolved)


def _cell(found: Comparison | None, say: Words) -> ClassCell:
    if found is None or found.difference is None:
        return ClassCell(0.0, "–", 0, "")
    both = found.simultaneous
    interval = both.images_like_these if both else None
    way = 0
    if interval is not None and not interval[0] <= 0 <= interval[1]:
        way = 1 if found.difference > 0 else -1
    shown = span(interval, say("to")) if interval else ""
    value = 100 * found.difference
    return ClassCell(value, points(found.difference, (0.0, 0.1)), way, shown)
