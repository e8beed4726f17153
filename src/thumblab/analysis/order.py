"""Orders of the classes in which those that belong together stand side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_matrix
from thumblab.analysis.confusable import mutual_confusion

Array = NDArray[Any]

MOST_FOR_BEST_ORDER = 256
"""Up to so many classes, branches are turned to bring neighbors closest; slow beyond."""


def confusion_order(matrix: Array) -> Array:
    """Class indices by hierarchical clustering of the confusions.

    Two classes are the closer, the larger the mean share of either that is taken for the other;
    clusters join by their average distance, and branches are turned so that neighbors are close.
    Of that order and its mirror image, the one that starts with the lower index is taken.

    Args:
        matrix: Counts ``(classes, classes)``, row = truth.

    Returns:
        A permutation of ``range(classes)``, int64; the same for the same matrix. Another numbering
        of the classes may give another order where distances tie, as between classes that are
        never confused.

    Raises:
        ValueError: If the matrix is not square or empty.

    Example:
        >>> confusion_order(np.array([[5, 0, 3], [0, 8, 0], [2, 0, 6]])).tolist()
        [0, 2, 1]

    Source: Bar-Joseph et al. 2001, doi:10.1093/bioinformatics/17.suppl_1.S22, by SciPy.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    check_matrix(matrix)
    if len(matrix) == 1:
        return np.zeros(1, np.int64)
    distances = 1 - mutual_confusion(matrix) - np.eye(len(matrix))
    tree = linkage(
        squareform(distances, checks=False),
        method="average",
        optimal_ordering=len(matrix) <= MOST_FOR_BEST_ORDER,
    )
    order: Array = leaves_list(tree).astype(np.int64)
    return order if order[0] < order[-1] else order[::-1]


def group_order(groups: Array) -> Array:
    """Class indices group by group, and inside a group as they were.

    Args:
        groups: Group index of each class ``(classes,)``.

    Returns:
        A permutation of ``range(classes)``, int64.

    Example:
        >>> group_order(np.array([1, 0, 1, 0])).tolist()
        [1, 3, 0, 2]
    """
    return np.argsort(groups, kind="stable")
