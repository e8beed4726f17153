from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from tests.analysis.comparison import Array, Comparison
from tests.analysis.conftest import CASES, random_case
from thumblab.analysis import (
    accuracy_contributions,
    averages,
    macro_f1_contributions,
    recall_contributions,
)


def plain_accuracy(guesses: Array, labels: Array) -> list[float]:
    return [float(a == b) / len(labels) for a, b in zip(guesses, labels, strict=True)]


def plain_recall(guesses: Array, labels: Array, classes: Array) -> list[float]:
    there = [each for each in classes.tolist() if each in labels]
    return [
        float(a == b) / (labels == b).sum() / len(there) if b in there else 0.0
        for a, b in zip(guesses, labels, strict=True)
    ]


def slope_of_macro_f1(guesses: Array, labels: Array) -> list[float]:
    """By scikit-learn's, an image's weight moved up and down."""
    there, step = np.union1d(guesses, labels), 1e-4
    slopes = []
    for image in range(len(labels)):
        scores = []
        for weight in (1 + step, 1 - step):
            weights = np.ones(len(labels))
            weights[image] = weight
            scores.append(
                f1_score(
                    labels, guesses, labels=there, average="macro", zero_division=0,
                    sample_weight=weights,
                )
            )  # fmt: skip
        slopes.append((scores[0] - scores[1]) / (2 * step))
    return slopes


PAIRS = tuple((logits.argmax(1)[:60], labels[:60]) for logits, labels in CASES.values())
COMPARISONS = [
    Comparison("accuracy_contributions", accuracy_contributions, plain_accuracy, PAIRS),
    Comparison(
        "recall_contributions",
        recall_contributions,
        plain_recall,
        tuple((*pair, np.array([0, 2, 1, 9])) for pair in PAIRS),
    ),
    Comparison(
        "macro_f1_contributions", macro_f1_contributions, slope_of_macro_f1, PAIRS, 1e-6, 1e-9
    ),
]

LOGITS, LABELS = random_case(3, 120, 6)
GUESSES = LOGITS.argmax(1)


def test_hits_sum_to_the_accuracy() -> None:
    found = accuracy_contributions(GUESSES, LABELS)
    assert found.sum() == pytest.approx(np.mean(GUESSES == LABELS))


def test_recalls_of_some_classes_sum_to_their_mean() -> None:
    classes = np.array([1, 4, 9])  # nobody is of class 9
    found = recall_contributions(GUESSES, LABELS, classes)
    means = [np.mean(GUESSES[each == LABELS] == each) for each in (1, 4)]
    assert found.sum() == pytest.approx(np.mean(means))
    assert (found[~np.isin(LABELS, classes)] == 0).all()


def test_an_image_more_changes_macro_f1_by_its_contribution() -> None:
    """Each image of many counts once more; the score's change is what it adds, nearly."""
    many, times = np.tile(np.arange(len(LABELS)), 50), 50
    before = averages(GUESSES[many], LABELS[many], "macro").f1
    found = macro_f1_contributions(GUESSES, LABELS)
    for image in range(0, len(LABELS), 17):
        more = np.append(many, image)
        after = averages(GUESSES[more], LABELS[more], "macro").f1
        assert (after - before) * times == pytest.approx(found[image], abs=2e-4)
    assert found.sum() == pytest.approx(0, abs=1e-12)
