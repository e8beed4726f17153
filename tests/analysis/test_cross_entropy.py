from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss

from tests.analysis.conftest import Case, random_case
from thumblab.analysis import cross_entropies, probabilities


def test_mean_is_scikit_learns_log_loss() -> None:
    logits, labels = random_case(0, 300, 7)
    expected = log_loss(labels, probabilities(logits), labels=np.arange(7))
    assert cross_entropies(logits, labels).mean() == pytest.approx(expected)


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
