from __future__ import annotations

import numpy as np

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import CASES, random_case
from tests.analysis.mappings.test_group_sum import sums
from tests.analysis.mappings.test_mapping import scores
from thumblab.analysis import coarse_temperature
from thumblab.analysis.mappings import ArgmaxGroup, GroupSum, TemperedSum, fitted


def cooled(logits: Array, labels: Array) -> Array:
    best = coarse_temperature(logits, labels, groups_of(logits.shape[1]))
    return sums(logits / best, labels)


COMPARISONS = [
    Comparison("TemperedSum", lambda logits, labels: scores(TemperedSum(), logits, labels), cooled)
]


def test_how_the_logits_are_scaled_does_not_matter() -> None:
    logits, labels = random_case(0, 2000, 6)
    np.testing.assert_allclose(
        scores(TemperedSum(), 7 * logits, labels), scores(TemperedSum(), logits, labels), atol=1e-4
    )


def test_a_cold_sum_is_the_argmax() -> None:
    logits, labels = CASES["random"]
    by_argmax = scores(ArgmaxGroup(), logits, labels).argmax(1)
    np.testing.assert_array_equal(sums(logits / 1e-4, labels).argmax(1), by_argmax)


def test_it_mends_a_sum_whose_network_boasts() -> None:
    logits, labels = random_case(1, 4000, 12)
    groups = groups_of(12)
    loud = 30 * logits
    accuracies = [
        np.mean(
            fitted(mapping, loud[:2000], labels[:2000], groups)(loud[2000:]).argmax(1)
            == groups[labels[2000:]]
        )
        for mapping in (GroupSum(), TemperedSum())
    ]
    assert accuracies[1] > accuracies[0]
