"""Sets of classes that a network takes for one another, found from the confusions alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_matrix
from thumblab.analysis.confusion import row_normalized

Array = NDArray[Any]


@dataclass(frozen=True)
class ConfusableGroup:
    """Classes that are taken for one another.

    Attributes:
        classes: Class indices, ascending, at least two.
        share: Mean over its pairs of how often one is taken for the other, a fraction of the samples
            (mean of both directions).
    """

    classes: tuple[int, ...]
    share: float


def mutual_confusion(matrix: Array) -> Array:
    """How often two classes are taken for each other: mean of both directions, as shares of samples.

    Shares and not counts, so that a rare class weighs as much as a common one.

    Args:
        matrix: Counts ``(classes, classes)``, row = truth.

    Returns:
        Fractions ``(classes, classes)``, symmetric, in ``[0, 1]``, with 0 on the diagonal.

    Raises:
        ValueError: If the matrix is not square or empty.

    Example:
        >>> mutual_confusion(np.array([[3, 1], [0, 0]]))
        array([[0.   , 0.125],
               [0.125, 0.   ]])
    """
    check_matrix(matrix)
    shares = row_normalized(matrix)
    mutual: Array = (shares + shares.T) / 2
    np.fill_diagonal(mutual, 0)
    return mutual


def confusable_groups(matrix: Array, *, share: float = 0.05) -> tuple[ConfusableGroup, ...]:
    """Groups of classes by hierarchical clustering of the confusions, most confused first.

    Clusters join by their average mutual confusion, as long as that is at least ``share``: a pair
    like 0 and O joins at once, and q joins 9 and g if the mean over q-9 and q-g is high enough.

    Args:
        matrix: Counts ``(classes, classes)``, row = truth.
        share: Least mean mutual confusion of two clusters that join, in ``(0, 1]``.

    Returns:
        Groups of at least two classes; classes that nothing is taken for are in none. Of equal
        shares the one with the lowest class comes first. Another numbering of the classes may give
        another result where confusions tie.

    Raises:
        ValueError: If the matrix is not square or empty, or ``share`` is out of range.

    Example:
        >>> confusable_groups(np.array([[5, 0, 3], [0, 8, 0], [2, 0, 6]]))
        (ConfusableGroup(classes=(0, 2), share=0.3125),)

    Source: average linkage (Sokal & Michener 1958), by SciPy.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; give a fraction above 0, at most 1")
    mutual = mutual_confusion(matrix)
    if len(mutual) == 1:
        return ()
    distances = squareform(1 - mutual - np.eye(len(mutual)), checks=False)
    tree = linkage(distances, method="average")
    clusters = fcluster(tree, 1 - share + 1e-12, criterion="distance")
    members = [np.flatnonzero(clusters == cluster) for cluster in np.unique(clusters)]
    groups = [
        ConfusableGroup(
            tuple(map(int, rows)), float(mutual[np.ix_(rows, rows)][_pairs(rows)].mean())
        )
        for rows in members
        if len(rows) > 1
    ]
    return tuple(sorted(groups, key=lambda group: (-group.share, group.classes)))


def _pairs(rows: Array) -> tuple[Array, Array]:
    return np.triu_indices(len(rows), 1)
