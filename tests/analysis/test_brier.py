from __future__ import annotations

import numpy as np
from scipy.special import softmax
from sklearn.metrics import brier_score_loss

from tests.analysis.comparison import Array, Comparison
from tests.analysis.conftest import CASES
from thumblab.analysis import brier_score


def theirs(logits: Array, labels: Array) -> float:
    chances, classes = softmax(logits, axis=1), range(logits.shape[1])
    score = brier_score_loss(labels, chances, labels=classes, scale_by_half=False)
    return float(score)


COMPARISONS = [
    Comparison(
        "brier_score",
        brier_score,
        theirs,
        tuple(case for name, case in CASES.items() if name != "one class"),
    )
]


def test_one_class_is_no_distance() -> None:
    assert brier_score(*CASES["one class"]) == 0


def test_certainty_costs_nothing_or_two() -> None:
    logits = np.array([[1000.0, 0.0]])
    assert brier_score(logits, np.array([0])) == 0
    assert brier_score(logits, np.array([1])) == 2
