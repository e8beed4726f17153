"""The confusion matrix and the pairs of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis import Grouping, confusion, confusion_order, group_order, most_confused
from thumblab.evaluation.scored import Scored
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


def pair_cards(scored: Scored, album: Album | None) -> list[PairCard]:
    """The most confused pairs, most confused first."""
    support = np.bincount(scored.labels, minlength=len(scored.classes))

    def direction(truth: int, guess: int, count: int) -> Direction:
        rows = of_cell(scored, truth, guess, IN_A_ROW)
        return Direction(
            truth=scored.classes[truth],
            guess=scored.classes[guess],
            count=count,
            support=int(support[truth]),
            pictures=album.of(rows) if album else [],
        )

    return [
        PairCard(
            first=scored.classes[pair.first],
            second=scored.classes[pair.second],
            total=pair.total,
            directions=(
                direction(pair.first, pair.second, pair.first_as_second),
                direction(pair.second, pair.first, pair.second_as_first),
            ),
        )
        for pair in most_confused(scored.guesses, scored.labels, limit=PAIRS)
    ]


def counts_of(scored: Scored) -> tuple[Array, Array]:
    """The classes that a matrix has room for, ascending, and its counts, row = truth."""
    shown = _shown(scored)
    position = np.full(len(scored.classes), -1)
    position[shown] = np.arange(len(shown))
    truth, guess = position[scored.labels], position[scored.guesses]
    inside = (truth >= 0) & (guess >= 0)
    if not inside.any():
        return shown, np.zeros((len(shown), len(shown)), np.int64)
    return shown, confusion(guess[inside], truth[inside], len(shown))


def matrix_data(scored: Scored, grouping: Grouping | None = None) -> dict[str, Any]:
    """What the page's script reads: counts of the classes drawn, their support and their orders.

    ``shown`` are class indices, ascending; ``counts`` and ``support`` follow it, and ``clustered``
    and ``grouped`` are permutations of its positions. Shares are of a class's whole support, so that
    a row of a matrix that leaves classes out may sum to less than 1.
    """
    shown, counts = counts_of(scored)
    support = np.bincount(scored.labels, minlength=len(scored.classes))[shown]
    groups = np.array(grouping.groups)[shown] if grouping else None
    return {
        "shown": shown.tolist(),
        "counts": counts.tolist(),
        "support": support.tolist(),
        "clustered": confusion_order(counts).tolist(),
        "grouped": None if groups is None else group_order(groups).tolist(),
        "groups": None if groups is None else groups.tolist(),
        "group_names": grouping.names if grouping else (),
        "classes": len(scored.classes),
    }


def _shown(scored: Scored) -> Array:
    classes = len(scored.classes)
    if classes <= LARGEST_MATRIX:
        return np.arange(classes)
    wrong = scored.labels != scored.guesses
    ends = np.concatenate([scored.labels[wrong], scored.guesses[wrong], scored.labels])
    weights = np.repeat([1.0, 1.0, 1e-9], [wrong.sum(), wrong.sum(), len(wrong)])
    mistakes = np.bincount(ends, weights, classes)
    kept: Array = np.sort(np.argsort(-mistakes, kind="stable")[:LARGEST_MATRIX])
    return kept
