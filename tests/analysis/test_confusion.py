from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from tests.analysis.comparison import Array, Comparison, guessing
from tests.analysis.conftest import Case
from thumblab.analysis import ConfusedPair, confusion, most_confused, row_normalized


def totals(guesses: Array, labels: Array, classes: int) -> Array:
    """What ``most_confused`` says of every pair, as a matrix."""
    matrix = np.zeros((classes, classes))
    for pair in most_confused(guesses, labels):
        matrix[pair.first, pair.second] = pair.total
    return matrix


def mistakes(guesses: Array, labels: Array, classes: int) -> Array:
    """The same from scikit-learn's matrix."""
    counts = confusion_matrix(labels, guesses, labels=range(classes))
    return np.triu(counts + counts.T, 1)


COMPARISONS = [
    Comparison(
        "confusion",
        guessing(confusion),
        guessing(lambda guesses, labels, k: confusion_matrix(labels, guesses, labels=range(k))),
    ),
    Comparison(
        "row_normalized",
        guessing(lambda guesses, labels, k: row_normalized(confusion(guesses, labels, k))),
        guessing(
            lambda guesses, labels, k: confusion_matrix(
                labels, guesses, labels=range(k), normalize="true"
            )
        ),
    ),
    Comparison("most_confused", guessing(totals), guessing(mistakes)),
]


def test_counts_are_those_of_a_loop(case: Case) -> None:
    logits, labels = case
    guesses, classes = logits.argmax(1), logits.shape[1]
    expected = np.zeros((classes, classes), int)
    for truth, guess in zip(labels, guesses, strict=True):
        expected[truth, guess] += 1
    found = confusion(guesses, labels, classes)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, expected)


def test_a_class_without_samples_has_a_row_of_zeros() -> None:
    shares = row_normalized(confusion(np.array([0, 1]), np.array([0, 0]), 3))
    np.testing.assert_array_equal(shares, [[0.5, 0.5, 0], [0, 0, 0], [0, 0, 0]])


def test_pairs_hold_every_mistake_once(case: Case) -> None:
    logits, labels = case
    guesses, classes = logits.argmax(1), logits.shape[1]
    matrix = confusion(guesses, labels, classes)
    pairs = most_confused(guesses, labels)
    for pair in pairs:
        assert pair.first < pair.second
        assert pair.first_as_second == matrix[pair.first, pair.second]
        assert pair.second_as_first == matrix[pair.second, pair.first]
    assert sum(pair.total for pair in pairs) == np.sum(guesses != labels)
    totals = [pair.total for pair in pairs]
    assert totals == sorted(totals, reverse=True)
    assert 0 not in totals


def test_ties_come_in_the_order_of_the_classes() -> None:
    guesses, labels = np.array([3, 2, 1]), np.array([1, 0, 0])
    pairs = most_confused(guesses, labels, limit=2)
    assert pairs == (ConfusedPair(0, 1, 1, 0), ConfusedPair(0, 2, 1, 0))


def test_many_classes_cost_nothing() -> None:
    last = 10**9
    (pair,) = most_confused(np.array([last, last]), np.array([0, last]))
    assert (pair.first, pair.second) == (0, last)


def test_a_guess_out_of_range_is_told() -> None:
    with pytest.raises(ValueError, match=r"^guesses run from 2 to 2; give class indices"):
        confusion(np.array([2]), np.array([0]), 2)
