from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering

from tests.analysis.comparison import Array, Comparison, guessing
from tests.analysis.test_order import blocks
from thumblab.analysis import ConfusableGroup, confusable_groups, confusion, mutual_confusion

DRAW = np.random.default_rng(0)


def by_loop(guesses: Array, labels: Array, classes: int) -> Array:
    mutual = np.zeros((classes, classes))
    for a in range(classes):
        for b in range(classes):
            ways = [
                np.mean(guesses[labels == t] == g) if t in labels else 0
                for t, g in ((a, b), (b, a))
            ]
            mutual[a, b] = sum(ways) / 2 if a != b else 0
    return mutual


def together(matrix: Array, share: float) -> Array:
    """Which classes are in one group."""
    same = np.eye(len(matrix))
    for group in confusable_groups(matrix, share=share):
        same[np.ix_(group.classes, group.classes)] = 1
    return same


def theirs(matrix: Array, share: float) -> Array:
    clusters = AgglomerativeClustering(
        None, metric="precomputed", linkage="average", distance_threshold=1 - share
    ).fit_predict(1 - mutual_confusion(matrix) - np.eye(len(matrix)))
    return clusters[:, None] == clusters


COMPARISONS = [
    Comparison(
        "mutual_confusion",
        guessing(lambda guesses, labels, k: mutual_confusion(confusion(guesses, labels, k))),
        guessing(by_loop),
    ),
    Comparison(
        "confusable_groups",
        together,
        theirs,
        tuple(
            (matrix, share)
            for matrix in (
                DRAW.integers(0, 30, (30, 30)) + np.diag(DRAW.integers(100, 900, 30)),
                blocks(6, 4),
                np.diag([5, 0, 7]),
            )
            for share in (0.011, 0.031, 0.11)
        ),
    ),
]


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_found_wherever_they_are(seed: int) -> None:
    shuffle = np.random.default_rng(seed).permutation(24)
    matrix = blocks(6, 4)[np.ix_(shuffle, shuffle)]
    found = confusable_groups(matrix)
    assert len(found) == 6
    for group in found:
        assert len(set(shuffle[list(group.classes)] // 4)) == 1
        assert group.share == pytest.approx(5 / 40)


def test_the_most_confused_comes_first_and_a_loner_not_at_all() -> None:
    matrix = np.diag([100, 100, 60, 60, 100])
    matrix[0, 1] = matrix[1, 0] = 10
    matrix[2, 3] = matrix[3, 2] = 40
    assert [group.classes for group in confusable_groups(matrix)] == [(2, 3), (0, 1)]


def test_one_class_and_no_mistakes_make_no_group() -> None:
    assert confusable_groups(np.array([[7]])) == ()
    assert confusable_groups(np.diag([3, 4, 5])) == ()


def test_a_rare_class_weighs_as_much_as_a_common_one() -> None:
    matrix = np.array([[9990, 10], [4, 6]])
    assert confusable_groups(matrix) == (ConfusableGroup((0, 1), pytest.approx(0.2005)),)


@pytest.mark.parametrize("share", [0, 1.5])
def test_a_share_out_of_range_is_told(share: float) -> None:
    with pytest.raises(
        ValueError, match=rf"^share is {share}; give a fraction above 0, at most 1$"
    ):
        confusable_groups(np.eye(2, dtype=int), share=share)
