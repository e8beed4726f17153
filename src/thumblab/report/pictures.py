"""Which images go into a page, and the one large picture that holds them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.report.embed import picture_uri
from thumblab.report.judged import Judged

Array = NDArray[Any]

PIXELS = 2_000_000
"""Pixels in all; a pixel takes about one byte of the page."""

LARGEST = 64
"""Images are made smaller if a side is longer."""

SHOWN = 64
"""Pixels of the screen that an image should about fill, by a whole factor."""

COLUMNS = 64
IN_A_CELL = 16
"""Images of one truth taken for one guess; of a right guess, a third of that."""


@dataclass(frozen=True)
class Picture:
    """One image on a page: where in the large picture it lies, and what was said of it."""

    index: int
    column: int
    row: int
    truth: str
    guess: str
    confidence: float
    truth_probability: float


class Album:
    """The images that a page may show, cut from one large picture.

    Attributes:
        rows: Which of the judged images it holds, most instructive first.
        high: Pixels of an image as embedded; ``wide`` likewise.
        zoom: Whole factor by which the page enlarges them.
        uri: The large picture.
    """

    def __init__(self, judged: Judged) -> None:
        self._judged = judged
        step = -(-max(judged.images.shape[1:3]) // LARGEST)
        self.high, self.wide = (-(-side // step) for side in judged.images.shape[1:3])
        self.zoom = max(1, round(SHOWN / max(self.high, self.wide)))
        self.rows = instructive(judged, PIXELS // (self.high * self.wide))
        self._place = {int(row): place for place, row in enumerate(self.rows)}
        self.columns = min(COLUMNS, len(self.rows))
        self.lines = -(-len(self.rows) // self.columns)
        self.uri = picture_uri(self._sheet(judged.images[self.rows][:, ::step, ::step]))

    def _sheet(self, images: Array) -> NDArray[np.uint8]:
        cells = self.columns * self.lines
        sheet = np.zeros((cells, *images.shape[1:]), np.uint8)
        sheet[: len(images)] = images
        grid = sheet.reshape(self.lines, self.columns, *images.shape[1:]).swapaxes(1, 2)
        return grid.reshape(self.lines * self.high, self.columns * self.wide, -1)

    def picture(self, row: int) -> Picture | None:
        """The judged image ``row``, or None if it did not find room."""
        place = self._place.get(int(row))
        if place is None:
            return None
        judged = self._judged
        return Picture(
            index=int(row),
            column=place % self.columns,
            row=place // self.columns,
            truth=judged.classes[judged.labels[row]],
            guess=judged.classes[judged.guesses[row]],
            confidence=float(judged.confidence[row]),
            truth_probability=float(judged.truth_probability[row]),
        )

    def of(self, rows: Array) -> list[Picture]:
        """Those of the judged images ``rows`` that found room, in that order."""
        return [found for row in rows if (found := self.picture(row)) is not None]

    def data(self) -> dict[str, list[Any]]:
        """What the page's script reads: an entry an image, in the order of their places."""
        judged = self._judged
        return {
            "index": self.rows.tolist(),
            "truth": judged.labels[self.rows].tolist(),
            "guess": judged.guesses[self.rows].tolist(),
            "confidence": judged.confidence[self.rows].round(5).tolist(),
        }


def worst(judged: Judged, limit: int) -> Array:
    """Rows of the wrong guesses with the highest losses, highest first."""
    order = np.argsort(-judged.losses, kind="stable")
    wrong: Array = order[(judged.guesses != judged.labels)[order]][:limit]
    return wrong


def of_cell(judged: Judged, truth: int, guess: int, limit: int) -> Array:
    """Rows of one truth taken for one guess, highest loss first."""
    rows = np.flatnonzero((judged.labels == truth) & (judged.guesses == guess))
    found: Array = rows[np.argsort(-judged.losses[rows], kind="stable")][:limit]
    return found


def instructive(judged: Judged, limit: int) -> Array:
    """Rows worth showing, most instructive first.

    The hundred mistakes with the highest losses lead. Then every cell of the confusion matrix has
    its turn, its images by loss: the first of each cell, the second of each, and so on, a cell of
    right guesses only at every third turn.
    """
    order = np.argsort(-judged.losses, kind="stable")
    cell = judged.labels[order] * len(judged.classes) + judged.guesses[order]
    wrong = judged.labels[order] != judged.guesses[order]
    rank = _rank_within(cell)
    first = (np.cumsum(wrong) <= 100) & wrong
    turn = np.where(wrong, rank, 3 * rank)
    queue = np.lexsort((np.arange(len(order)), turn, ~first))
    kept = queue[(first | (turn < IN_A_CELL))[queue]][: max(limit, 1)]
    rows: Array = order[kept]
    return rows


def _rank_within(groups: Array) -> Array:
    """How many earlier entries are of the same group."""
    by_group = np.argsort(groups, kind="stable")
    _, begins, sizes = np.unique(groups[by_group], return_index=True, return_counts=True)
    ranks = np.empty(len(groups), np.int64)
    ranks[by_group] = np.arange(len(groups)) - np.repeat(begins, sizes)
    return ranks
