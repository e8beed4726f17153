from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import accuracy_score, top_k_accuracy_score

from tests.analysis.conftest import Case, random_case
from thumblab.analysis import accuracy, accuracy_interval, top_k_accuracy


def test_accuracy_is_scikit_learns(case: Case) -> None:
    logits, labels = case
    assert accuracy(logits.argmax(1), labels) == accuracy_score(labels, logits.argmax(1))


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("classes", [3, 6, 20])
def test_top_k_without_ties_is_scikit_learns(k: int, classes: int) -> None:
    logits, labels = random_case(k, 300, classes)
    if k < classes:
        expected = top_k_accuracy_score(labels, logits, k=k, labels=np.arange(classes))
        assert top_k_accuracy(logits, labels, k=k) == pytest.approx(expected)


def test_top_k_counts_ties_against_the_sample() -> None:
    logits = np.array([[1.0, 1.0, 0.0]] * 2)
    assert top_k_accuracy(logits, np.array([0, 1]), k=1) == 0
    assert top_k_accuracy(logits, np.array([0, 1]), k=2) == 1


def test_all_classes_always_hold_the_truth(case: Case) -> None:
    logits, labels = case
    assert top_k_accuracy(logits, labels, k=logits.shape[1]) == 1


def test_top_k_grows_with_k(case: Case) -> None:
    logits, labels = case
    shares = [top_k_accuracy(logits, labels, k=k + 1) for k in range(logits.shape[1])]
    assert shares == sorted(shares)


@pytest.mark.parametrize("k", [0, 4])
def test_k_out_of_range_is_told(k: int) -> None:
    with pytest.raises(ValueError, match=rf"^k is {k}; give 1 to 3, the number of classes$"):
        top_k_accuracy(np.zeros((2, 3)), np.array([0, 1]), k=k)


def test_interval_is_wilsons_formula(case: Case) -> None:
    logits, labels = case
    guesses, n, z = logits.argmax(1), len(labels), norm.ppf(0.975)
    p = accuracy(guesses, labels)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    low, high = accuracy_interval(guesses, labels)
    assert low == pytest.approx(max(centre - half, 0), abs=1e-9)
    assert high == pytest.approx(min(centre + half, 1), abs=1e-9)
    assert low <= p <= high


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    guesses, labels = np.array([0, 1, 1]), np.array([0, 1, 0])
    narrow = accuracy_interval(guesses, labels, confidence=0.5)
    wide = accuracy_interval(guesses, labels, confidence=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
