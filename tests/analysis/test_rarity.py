from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from tests.analysis.comparison import Array, Comparison, guessing
from thumblab.analysis import rare_and_common, rare_classes


def counts(classes: int) -> Array:
    """Class sizes with ties, not in the order of the classes."""
    return (np.arange(classes) * 7) % 5 + 1


def told(guesses: Array, labels: Array, classes: int) -> list[float]:
    found = rare_and_common(guesses, labels, counts(classes), share=0.5)
    return [found.accuracy, found.macro_f1, found.rare_recall, found.common_recall]


def theirs(guesses: Array, labels: Array, classes: int) -> list[float]:
    rare = sorted(range(classes), key=lambda c: (counts(classes)[c], c))[: classes // 2]
    sides = [[c for c in range(classes) if (c in rare) == side] for side in (True, False)]
    there = [[c for c in side if c in labels] for side in sides]
    recalls = [
        recall_score(labels, guesses, labels=side, average="macro") if side else np.nan
        for side in there
    ]
    return [
        accuracy_score(labels, guesses),
        f1_score(labels, guesses, average="macro", zero_division=0),
        *recalls,
    ]


COMPARISONS = [
    Comparison("rare_and_common", guessing(told), guessing(theirs)),
    Comparison(
        "rare_classes",
        lambda counts, share: rare_classes(counts, share=share),
        lambda counts, share: sorted(
            sorted(range(len(counts)), key=lambda c: (counts[c], c))[
                : round(share * 100) * len(counts) // 100
            ]
        ),
        tuple((counts(n), share) for n in (1, 4, 7, 62) for share in (0.0, 0.25, 0.7, 1.0)),
    ),
]


def test_guessing_the_common_class_is_found_out() -> None:
    labels = np.repeat([0, 1], [95, 5])
    found = rare_and_common(np.zeros(100, int), labels, np.array([950, 50]), share=0.5)
    assert (found.accuracy, found.rare_recall, found.common_recall) == (0.95, 0, 1)
    assert found.macro_f1 < 0.5


def test_a_share_out_of_range_is_told() -> None:
    with pytest.raises(ValueError, match=r"and share is 2; give \(classes,\) and 0 to 1$"):
        rare_classes(np.ones(3), share=2)
