from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from tests.analysis.comparison import groups_of
from tests.analysis.conftest import Case, random_case
from thumblab import analysis
from thumblab.evaluation.fine_scores import fine_scores


def test_scores_are_those_of_the_analysis() -> None:
    logits, labels = random_case(0, 300, 8)
    found, groups = fine_scores("mine", logits, labels, groups_of(8)), groups_of(8)
    guesses = logits.argmax(1)
    assert found.network == "mine"
    assert found.accuracy == analysis.accuracy(guesses, labels)
    assert (found.low, found.high) == analysis.accuracy_interval(guesses, labels)
    assert found.top_5 == analysis.top_k_accuracy(logits, labels, k=5)
    assert found.inside == analysis.errors_inside_groups(guesses, labels, groups)
    assert found.distance == analysis.hierarchical_distance(logits, labels, groups)
    assert found.distance_at_5 == analysis.hierarchical_distance(logits, labels, groups, k=5)
    assert found.severity == pytest.approx(found.distance / (1 - found.accuracy))
    assert found.loss == analysis.negative_log_likelihood(logits, labels)
    assert found.brier == analysis.brier_score(logits, labels)


def test_what_does_not_exist_is_none(case: Case) -> None:
    logits, labels = case
    found = asdict(fine_scores("any", logits, labels, groups_of(logits.shape[1])))
    assert all(
        value is None or isinstance(value, str) or np.isfinite(value) for value in found.values()
    )
    assert (found["top_5"] is None) == (logits.shape[1] <= 5)
    assert (found["inside"] is None) == (found["accuracy"] == 1)


@pytest.fixture
def case() -> Case:
    return np.zeros((5, 1)), np.zeros(5, np.int64)
