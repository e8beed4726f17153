"""The confusion matrix and the pairs of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import Grouping, confusion, confusion_order, group_order, most_confused
from thumblab.evaluation.judged import Judged
from thumblab.report.pictures import Album, Picture, of_cell

Array = NDArray[Any]

LARGEST_MATRIX = 160
"""Classes in a matrix; of more, those with the most mistakes are drawn."""

PAIRS, IN_A_ROW = 12, 6


@dataclass(frozen=True)
class Direction:
    """Images of ``truth`` that were taken for ``guess``: a few of ``count``, of ``support``."""

    truth: str
    guess: str
    count: int
    support: int
    pictures: list[Picture]


@dataclass(frozen=True)
class PairCard:
    """Two classes that are taken for each other, with the mistakes both ways."""

    first: str
    second: str
    total: int
    directions: tuple[Direction, Direction]


def pair_cards(judged: Judged, album: Album | None) -> list[PairCard]:
    """The most confused pairs, most confused first."""
    support = np.bincount(judged.labels, minlength=len(judged.classes))

    def direction(truth: int, guess: int, count: int) -> Direction:
        rows = of_cell(judged, truth, guess, IN_A_ROW)
        return Direction(
            truth=judged.classes[truth],
            guess=judged.classes[guess],
            count=count,
            support=int(support[truth]),
            pictures=album.of(rows) if album else [],
        )

    return [
        PairCard(
            first=judged.classes[pair.first],
            second=judged.classes[pair.second],
            total=pair.total,
            directions=(
                direction(pair.first, pair.second, pair.first_as_second),
                direction(pair.second, pair.first, pair.second_as_first),
            ),
        )
        for pair in most_confused(judged.guesses, judged.labels, limit=PAIRS)
    ]


def counts_of(judged: Judged) -> tuple[Array, Array]:
    """The classes that a matrix has room for, ascending, and its counts, row = truth."""
    shown = _shown(judged)
    position = np.full(len(judged.classes), -1)
    position[shown] = np.arange(len(shown))
    truth, guess = position[judged.labels], position[judged.guesses]
    inside = (truth >= 0) & (guess >= 0)
    if not inside.any():
        return shown, np.zeros((len(shown), len(shown)), np.int64)
    return shown, confusion(guess[inside], truth[inside], len(shown))


def matrix_data(judged: Judged, grouping: Grouping | None = None) -> dict[str, Any]:
    """What the page's script reads: counts of the classes drawn, their support and their orders.

    ``shown`` are class indices, ascending; ``counts`` and ``support`` follow it, and ``clustered``
    and ``grouped`` are permutations of its positions. Shares are of a class's whole support, so that
    a row of a matrix that leaves classes out may sum to less than 1.
    """
    shown, counts = counts_of(judged)
    support = np.bincount(judged.labels, minlength=len(judged.classes))[shown]
    groups = np.array(grouping.groups)[shown] if grouping else None
    return {
        "shown": shown.tolist(),
        "counts": counts.tolist(),
        "support": support.tolist(),
        "clustered": confusion_order(counts).tolist(),
        "grouped": None if groups is None else group_order(groups).tolist(),
        "groups": None if groups is None else groups.tolist(),
        "group_names": grouping.names if grouping else (),
        "classes": len(judged.classes),
    }


def _shown(judged: Judged) -> Array:
    classes = len(judged.classes)
    if classes <= LARGEST_MATRIX:
        return np.arange(classes)
    wrong = judged.labels != judged.guesses
    ends = np.concatenate([judged.labels[wrong], judged.guesses[wrong], judged.labels])
    weights = np.repeat([1.0, 1.0, 1e-9], [wrong.sum(), wrong.sum(), len(wrong)])
    mistakes = np.bincount(ends, weights, classes)
    kept: Array = np.sort(np.argsort(-mistakes, kind="stable")[:LARGEST_MATRIX])
    return kept
