"""Which of the scored images go into a page, and where they lie in its large picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.evaluation.scored import Scored
from thumblab.report.mosaic import Mosaic, embedded_size

Array = NDArray[Any]

PIXELS = 4_000_000
"""Pixels in all; a pixel takes about one byte of the page."""

LEADING = 100
"""Worst mistakes, and typical right guesses, that come before all others."""

IN_A_CELL = 16
"""Images of one truth taken for one guess; of a right guess, a third of that."""


@dataclass(frozen=True)
class Picture:
    """One image on a page: where in the large picture it lies, and what was said of it.

    ``file`` is empty where images are no files of their own.
    """

    index: int
    column: int
    row: int
    truth: str
    guess: str
    confidence: float
    truth_probability: float
    file: str = ""


class Album:
    """The images that a page may show, cut from one large picture.

    Attributes:
        rows: Which of the scored images it holds, most instructive first.
        mosaic: The large picture.
    """

    def __init__(self, scored: Scored) -> None:
        self._scored = scored
        high, wide = embedded_size(scored.images)
        self.rows = instructive(scored, PIXELS // (high * wide))
        self._place = {int(row): place for place, row in enumerate(self.rows)}
        self.mosaic = Mosaic(scored.images[self.rows])

    def picture(self, row: int) -> Picture | None:
        """The scored image ``row``, or None if it did not find room."""
        place = self._place.get(int(row))
        if place is None:
            return None
        scored = self._scored
        return Picture(
            index=int(row),
            column=place % self.mosaic.columns,
            row=place // self.mosaic.columns,
            truth=scored.classes[scored.labels[row]],
            guess=scored.classes[scored.guesses[row]],
            confidence=float(scored.confidence[row]),
            truth_probability=float(scored.truth_probability[row]),
            file=scored.files[row] if scored.files else "",
        )

    def of(self, rows: Array) -> list[Picture]:
        """Those of the scored images ``rows`` that found room, in that order."""
        return [found for row in rows if (found := self.picture(row)) is not None]

    def data(self) -> dict[str, list[Any]]:
        """What the page's script reads: an entry an image, in the order of their places."""
        scored = self._scored
        return {
            "index": self.rows.tolist(),
            "truth": scored.labels[self.rows].tolist(),
            "guess": scored.guesses[self.rows].tolist(),
            "confidence": scored.confidence[self.rows].round(5).tolist(),
            "file": [scored.files[row] for row in self.rows] if scored.files else None,
        }


def worst(scored: Scored, limit: int) -> Array:
    """Rows of the wrong guesses with the highest losses, highest first."""
    order = np.argsort(-scored.losses, kind="stable")
    wrong: Array = order[(scored.guesses != scored.labels)[order]][:limit]
    return wrong


def of_cell(scored: Scored, truth: int, guess: int, limit: int) -> Array:
    """Rows of one truth taken for one guess, highest loss first."""
    rows = np.flatnonzero((scored.labels == truth) & (scored.guesses == guess))
    found: Array = rows[np.argsort(-scored.losses[rows], kind="stable")][:limit]
    return found


def typical(scored: Scored, limit: int) -> Array:
    """Rows of right guesses: of each class the one of median confidence, at most ``limit`` of them.

    Half of the class's right guesses are surer and half less so; of an even number the surer middle
    one is taken. Classes come in their order; of too many, those with the most images.
    """
    right = np.flatnonzero(scored.guesses == scored.labels)
    right = right[np.lexsort((-scored.confidence[right], scored.labels[right]))]
    kinds, begins, sizes = np.unique(scored.labels[right], return_index=True, return_counts=True)
    images = np.bincount(scored.labels)[kinds]
    kept = np.sort(np.argsort(-images, kind="stable")[:limit])
    rows: Array = right[(begins + (sizes - 1) // 2)[kept]]
    return rows


def among(scored: Scored, classes: Array, limit: int) -> Array:
    """Rows of these classes taken for one another: the highest loss of each way, then the second."""
    inside = np.isin(scored.labels, classes) & np.isin(scored.guesses, classes)
    rows = np.flatnonzero(inside & (scored.labels != scored.guesses))
    rows = rows[np.argsort(-scored.losses[rows], kind="stable")]
    turn = _rank_within(_cells(scored, rows))
    found: Array = rows[np.argsort(turn, kind="stable")][:limit]
    return found


def instructive(scored: Scored, limit: int) -> Array:
    """Rows worth showing, most instructive first.

    The hundred mistakes with the highest losses lead, then typical right guesses. Then the cells of
    the confusion matrix take turns, each giving its images by loss. A cell of ``size`` images gives
    its ``i``-th at ``i / sqrt(size)``, so that a common confusion shows several before a single slip
    shows its one; a cell of right guesses gives only every third turn.
    """
    order = np.argsort(-scored.losses, kind="stable")
    wrong = scored.labels[order] != scored.guesses[order]
    cell = _cells(scored, order)
    _, which, sizes = np.unique(cell, return_inverse=True, return_counts=True)
    rank = np.where(wrong, 1, 3) * _rank_within(cell)
    first = (np.cumsum(wrong) <= LEADING) & wrong
    second = np.isin(order, typical(scored, LEADING))
    turn = (rank + 1) / np.sqrt(sizes[which])
    queue = np.lexsort((np.arange(len(order)), turn, ~second, ~first))
    kept = queue[(first | second | (rank < IN_A_CELL))[queue]][: max(limit, 1)]
    rows: Array = order[kept]
    return rows


def _cells(scored: Scored, rows: Array) -> Array:
    """Which cell of the confusion matrix each of these rows is in."""
    cells: Array = scored.labels[rows] * len(scored.classes) + scored.guesses[rows]
    return cells


def _rank_within(groups: Array) -> Array:
    """How many earlier entries are of the same group."""
    by_group = np.argsort(groups, kind="stable")
    _, begins, sizes = np.unique(groups[by_group], return_index=True, return_counts=True)
    ranks = np.empty(len(groups), np.int64)
    ranks[by_group] = np.arange(len(groups)) - np.repeat(begins, sizes)
    return ranks
