from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm

from tests.analysis.comparison import Array, Comparison
from thumblab.analysis import chance

EVEN = np.arange(200) % 10
UNEVEN = np.repeat([0, 1, 2], [140, 40, 20])


def told(right: int, labels: Array) -> list[float]:
    found = chance(right, labels)
    return [found.guessing, found.p_value, found.low, found.high]


def by_hand(right: int, labels: Array) -> list[float]:
    """The binomial's tail from the largest class's share on, and Wilson's interval by its formula."""
    n, p = len(labels), right / len(labels)
    guessing, z = max(np.bincount(labels)) / n, norm.ppf(0.975)
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return [guessing, binom.sf(right - 1, n, guessing), middle - half, middle + half]


COMPARISONS = [
    Comparison(
        "chance",
        told,
        by_hand,
        tuple((right, labels) for labels in (EVEN, UNEVEN) for right in (5, 30, 150)),
    )
]


def test_seventy_percent_are_nothing_where_seventy_are_of_one_class() -> None:
    assert chance(144, UNEVEN).word == "no better than guessing"
    assert chance(165, UNEVEN).word == "better than guessing"
    assert chance(22, EVEN).word == "no better than guessing"
    assert chance(60, EVEN).word == "better than guessing"


def test_few_images_tell_nothing() -> None:
    assert chance(1, np.array([3])).word == "cannot tell"
    assert chance(4, np.array([0, 1, 0, 1])).word == "cannot tell"
    assert chance(2, np.array([0, 1, 0, 1, 2, 3])).word == "no better than guessing"
    assert chance(1, np.array([3])).low == pytest.approx(0.2065, abs=1e-3)


def test_false_alarms_are_as_rare_as_promised() -> None:
    """Guessers at random, who are no better, are called better in one case of twenty at most."""
    rights = np.random.default_rng(0).binomial(200, 0.1, 400)
    words = [chance(int(right), EVEN).word for right in rights]
    assert np.mean([word == "better than guessing" for word in words]) <= 0.07


def test_nobody_is_judged_without_images() -> None:
    with pytest.raises(ValueError, match="0 of 0 images are right"):
        chance(0, np.zeros(0, int))
    with pytest.raises(ValueError, match="3 of 2 images are right"):
        chance(3, np.zeros(2, int))
