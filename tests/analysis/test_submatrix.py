from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from tests.analysis.comparison import Array, Comparison, groups_of, guessing
from thumblab.analysis import confusion, group_confusion, sub_matrix


def parts(classes: int) -> tuple[list[int], list[int]]:
    """Every other class, backwards, taken for the first three classes."""
    return list(range(classes))[::-2], list(range(min(3, classes)))


def told(guesses: Array, labels: Array, classes: int) -> Array:
    found = sub_matrix(confusion(guesses, labels, classes), *parts(classes))
    return np.column_stack([found.counts, found.elsewhere])


def theirs(guesses: Array, labels: Array, classes: int) -> list[list[int]]:
    rows, columns = parts(classes)
    return [
        [int(np.sum((labels == t) & (guesses == g))) for g in columns]
        + [int(np.sum((labels == t) & ~np.isin(guesses, columns)))]
        for t in rows
    ]


def of_groups(guesses: Array, labels: Array, classes: int) -> Any:
    groups = groups_of(classes)
    return confusion_matrix(groups[labels], groups[guesses], labels=range(groups.max() + 1))


COMPARISONS = [
    Comparison("sub_matrix", guessing(told), guessing(theirs)),
    Comparison(
        "group_confusion",
        guessing(lambda g, t, k: group_confusion(confusion(g, t, k), groups_of(k))),
        guessing(of_groups),
    ),
]


def test_a_class_that_is_not_there_is_told() -> None:
    with pytest.raises(ValueError, match=r"^class 2 is not one of 2; give 0 to 1$"):
        sub_matrix(np.eye(2, dtype=int), [0], [2])


def test_groups_that_do_not_fit_are_told() -> None:
    with pytest.raises(
        ValueError, match=r"^groups have shape \(3,\); give one for each of 2 class"
    ):
        group_confusion(np.eye(2, dtype=int), np.arange(3))
