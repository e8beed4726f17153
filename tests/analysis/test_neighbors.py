from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import nearest_neighbors

DRAW = np.random.default_rng(0)
CASES: tuple[tuple[Any, ...], ...] = (
    (DRAW.standard_normal((60, 5)), 7),
    (DRAW.standard_normal((30, 2, 4, 4)), 0),
    (DRAW.standard_normal((4, 3)), 3),
    (DRAW.standard_normal((1, 3)), 0),
)


def told(metric: Any) -> Any:
    def call(features: Array, row: int) -> list[float]:
        found = nearest_neighbors(features, row, count=5, metric=metric)
        return [*found.rows, *found.distances]

    return call


def theirs(metric: str) -> Any:
    def call(features: Array, row: int) -> list[float]:
        rows = features.reshape(len(features), -1)
        if len(rows) == 1:
            return []
        others = np.delete(np.arange(len(rows)), row)
        fit = NearestNeighbors(n_neighbors=min(5, len(others)), metric=metric).fit(rows[others])
        distances, places = fit.kneighbors(rows[row : row + 1])
        return [*others[places[0]], *distances[0]]

    return call


COMPARISONS = [
    Comparison("nearest_neighbors", told(metric), theirs(metric), CASES)
    for metric in ("euclidean", "cosine")
]


def test_equal_samples_are_nearest_and_come_in_their_order() -> None:
    features = np.array([[1.0], [2.0], [1.0], [1.0]])
    found = nearest_neighbors(features, 2)
    assert found.rows.tolist() == [0, 3, 1]
    assert found.distances.tolist() == [0, 0, 1]


def test_a_row_out_of_range_is_told() -> None:
    with pytest.raises(ValueError, match=r"^row 3 is not one of 3 samples; give 0 to 2$"):
        nearest_neighbors(np.zeros((3, 1)), 3)
