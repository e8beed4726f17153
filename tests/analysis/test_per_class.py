from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
from sklearn.metrics import (
    f1_score,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
)

from tests.analysis.comparison import Array, Comparison, guessing
from tests.analysis.conftest import Case
from thumblab.analysis import averages, class_scores, confusion
from thumblab.analysis.per_class import DEFINITIONS, Averaging


def scores(guesses: Array, labels: Array, classes: int) -> list[Array]:
    found = class_scores(guesses, labels, classes)
    return [found.precision, found.recall, found.f1, found.support]


def averaged(averaging: Averaging) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def ours(guesses: Array, labels: Array, classes: int) -> list[float]:
        found = averages(guesses, labels, averaging)
        return [found.precision, found.recall, found.f1]

    def theirs(guesses: Array, labels: Array, classes: int) -> list[float]:
        return [
            score(labels, guesses, average=averaging, zero_division=0)
            for score in (precision_score, recall_score, f1_score)
        ]

    return guessing(ours), guessing(theirs)


COMPARISONS = [
    Comparison(
        "class_scores",
        guessing(scores),
        guessing(
            lambda guesses, labels, classes: precision_recall_fscore_support(
                labels, guesses, labels=range(classes), zero_division=0
            )
        ),
    ),
    *(Comparison("averages", *averaged(averaging)) for averaging in get_args(Averaging)),
]


@pytest.mark.parametrize("averaging", get_args(Averaging))
def test_an_average_says_what_it_is(averaging: Averaging) -> None:
    found = averages(np.array([0]), np.array([0]), averaging)
    assert found.averaging == averaging
    assert found.definition == DEFINITIONS[averaging]
    assert len(DEFINITIONS) == len(set(DEFINITIONS.values())) == 3


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
