from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from tests.analysis.comparison import Array, Comparison, guessing
from tests.analysis.conftest import CASES, random_case
from thumblab.analysis import accuracy, accuracy_interval, averages, bootstrap_interval


def by_binomial(guesses: Array, labels: Array) -> list[float]:
    """Resampled accuracies are binomial: their quantiles are known."""
    n, p = len(labels), float(np.mean(guesses == labels))
    return [binom.ppf(q, n, p) / n for q in (0.025, 0.975)]


COMPARISONS = [
    Comparison(
        "bootstrap_interval",
        guessing(lambda guesses, labels, k: bootstrap_interval(accuracy, guesses, labels)),
        guessing(lambda guesses, labels, k: by_binomial(guesses, labels)),
        tuple(CASES[name] for name in ("random", "one class", "one sample right", "absent class")),
        atol=0.021,  # one image of the smallest case, or the luck of a thousand resamples
    )
]


def macro_f1(guesses: Array, labels: Array) -> float:
    return averages(guesses, labels, "macro").f1


def test_a_measure_without_a_formula_lies_in_its_interval() -> None:
    logits, labels = random_case(0, 200, 4)
    guesses = logits.argmax(1)
    low, high = bootstrap_interval(macro_f1, guesses, labels, resamples=200)
    assert low < macro_f1(guesses, labels) < high
    assert (low, high) == bootstrap_interval(macro_f1, guesses, labels, resamples=200)
    assert (low, high) != bootstrap_interval(macro_f1, guesses, labels, resamples=200, seed=1)


def test_an_accuracys_interval_is_near_wilsons() -> None:
    logits, labels = random_case(1, 1000, 3)
    found = bootstrap_interval(accuracy, logits.argmax(1), labels)
    assert found == pytest.approx(accuracy_interval(logits.argmax(1), labels), abs=0.01)
