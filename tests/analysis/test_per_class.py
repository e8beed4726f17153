from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from tests.analysis.conftest import Case
from thumblab.analysis import averages, class_scores, confusion


def test_scores_are_those_of_the_matrix(case: Case) -> None:
    logits, labels = case
    guesses, classes = logits.argmax(1), logits.shape[1]
    matrix = confusion(guesses, labels, classes)
    scores = class_scores(guesses, labels, classes)
    hits = np.diag(matrix)
    np.testing.assert_allclose(scores.precision, hits / np.maximum(matrix.sum(0), 1))
    np.testing.assert_allclose(scores.recall, hits / np.maximum(matrix.sum(1), 1))
    both = np.maximum(matrix.sum(0) + matrix.sum(1), 1)
    np.testing.assert_allclose(scores.f1, 2 * hits / both)
    np.testing.assert_array_equal(scores.support, matrix.sum(1))
    assert scores.support.dtype == np.int64


@pytest.mark.parametrize("averaging", ["macro", "micro", "weighted"])
def test_averages_are_scikit_learns(
    case: Case, averaging: Literal["macro", "micro", "weighted"]
) -> None:
    logits, labels = case
    guesses = logits.argmax(1)
    found = averages(guesses, labels, averaging)
    for name, score in (
        ("precision", precision_score),
        ("recall", recall_score),
        ("f1", f1_score),
    ):
        expected = score(labels, guesses, average=averaging, zero_division=0)
        assert getattr(found, name) == pytest.approx(expected)


def test_micro_is_the_accuracy(case: Case) -> None:
    logits, labels = case
    found = averages(logits.argmax(1), labels, "micro")
    expected = np.mean(logits.argmax(1) == labels)
    assert (found.precision, found.recall, found.f1) == pytest.approx((expected,) * 3)


def test_macro_leaves_out_classes_that_never_occur() -> None:
    assert averages(np.array([0, 7]), np.array([0, 7]), "macro").f1 == 1


def test_an_unknown_average_is_told() -> None:
    with pytest.raises(ValueError, match=r"^averaging is 'mean'; choose macro, micro or weighted$"):
        averages(np.array([0]), np.array([0]), "mean")  # type: ignore[arg-type]  # the mistake
