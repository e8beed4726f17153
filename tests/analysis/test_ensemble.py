from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax

from tests.analysis.comparison import Array, Comparison
from tests.analysis.conftest import CASES
from thumblab.analysis import ensemble


def together(logits: Array, labels: Array) -> Array:
    return softmax(ensemble([logits, logits[::-1], 0 * logits]), axis=1)


def theirs(logits: Array, labels: Array) -> Array:
    members = [softmax(each, axis=1) for each in (logits, logits[::-1], logits * 0)]
    return np.mean(members, axis=0)


COMPARISONS = [Comparison("ensemble", together, theirs)]


def test_one_member_is_itself() -> None:
    logits, _ = CASES["random"]
    np.testing.assert_allclose(softmax(ensemble([logits]), axis=1), softmax(logits, axis=1))


def test_certain_members_that_disagree_stay_finite() -> None:
    found = ensemble([np.array([[1e5, 0.0]]), np.array([[0.0, 1e5]])])
    np.testing.assert_allclose(softmax(found, axis=1), [[0.5, 0.5]])
    assert np.isfinite(ensemble([np.array([[1e5, 0.0]])])).all()


@pytest.mark.parametrize("members", [[], [np.zeros((2, 3)), np.zeros((2, 4))], [np.zeros(3)]])
def test_members_that_do_not_fit_are_told(members: list[Array]) -> None:
    with pytest.raises(ValueError, match=r"; give \(n, classes\), the same for each$"):
        ensemble(members)
