"""How well features keep classes apart, as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_features, check_labels

Array = NDArray[Any]


def silhouette(features: Array, labels: Array) -> float:
    """Mean silhouette: how much nearer a sample is to its own class than to the next nearest.

    Args:
        features: ``(n, ...)``; flattened. The work grows with ``n`` squared.
        labels: Class indices ``(n,)``.

    Returns:
        From -1 to 1; 0 for classes on top of each other. A sample alone in its class counts as 0. NaN
        where there is one class only, or where every sample is a class of its own.

    Raises:
        ValueError: If the lengths differ, there is no sample, or a feature is not finite.

    Example:
        >>> round(silhouette(np.array([[0.0], [1.0], [9.0], [10.0]]), np.array([0, 0, 1, 1])), 3)
        0.889

    Source: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7, by scikit-learn.
    """
    from sklearn.metrics import silhouette_score

    rows = check_features(features)
    check_labels(labels, len(rows))
    if not 2 <= len(np.unique(labels)) <= len(rows) - 1:
        return float("nan")
    return float(silhouette_score(rows, labels))


def between_to_within(features: Array, labels: Array) -> float:
    """Scatter of the class means over scatter inside the classes.

    ``sum over classes of n_c |m_c - m|^2 / sum over samples of |x - m_c|^2``: the trace of the
    between-class scatter over that of the within-class scatter. It does not depend on the scale of
    the features, but compare it at equal numbers of samples and classes only.

    Args:
        features: ``(n, ...)``; flattened.
        labels: Class indices ``(n,)``.

    Returns:
        At least 0; infinite where classes are points apart, NaN where nothing varies at all.

    Raises:
        ValueError: If the lengths differ, there is no sample, or a feature is not finite.

    Example:
        >>> between_to_within(np.array([[0.0], [2.0], [8.0], [10.0]]), np.array([0, 0, 1, 1]))
        16.0

    Source: the traces of Fisher 1936, doi:10.1111/j.1469-1809.1936.tb02137.x.
    """
    rows = check_features(features)
    check_labels(labels, len(rows))
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.argsort(place, kind="stable")
    starts = np.cumsum(counts) - counts
    means = np.add.reduceat(rows[order], starts, axis=0) / counts[:, None]
    between = float((counts * ((means - rows.mean(0)) ** 2).sum(1)).sum())
    within = float(((rows - means[place]) ** 2).sum())
    if within == 0:
        return float("inf") if between > 0 else float("nan")
    return between / within
