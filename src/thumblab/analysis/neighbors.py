"""The samples whose features lie nearest to one's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thumblab.analysis.check import check_features

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Neighbors:
    """Samples near one, nearest first.

    Attributes:
        rows: Which samples, int64 ``(count,)``.
        distances: How far each is, float64 ``(count,)``, ascending.
    """

    rows: Array
    distances: Array


def nearest_neighbors(
    features: Array,
    row: int,
    *,
    count: int = 10,
    metric: Literal["euclidean", "cosine"] = "euclidean",
) -> Neighbors:
    """The samples nearest to sample ``row``, itself left out; of equally near ones, the earlier first.

    Args:
        features: ``(n, ...)``; flattened.
        row: Which sample, from 0 to ``n - 1``.
        count: How many; fewer where there are fewer others.
        metric: ``"euclidean"``, or ``"cosine"``: one minus the cosine of the angle, 1 for a sample
            whose features are all 0.

    Raises:
        ValueError: If ``row`` is out of range or a feature is not finite.

    Example:
        >>> found = nearest_neighbors(np.array([[0.0], [3.0], [1.0]]), 0)
        >>> found.rows, found.distances
        (array([2, 1]), array([1., 3.]))
    """
    from sklearn.metrics import pairwise_distances

    rows = check_features(features)
    if not 0 <= row < len(rows):
        raise ValueError(f"row {row} is not one of {len(rows)} samples; give 0 to {len(rows) - 1}")
    distances = pairwise_distances(rows[row : row + 1], rows, metric=metric)[0]
    distances[row] = np.inf
    order = np.argsort(distances, kind="stable")[: min(count, len(rows) - 1)]
    return Neighbors(order, distances[order])
