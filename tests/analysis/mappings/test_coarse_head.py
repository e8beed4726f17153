from __future__ import annotations

import numpy as np
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import CASES, random_case
from tests.analysis.mappings.test_mapping import scores
from thumblab.analysis.mappings import CoarseHead, GroupSum, cross_fitted, fitted


def head(logits: Array, labels: Array) -> Array:
    """scikit-learn's own, on columns put together one by one."""
    groups, chances = groups_of(logits.shape[1]), softmax(logits, axis=1)
    sums = [chances[:, groups == g].sum(1) for g in range(groups.max() + 1)]
    inputs = StandardScaler().fit_transform(
        np.log(np.maximum(np.column_stack([chances, *sums]), 1e-12))
    )
    model = LogisticRegression(C=0.1, max_iter=2000, tol=1e-3).fit(inputs, groups[labels])
    found = np.zeros((len(labels), groups.max() + 1))
    found[:, model.classes_] = model.predict_proba(inputs)
    return found


COMPARISONS = [
    Comparison(
        "CoarseHead",
        lambda logits, labels: scores(CoarseHead(), logits, labels),
        head,
        tuple(CASES[name] for name in ("random", "ties", "absent class", "huge logits")),
    )
]


def test_one_group_is_all_it_can_say() -> None:
    logits, labels = random_case(0, 10, 4)
    found = fitted(CoarseHead(), logits, labels, np.zeros(4, int))(logits[:3])
    np.testing.assert_array_equal(found, np.ones((3, 1)))
    seen = fitted(CoarseHead(), logits, labels * 0, np.arange(4))(logits[:3])
    np.testing.assert_array_equal(seen, np.tile([1.0, 0, 0, 0], (3, 1)))


def test_it_learns_what_a_sum_cannot() -> None:
    """A network that takes each class for one of another group: the sum is always wrong."""
    labels = np.arange(600) % 6
    logits = 6 * np.eye(6)[(labels + 1) % 6]
    groups = groups_of(6)
    by_sum = cross_fitted(GroupSum(), logits, labels, groups)
    by_head = cross_fitted(CoarseHead(), logits, labels, groups)
    assert np.mean(by_sum == groups[labels]) == 0
    assert np.mean(by_head == groups[labels]) == 1


def test_a_weak_network_is_not_held_to_one_group() -> None:
    """Its probabilities differ in the third digit only, and still tell the groups apart."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 20, 1500)
    groups = groups_of(20)
    logits = 0.01 * (rng.standard_normal((1500, 20)) + 2 * np.eye(20)[labels])
    found = cross_fitted(CoarseHead(), logits, labels, groups)
    right, common = np.mean(found == groups[labels]), np.bincount(groups[labels]).max() / 1500
    assert len(np.unique(found)) == groups.max() + 1
    assert right > common + 0.2
