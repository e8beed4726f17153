"""Why report R0's entropy weight gave what the plain sum gives: a scalar a sample moves no argmax."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax
from scipy.stats import entropy

from tests.analysis.comparison import Array, Comparison, groups_of
from tests.analysis.conftest import CASES, Case
from tests.analysis.mappings.test_group_sum import sums
from tests.analysis.mappings.test_mapping import scores
from thumblab.analysis.mappings import EntropyWeighted, GroupSum


def weighted(logits: Array, labels: Array) -> Array:
    classes = logits.shape[1]
    sure = 1 - entropy(softmax(logits, axis=1), base=max(classes, 2), axis=1)
    return np.clip(sure, 0, 1)[:, None] * sums(logits, labels)


COMPARISONS = [
    Comparison(
        "EntropyWeighted",
        lambda logits, labels: scores(EntropyWeighted(), logits, labels),
        weighted,
        atol=1e-9,
    )
]


def test_the_guess_is_that_of_the_plain_sum(case: Case) -> None:
    by_sum, by_weight = scores(GroupSum(), *case), scores(EntropyWeighted(), *case)
    np.testing.assert_array_equal(by_weight.argmax(1), by_sum.argmax(1))


@given(arrays(np.float64, (3, 7), elements=st.floats(-30, 30, width=32)))
def test_a_weight_that_is_one_scalar_a_sample_moves_no_guess(logits: Array) -> None:
    labels, rows = np.zeros(3, int), np.arange(3)
    by_sum, by_weight = (
        scores(GroupSum(), logits, labels),
        scores(EntropyWeighted(), logits, labels),
    )
    sure = by_weight.sum(1)  # the weight itself: the sums of a sample add up to 1
    np.testing.assert_allclose(by_weight, sure[:, None] * by_sum, atol=1e-12)
    guess = by_weight.argmax(1)
    known = sure > 1e-9  # where nothing is known, nothing is left to choose by
    assert (by_sum[rows, guess] >= by_sum.max(1) - 1e-9)[known].all()


def test_what_is_said_of_the_other_samples_does_not_matter() -> None:
    logits, labels = CASES["random"]
    alone = [scores(EntropyWeighted(), logits[i : i + 1], labels[i : i + 1]) for i in range(20)]
    np.testing.assert_allclose(
        np.concatenate(alone), scores(EntropyWeighted(), logits, labels)[:20], atol=1e-12
    )


def test_the_weight_is_1_for_certainty_and_0_for_ignorance() -> None:
    logits = np.array([[1000.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    found = scores(EntropyWeighted(), logits, np.array([0, 1]))
    np.testing.assert_allclose(found.sum(1), [1, 0], atol=1e-12)
    assert len(groups_of(3)) == 3
