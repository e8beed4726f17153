from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.comparison import Comparison
from tests.analysis.conftest import Case
from thumblab.analysis import confusion, confusion_order, group_order

COMPARISONS = [
    Comparison(
        "group_order",
        group_order,
        lambda groups: sorted(range(len(groups)), key=lambda c: (groups[c], c)),
        tuple((np.array(groups),) for groups in ([1, 0, 1, 0, 2], [0], [0, 0, 0], [3, 2, 1])),
    )
]


def blocks(groups: int, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    matrix = np.kron(np.eye(groups, dtype=int), np.full((size, size), 5))
    return matrix + 20 * np.eye(groups * size, dtype=int)


def test_every_class_comes_once(case: Case) -> None:
    logits, labels = case
    classes = logits.shape[1]
    order = confusion_order(confusion(logits.argmax(1), labels, classes))
    assert order.dtype == np.int64
    assert sorted(order.tolist()) == list(range(classes))


@pytest.mark.parametrize("seed", range(5))
def test_groups_stand_together_wherever_they_were(seed: int) -> None:
    shuffle = np.random.default_rng(seed).permutation(24)
    matrix = blocks(6, 4)[np.ix_(shuffle, shuffle)]
    groups = shuffle[confusion_order(matrix)] // 4
    assert np.count_nonzero(np.diff(groups)) == 5


def test_the_same_matrix_gives_the_same_order() -> None:
    matrix = np.random.default_rng(0).integers(0, 9, (30, 30))
    np.testing.assert_array_equal(confusion_order(matrix), confusion_order(matrix.copy()))


def test_one_direction_is_enough() -> None:
    matrix = 9 * np.eye(6, dtype=int)
    matrix[1, 4] = 3
    order = confusion_order(matrix).tolist()
    assert abs(order.index(1) - order.index(4)) == 1


def test_many_classes_are_ordered_in_time() -> None:
    assert len(confusion_order(blocks(100, 3))) == 300


def test_a_matrix_that_is_not_square_is_told() -> None:
    with pytest.raises(ValueError, match=r"^the matrix has shape \(2, 3\); give \(classes, clas"):
        confusion_order(np.zeros((2, 3), int))
