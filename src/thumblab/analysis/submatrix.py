"""Parts of a confusion matrix: digits among themselves, upper against lower case, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_matrix

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class SubMatrix:
    """Counts of some truths and some guesses.

    Attributes:
        counts: int64 ``(truths, guesses)``.
        elsewhere: Samples of each truth that were taken for a class that is not among the guesses,
            int64 ``(truths,)``; with them each row sums to the samples of its class.
    """

    counts: Array
    elsewhere: Array


def sub_matrix(matrix: Array, truths: Sequence[int], guesses: Sequence[int]) -> SubMatrix:
    """What becomes of the samples of some classes, as far as they are taken for some classes.

    Args:
        matrix: Counts ``(classes, classes)``, row = truth.
        truths: Class indices of the rows, in their order.
        guesses: Class indices of the columns, in their order.

    Raises:
        ValueError: If the matrix is not square or empty, or an index is out of range.

    Example:
        >>> matrix = np.array([[5, 1, 2], [0, 7, 0], [3, 0, 4]])
        >>> part = sub_matrix(matrix, [0, 2], [0, 2])
        >>> part.counts, part.elsewhere
        (array([[5, 2],
               [3, 4]]), array([1, 0]))
    """
    check_matrix(matrix)
    for index in (*truths, *guesses):
        if not 0 <= index < len(matrix):
            raise ValueError(
                f"class {index} is not one of {len(matrix)}; give 0 to {len(matrix) - 1}"
            )
    rows = matrix[list(truths)]
    counts = rows[:, list(guesses)]
    inside = rows[:, sorted(set(guesses))].sum(1)
    return SubMatrix(counts, rows.sum(1) - inside)


def group_confusion(matrix: Array, groups: Array) -> Array:
    """Counts by the group of the truth and the group of the guess.

    Args:
        matrix: Counts ``(classes, classes)``, row = truth.
        groups: Group index of each class ``(classes,)``.

    Returns:
        int64 ``(groups, groups)``; the confusion matrix of guesses that are the guess's group.

    Raises:
        ValueError: If the matrix is not square or empty, or groups do not fit it.

    Example:
        >>> group_confusion(np.array([[5, 1, 2], [0, 7, 0], [3, 0, 4]]), np.array([0, 0, 1]))
        array([[13,  2],
               [ 3,  4]])
    """
    check_matrix(matrix)
    if groups.shape != (len(matrix),):
        raise ValueError(
            f"groups have shape {groups.shape}; give one for each of {len(matrix)} classes"
        )
    members = np.eye(int(groups.max()) + 1, dtype=np.int64)[groups]
    result: Array = members.T @ matrix @ members
    return result
