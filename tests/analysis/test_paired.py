from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_rel

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import paired_difference

DRAW = np.random.default_rng(0)


def told(first: Array, second: Array) -> list[float]:
    found = paired_difference(first, second)
    return [found.mean, found.low, found.high, found.spread, found.p_value, found.seeds]


def theirs(first: Array, second: Array) -> list[float]:
    found = ttest_rel(first, second)
    interval = found.confidence_interval(0.95)
    differences = first - second
    spread = np.std(differences, ddof=1)
    return [differences.mean(), interval.low, interval.high, spread, found.pvalue, len(first)]


COMPARISONS = [
    Comparison(
        "paired_difference",
        told,
        theirs,
        (
            (DRAW.random(5), DRAW.random(5)),
            (DRAW.random(2), DRAW.random(2)),
            (0.9 + 0.001 * DRAW.random(30), 0.89 + 0.001 * DRAW.random(30)),
        ),
    )
]


def test_no_difference_at_all_is_no_difference() -> None:
    same = np.array([0.5, 0.7, 0.6])
    found = paired_difference(same, same)
    assert (found.mean, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_always_the_same_difference_is_one() -> None:
    found = paired_difference(np.array([0.6, 0.8]), np.array([0.5, 0.7]))
    assert found.low == pytest.approx(found.high) == pytest.approx(0.1)
    assert found.p_value == 0


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    first, second = DRAW.random(6), DRAW.random(6)
    narrow = paired_difference(first, second, confidence=0.5)
    wide = paired_difference(first, second, confidence=0.99)
    assert wide.low < narrow.low < narrow.mean < narrow.high < wide.high


def test_one_seed_proves_nothing() -> None:
    with pytest.raises(ValueError, match=r"^results have shapes \(1,\) and \(1,\); give both \(se"):
        paired_difference(np.ones(1), np.ones(1))
