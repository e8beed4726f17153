"""Which classes a network takes for which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_guesses

Array = NDArray[Any]


def confusion(guesses: Array, labels: Array, classes: int) -> Array:
    """Counts of samples by truth and guess.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        classes: How many classes there are; those that never occur get a row and a column too.

    Returns:
        int64 ``(classes, classes)``: row = truth, column = guess, as in scikit-learn.

    Raises:
        ValueError: If the lengths differ, there is no sample, or an index is out of range.

    Example:
        >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2)
        array([[1, 1],
               [0, 1]])
    """
    check_guesses(guesses, labels, classes)
    cells = labels.astype(np.int64) * classes + guesses
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def row_normalized(matrix: Array) -> Array:
    """Each count as a share of its row: what becomes of the images of a class.

    Args:
        matrix: Counts ``(classes, classes)``, row = truth.

    Returns:
        Fractions in ``[0, 1]``; rows sum to 1, or to 0 where a class has no sample.

    Example:
        >>> row_normalized(np.array([[3, 1], [0, 0]]))
        array([[0.75, 0.25],
               [0.  , 0.  ]])
    """
    totals = matrix.sum(1, keepdims=True)
    result: Array = matrix / np.maximum(totals, 1)
    return result


@dataclass(frozen=True)
class ConfusedPair:
    """Two classes and how often each was taken for the other.

    Attributes:
        first: The lower class index.
        second: The higher one.
        first_as_second: Samples of ``first`` taken for ``second``.
        second_as_first: Samples of ``second`` taken for ``first``.
    """

    first: int
    second: int
    first_as_second: int
    second_as_first: int

    @property
    def total(self) -> int:
        """Mistakes in both directions."""
        return self.first_as_second + self.second_as_first


def most_confused(
    guesses: Array, labels: Array, *, limit: int | None = None
) -> tuple[ConfusedPair, ...]:
    """Pairs of classes by how often they are taken for each other, most often first.

    Pairs that are never confused are left out. Ties come in the order of the class indices. The
    work grows with the samples, not with the square of the classes.

    Args:
        guesses: Class indices ``(n,)``.
        labels: Class indices ``(n,)``.
        limit: At most so many pairs; None gives all.

    Raises:
        ValueError: If the lengths differ or there is no sample.

    Example:
        >>> most_confused(np.array([1, 0, 1]), np.array([0, 1, 1]))
        (ConfusedPair(first=0, second=1, first_as_second=1, second_as_first=1),)
    """
    check_guesses(guesses, labels)
    wrong = guesses != labels
    truth, guess = labels[wrong].astype(np.int64), guesses[wrong].astype(np.int64)
    ends = np.stack([np.minimum(truth, guess), np.maximum(truth, guess)], 1)
    pairs, which = np.unique(ends, axis=0, return_inverse=True)
    which = which.reshape(-1)
    forward = np.bincount(which[truth < guess], minlength=len(pairs))
    backward = np.bincount(which[truth > guess], minlength=len(pairs))
    order = np.argsort(-(forward + backward), kind="stable")[:limit]
    return tuple(
        ConfusedPair(int(pairs[i, 0]), int(pairs[i, 1]), int(forward[i]), int(backward[i]))
        for i in order
    )
