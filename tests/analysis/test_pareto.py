from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import pareto_front

DRAW = np.random.default_rng(0)


def by_loop(costs: Array, values: Array) -> list[bool]:
    pairs = list(zip(costs.tolist(), values.tolist(), strict=True))
    return [
        not any(c <= cost and v >= value and (c, v) != (cost, value) for c, v in pairs)
        for cost, value in pairs
    ]


COMPARISONS = [
    Comparison(
        "pareto_front",
        pareto_front,
        by_loop,
        (
            (DRAW.random(50), DRAW.random(50)),
            (DRAW.integers(0, 5, 60), DRAW.integers(0, 5, 60)),
            (np.ones(4), np.ones(4)),
            (np.array([3.0]), np.array([0.1])),
        ),
    )
]


def test_the_cheapest_of_the_best_is_always_there() -> None:
    costs, values = DRAW.integers(0, 9, 40), DRAW.integers(0, 9, 40)
    front = pareto_front(costs, values)
    best = np.flatnonzero(values == values.max())
    assert front[best[costs[best].argmin()]]
    order = np.argsort(costs[front], kind="stable")
    assert (np.diff(values[front][order]) >= 0).all()


def test_candidates_that_only_luck_sets_apart_do_not_beat_a_cheaper_one() -> None:
    costs, values = np.array([1.0, 2.0, 3.0]), np.array([0.80, 0.81, 0.90])
    assert pareto_front(costs, values, value_noise=np.full(3, 0.01)).tolist() == [True, False, True]
    assert pareto_front(costs, values, value_noise=np.zeros(3)).all()
    with pytest.raises(ValueError, match="give one number of at least 0 for each"):
        pareto_front(costs, values, value_noise=np.array([0.1, 0.1]))


def test_what_cannot_be_compared_is_told() -> None:
    with pytest.raises(ValueError, match=r"^costs have shape \(1,\) and values \(2,\); give both"):
        pareto_front(np.ones(1), np.ones(2))
    with pytest.raises(ValueError, match=r"^costs or values hold NaN or infinity; leave those"):
        pareto_front(np.array([np.inf]), np.ones(1))
