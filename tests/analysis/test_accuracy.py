from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, norm
from sklearn.metrics import accuracy_score, top_k_accuracy_score

from tests.analysis.comparison import Array, Comparison, guessing
from tests.analysis.conftest import Case, random_case
from thumblab.analysis import accuracy, accuracy_interval, top_k_accuracy, wilson


def by_formula(guesses: Array, labels: Array, classes: int) -> tuple[float, float]:
    n, z, p = len(labels), norm.ppf(0.975), accuracy_score(labels, guesses)
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return max(center - half, 0), min(center + half, 1)


def top(k: int, logits: Array, labels: Array) -> float:
    """A sample's label comes last among classes that score alike."""
    hits = 0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        before = sum(score >= row[label] for c, score in enumerate(row) if c != label)
        hits += before < min(k, len(row))
    return hits / len(labels)


COUNTS = tuple(
    (round(share * images), images)
    for images in (1, 2, 17, 940, 10_000)
    for share in (0, 0.021, 0.5, 0.97, 1)
)


def by_scipy(right: int, images: int) -> tuple[float, float]:
    found = binomtest(right, images).proportion_ci(0.95, method="wilson")
    return found.low, found.high


COMPARISONS = [
    Comparison(
        "accuracy",
        guessing(lambda guesses, labels, classes: accuracy(guesses, labels)),
        guessing(lambda guesses, labels, classes: accuracy_score(labels, guesses)),
    ),
    Comparison(
        "accuracy_interval",
        guessing(lambda guesses, labels, classes: accuracy_interval(guesses, labels)),
        guessing(by_formula),
        atol=1e-9,
    ),
    Comparison("wilson", wilson, by_scipy, COUNTS, rtol=0, atol=0),
    *(
        Comparison(
            "top_k_accuracy",
            lambda logits, labels, k=k: top_k_accuracy(logits, labels, k=min(k, logits.shape[1])),
            lambda logits, labels, k=k: top(k, logits, labels),
        )
        for k in (1, 2, 3)
    ),
]


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


def test_the_interval_holds_the_accuracy(case: Case) -> None:
    logits, labels = case
    guesses = logits.argmax(1)
    low, high = accuracy_interval(guesses, labels)
    assert low <= accuracy(guesses, labels) <= high


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    guesses, labels = np.array([0, 1, 1]), np.array([0, 1, 0])
    narrow = accuracy_interval(guesses, labels, confidence=0.5)
    wide = accuracy_interval(guesses, labels, confidence=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
