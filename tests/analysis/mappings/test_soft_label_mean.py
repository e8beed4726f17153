from __future__ import annotations

import numpy as np
from scipy.special import softmax

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import random_case
from tests.analysis.mappings.test_mapping import scores
from thumblab.analysis.mappings import GroupSum, SoftLabelMean, fitted


def means(logits: Array, labels: Array) -> Array:
    groups = groups_of(logits.shape[1])
    chances = softmax(logits, axis=1)
    return np.stack([chances[:, groups == g].mean(1) for g in range(groups.max() + 1)], 1)


COMPARISONS = [
    Comparison(
        "SoftLabelMean", lambda logits, labels: scores(SoftLabelMean(), logits, labels), means
    )
]


def test_groups_of_one_size_make_it_the_plain_sum() -> None:
    logits, labels = random_case(0, 500, 20)
    groups = np.arange(20) // 5
    by_sum, by_mean = (
        fitted(mapping, logits, labels, groups)(logits) for mapping in (GroupSum(), SoftLabelMean())
    )
    np.testing.assert_allclose(5 * by_mean, by_sum)
    np.testing.assert_array_equal(by_mean.argmax(1), by_sum.argmax(1))


def test_groups_of_two_sizes_make_it_another_rule() -> None:
    logits, groups = np.log([[0.3, 0.3, 0.4]]), np.array([0, 0, 1])
    assert fitted(SoftLabelMean(), logits, np.array([0]), groups)(logits).argmax() == 1
    assert fitted(GroupSum(), logits, np.array([0]), groups)(logits).argmax() == 0
