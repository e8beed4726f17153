import numpy as np
import pytest

from tests.losses.whole import Whole
from thumblab.core.errors import UsageError
from thumblab.losses import CrossEntropy, Hierarchical, objective, settle
from thumblab.losses.hierarchical import coarse, grouped_logsumexp

GROUPS = (1, 0, 1, 2, 0)
EXAMPLES = [
    Hierarchical(groups=GROUPS),
    Hierarchical(0.3, smoothing=0.2, groups=GROUPS),
    Hierarchical(0.0, groups=(0, 0, 0, 0, 0)),
]


def test_by_hand() -> None:
    logits = np.log([[0.1, 0.2, 0.3, 0.15, 0.25]])
    value, _ = objective(Hierarchical(0.5, groups=GROUPS), logits, np.array([2]), Whole())
    assert value == pytest.approx(-np.log(0.3) - 0.5 * np.log(0.4))
    soft = Hierarchical(0.5, smoothing=0.3, groups=GROUPS)
    value, _ = objective(soft, logits, np.array([2]), Whole())
    spread = 0.8 * np.log(0.4) + 0.1 * np.log(0.45) + 0.1 * np.log(0.15)
    assert value == pytest.approx(-np.log(0.3) - 0.5 * spread)


def test_without_a_share_it_is_cross_entropy() -> None:
    logits, labels = np.random.default_rng(0).standard_normal((6, 5)), np.arange(6) % 5
    ours = objective(Hierarchical(0.0, groups=GROUPS), logits, labels, Whole(6))
    theirs = objective(CrossEntropy(), logits, labels, Whole(6))
    assert ours[0] == pytest.approx(theirs[0])
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-12)


def test_a_class_of_the_right_group_costs_less_than_any_other() -> None:
    loss, right, wrong = Hierarchical(groups=GROUPS), np.zeros((1, 5)), np.zeros((1, 5))
    right[0, 0] = wrong[0, 3] = 5.0
    inside, outside = (objective(loss, x, np.array([2]), Whole())[0] for x in (right, wrong))
    assert inside < outside - 1


def test_sums_over_groups_do_not_underflow() -> None:
    log_p = np.array([[-2000.0, 0.0, -2001.0, -3000.0, -1.0]])
    groups = np.array(GROUPS)
    found = grouped_logsumexp(log_p, groups)
    np.testing.assert_allclose(found, [[np.logaddexp(0, -1), -2000 + np.log1p(np.exp(-1)), -3000]])
    np.testing.assert_array_equal(coarse(np.array([[1, 2, 4, 8, 16]]), groups), [[18, 5, 8]])


def test_groups_come_from_the_data() -> None:
    assert settle(Hierarchical(0.3), [1] * 5, GROUPS) == Hierarchical(0.3, groups=GROUPS)
    with pytest.raises(UsageError, match=r"needs groups and these data have none; take Cross"):
        settle(Hierarchical(), [1] * 5)


def test_wrong_fields_are_refused() -> None:
    for wrong in ({"share": -1.0}, {"smoothing": 1.0}):
        with pytest.raises(UsageError, match=r"share must be at least 0 and smoothing in \[0, 1\)"):
            Hierarchical(**wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="groups must be numbered from 0 without a gap"):
        Hierarchical(groups=(0, 2))
    with pytest.raises(UsageError, match=r"groups for 0 classes and the logits have 3; give the"):
        objective(Hierarchical(), np.zeros((1, 3)), np.array([0]), Whole())
