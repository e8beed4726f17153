"""The table of classes: how well each is known, and what it is taken for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thumblab.analysis import Averages, averages, class_scores, most_confused
from thumblab.evaluation.scored import Scored

LONGEST = 1000
"""Rows; of more classes, those with the lowest F1 are listed."""


@dataclass(frozen=True)
class ClassRow:
    """A class's scores, fractions, and the class it is most often taken for, with how often."""

    index: int
    name: str
    precision: float
    recall: float
    f1: float
    support: int
    mistaken: str
    mistakes: int


@dataclass(frozen=True)
class ClassTable:
    """Rows in the order of the classes, and the three averages over all of them."""

    rows: list[ClassRow]
    classes: int
    macro: Averages
    micro: Averages
    weighted: Averages


def class_table(scored: Scored) -> ClassTable:
    """The table of every class, or of the ``LONGEST`` worst."""
    names = scored.classes
    scores = class_scores(scored.guesses, scored.labels, len(names))
    taken = _most_taken_for(scored)
    listed = np.sort(np.argsort(scores.f1, kind="stable")[:LONGEST])
    rows = [
        ClassRow(
            index=int(index),
            name=names[index],
            precision=float(scores.precision[index]),
            recall=float(scores.recall[index]),
            f1=float(scores.f1[index]),
            support=int(scores.support[index]),
            mistaken=names[taken[index][0]] if index in taken else "",
            mistakes=taken[index][1] if index in taken else 0,
        )
        for index in listed
    ]
    macro, micro, weighted = (
        averages(scored.guesses, scored.labels, "macro"),
        averages(scored.guesses, scored.labels, "micro"),
        averages(scored.guesses, scored.labels, "weighted"),
    )
    return ClassTable(rows, len(names), macro, micro, weighted)


def _most_taken_for(scored: Scored) -> dict[int, tuple[int, int]]:
    """For each class that is ever mistaken, the class it is most often taken for, and how often."""
    most: dict[int, tuple[int, int]] = {}
    for pair in most_confused(scored.guesses, scored.labels):
        for truth, guess, times in (
            (pair.first, pair.second, pair.first_as_second),
            (pair.second, pair.first, pair.second_as_first),
        ):
            if times > most.get(truth, (-1, 0))[1]:
                most[truth] = guess, times
    return most
