from __future__ import annotations

import numpy as np
from scipy.special import softmax

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import Case
from tests.analysis.mappings.test_mapping import scores
from thumblab.analysis.mappings import ArgmaxGroup, GroupSum, fitted


def sums(logits: Array, labels: Array) -> Array:
    groups = groups_of(logits.shape[1])
    chances = softmax(logits, axis=1)
    return np.stack([chances[:, groups == g].sum(1) for g in range(groups.max() + 1)], 1)


COMPARISONS = [
    Comparison("GroupSum", lambda logits, labels: scores(GroupSum(), logits, labels), sums)
]


def test_scores_are_the_groups_probabilities(case: Case) -> None:
    np.testing.assert_allclose(scores(GroupSum(), *case).sum(1), 1)


def test_two_middling_classes_beat_one_that_is_likelier() -> None:
    logits, groups = np.log([[0.3, 0.3, 0.4]]), np.array([0, 0, 1])
    found = [
        int(fitted(mapping, logits, np.array([0]), groups)(logits).argmax())
        for mapping in (GroupSum(), ArgmaxGroup())
    ]
    assert found == [0, 1]


def test_no_rule_does_better_where_the_probabilities_are_true() -> None:
    draw = np.random.default_rng(0)
    chances = draw.dirichlet(np.full(6, 0.7), 4000)
    labels = np.array([draw.choice(6, p=row) for row in chances])
    groups, logits = groups_of(6), np.log(chances)
    best, plain = (
        np.mean(fitted(mapping, logits, labels, groups)(logits).argmax(1) == groups[labels])
        for mapping in (GroupSum(), ArgmaxGroup())
    )
    assert best > plain
