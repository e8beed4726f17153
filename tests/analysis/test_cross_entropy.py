from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_softmax, softmax
from sklearn.metrics import log_loss

from tests.analysis.comparison import Array, Comparison
from tests.analysis.conftest import CASES, Case
from thumblab.analysis import cross_entropies, negative_log_likelihood, probabilities

MODERATE = tuple(case for name, case in CASES.items() if name not in ("huge logits", "one class"))
"""scikit-learn clips probabilities near 0, and wants two classes."""


def losses_of_each(logits: Array, labels: Array) -> list[float]:
    pairs = zip(log_softmax(logits, axis=1), labels, strict=True)
    return [-row[label] for row, label in pairs]


COMPARISONS = [
    Comparison(
        "probabilities",
        lambda logits, labels: probabilities(logits),
        lambda logits, labels: softmax(logits, axis=1),
    ),
    Comparison("cross_entropies", cross_entropies, losses_of_each),
    Comparison(
        "negative_log_likelihood",
        negative_log_likelihood,
        lambda logits, labels: log_loss(
            labels, softmax(logits, axis=1), labels=range(logits.shape[1])
        ),
        MODERATE,
    ),
]


def test_one_class_surprises_nobody() -> None:
    assert negative_log_likelihood(*CASES["one class"]) == 0


def test_probabilities_sum_to_one(case: Case) -> None:
    chances = probabilities(case[0])
    np.testing.assert_allclose(chances.sum(1), 1)
    assert chances.min() >= 0


def test_losses_are_finite_and_never_negative(case: Case) -> None:
    losses = cross_entropies(*case)
    assert np.isfinite(losses).all()
    assert (losses >= 0).all()


def test_float32_logits_are_computed_in_float64() -> None:
    logits = np.array([[20.0, 0.0]], np.float32)
    assert cross_entropies(logits, np.array([0]))[0] == pytest.approx(np.log1p(np.exp(-20.0)))


def test_certainty_is_no_negative_zero() -> None:
    for classes in (1, 3):
        logits = np.eye(classes)[[0] * 4] * 1e4
        assert not np.signbit(cross_entropies(logits, np.zeros(4, int))).any()
