from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import mcnemar


def hits(both: int, first: int, second: int, neither: int) -> tuple[Array, Array]:
    """Two guessers' hits with so many images of each kind."""
    kinds = np.repeat([0, 1, 2, 3], [both, first, second, neither])
    return kinds <= 1, (kinds == 0) | (kinds == 2)


def told(first: Array, second: Array) -> list[float]:
    found = mcnemar(first, second)
    return [found.only_first, found.only_second, found.p_value]


def by_binomial(first: Array, second: Array) -> list[float]:
    """Twice the smaller tail of a fair coin, at most 1."""
    mine, yours = int(np.sum(first > second)), int(np.sum(second > first))
    tail = binom.cdf(min(mine, yours), mine + yours, 0.5)
    return [mine, yours, min(2 * tail, 1)]


COMPARISONS = [
    Comparison(
        "mcnemar",
        told,
        by_binomial,
        tuple(
            hits(*counts)
            for counts in (
                (50, 9, 2, 5),
                (0, 5, 5, 0),
                (3, 0, 0, 0),
                (0, 0, 0, 3),
                (1, 1, 0, 0),
                (0, 0, 1, 0),
                (900, 60, 31, 9),
                (0, 1, 12, 7),
            )
        ),
    )
]


@given(*[st.integers(0, 40)] * 4)
def test_the_order_of_the_guessers_does_not_matter(a: int, b: int, c: int, d: int) -> None:
    if a + b + c + d:
        first, second = hits(a, b, c, d)
        found, turned = mcnemar(first, second), mcnemar(second, first)
        assert (found.only_first, found.only_second) == (turned.only_second, turned.only_first)
        assert found.p_value == pytest.approx(turned.p_value)
        assert 0 < found.p_value <= 1


def test_many_images_come_near_the_chi_squared_test() -> None:
    b, c = 1050, 950
    statistic = (abs(b - c) - 1) ** 2 / (b + c)
    assert mcnemar(*hits(0, b, c, 0)).p_value == pytest.approx(chi2.sf(statistic, 1), rel=0.01)


def test_lengths_that_differ_are_told() -> None:
    with pytest.raises(
        ValueError, match=r"^hits have shapes \(2,\) and \(3,\); give both \(n,\), "
    ):
        mcnemar(np.ones(2, bool), np.ones(3, bool))


def test_guesses_instead_of_hits_are_told() -> None:
    with pytest.raises(
        ValueError, match=r"^hits are int64 and bool; give bool, guesses == labels$"
    ):
        mcnemar(np.ones(2, np.int64), np.ones(2, bool))
