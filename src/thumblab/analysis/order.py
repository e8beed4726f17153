"""An order of the classes in which those that are confused stand side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.confusion import row_normalised

Array = NDArray[Any]

MOST_FOR_BEST_ORDER = 256
"""Up to so many classes, branches are turned to bring neighbours closest; slow beyond."""


def confusion_order(matrix: Array) -> Array:
    """Class indices by hierarchical clustering of the confusions.

    Two classes are the closer, the larger the mean share of either that is taken for the other;
    clusters join by their average distance, and branches are turned so that neighbours are close.
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

    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"the matrix has shape {matrix.shape}; give (classes, classes)")
    if len(matrix) == 1:
        return np.zeros(1, np.int64)
    shares = row_normalised(matrix)
    distances = 1 - (shares + shares.T) / 2
    np.fill_diagonal(distances, 0)
    tree = linkage(
        squareform(distances, checks=False),
        method="average",
        optimal_ordering=len(matrix) <= MOST_FOR_BEST_ORDER,
    )
    order: Array = leaves_list(tree).astype(np.int64)
    return order if order[0] < order[-1] else order[::-1]
