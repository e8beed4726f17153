from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import holm


def step_down(p_values: Array) -> list[float]:
    """The definition: the smallest times n, the next times n - 1, none below one before it."""
    adjusted = {}
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, (len(p_values) - rank) * p_values[index])
        adjusted[index] = min(highest, 1.0)
    return [adjusted[i] for i in range(len(p_values))]


DRAW = np.random.default_rng(0)
COMPARISONS = [
    Comparison(
        "holm",
        holm,
        step_down,
        tuple(
            (values,)
            for values in (
                DRAW.random(12) ** 3,
                np.array([0.03]),
                np.array([0.5, 0.5, 0.01, 0.01]),
                np.array([0.0, 1.0]),
                np.zeros(3),
                np.zeros(0),
            )
        ),
    )
]


def test_it_stands_between_no_adjustment_and_bonferronis() -> None:
    values = DRAW.random(20) ** 4
    adjusted = holm(values)
    assert (adjusted >= values).all()
    assert (adjusted <= np.minimum(20 * values, 1)).all()
    assert (adjusted >= false_discovery_control(values) - 1e-12).all()


def test_the_order_of_the_comparisons_does_not_matter() -> None:
    values = DRAW.random(9)
    turn = DRAW.permutation(9)
    np.testing.assert_allclose(holm(values[turn]), holm(values)[turn])


@pytest.mark.parametrize("bad", [np.array([0.1, np.nan]), np.array([-0.1]), np.array([[0.5]])])
def test_what_is_no_p_value_is_told(bad: Array) -> None:
    with pytest.raises(ValueError, match=r"; give \(comparisons,\), each from 0 to 1$"):
        holm(bad)
