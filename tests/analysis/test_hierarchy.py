from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import CASES, Case
from thumblab.analysis import (
    consistency,
    errors_inside_groups,
    hierarchical_distance,
    hierarchical_distances,
)


def height(guess: int, label: int, groups: Array) -> int:
    """Steps up the tree until both paths to the root meet."""
    paths = [(leaf, f"group {groups[leaf]}", "root") for leaf in (guess, label)]
    return next(step for step, (a, b) in enumerate(zip(*paths, strict=True)) if a == b)


def heights(logits: Array, labels: Array) -> list[int]:
    groups = groups_of(logits.shape[1])
    return [height(g, t, groups) for g, t in zip(logits.argmax(1), labels, strict=True)]


def distance(k: int, logits: Array, labels: Array) -> float:
    groups, total = groups_of(logits.shape[1]), 0
    for row, label in zip(logits.tolist(), labels, strict=True):
        best = sorted(range(len(row)), key=lambda c: (-row[c], c))[:k]
        total += sum(height(guess, label, groups) for guess in best)
    return total / (len(labels) * min(k, logits.shape[1]))


def inside(logits: Array, labels: Array) -> float:
    wrong = [found for found in heights(logits, labels) if found]
    return wrong.count(1) / len(wrong) if wrong else float("nan")


def agreeing(logits: Array, labels: Array) -> float:
    groups = groups_of(logits.shape[1])
    return sum(groups[g] == groups[t] for g, t in zip(logits.argmax(1), labels, strict=True)) / len(
        labels
    )


COMPARISONS = [
    Comparison(
        "hierarchical_distances",
        lambda logits, labels: hierarchical_distances(
            logits.argmax(1), labels, groups_of(logits.shape[1])
        ),
        heights,
    ),
    *(
        Comparison(
            "hierarchical_distance",
            lambda logits, labels, k=k: hierarchical_distance(
                logits, labels, groups_of(logits.shape[1]), k=min(k, logits.shape[1])
            ),
            lambda logits, labels, k=k: distance(k, logits, labels),
        )
        for k in (1, 3)
    ),
    Comparison(
        "errors_inside_groups",
        lambda logits, labels: errors_inside_groups(
            logits.argmax(1), labels, groups_of(logits.shape[1])
        ),
        inside,
    ),
    Comparison(
        "consistency",
        lambda logits, labels: consistency(
            logits.argmax(1), groups_of(logits.shape[1])[labels], groups_of(logits.shape[1])
        ),
        agreeing,
    ),
]


def test_the_mean_is_fine_errors_plus_coarse_errors(case: Case) -> None:
    logits, labels = case
    groups, guesses = groups_of(logits.shape[1]), logits.argmax(1)
    fine, coarse = np.mean(guesses != labels), np.mean(groups[guesses] != groups[labels])
    assert hierarchical_distance(logits, labels, groups) == pytest.approx(fine + coarse)


def test_no_mistake_has_no_share_inside_a_group() -> None:
    right = np.arange(4)
    assert np.isnan(errors_inside_groups(right, right, groups_of(4)))


def test_k_out_of_range_is_told() -> None:
    logits, labels = CASES["two classes"]
    with pytest.raises(ValueError, match=r"^k is 3; give 1 to 2, the number of classes$"):
        hierarchical_distance(logits, labels, groups_of(2), k=3)


def test_a_guess_without_a_group_is_told() -> None:
    with pytest.raises(
        ValueError, match=r"^guesses run from 2 to 2; give class indices from 0 to 2"
    ):
        errors_inside_groups(np.array([2]), np.array([0]), groups_of(2))
