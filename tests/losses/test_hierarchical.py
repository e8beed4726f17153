import numpy as np
import pytest

from tests.losses.whole import Whole
from thumblab.core.errors import UsageError
from thumblab.losses import CrossEntropy, Hierarchical, loss_and_grad, resolve
from thumblab.losses.hierarchical import grouped

GROUPS = (1, 0, 1, 2, 0)
MATRIX = ((0.0, 1.0), (0.25, 0.75), (1.0, 0.0), (0.5, 0.5), (0.9, 0.1))
EXAMPLES = [
    Hierarchical(groups=GROUPS),
    Hierarchical(0.3, smoothing=0.2, groups=GROUPS),
    Hierarchical(0.0, groups=(0, 0, 0, 0, 0)),
    Hierarchical(0.7, smoothing=0.1, groups=MATRIX),
]


def test_by_hand() -> None:
    logits = np.log([[0.1, 0.2, 0.3, 0.15, 0.25]])
    value, _ = loss_and_grad(Hierarchical(0.5, groups=GROUPS), logits, np.array([2]), Whole())
    assert value == pytest.approx(-np.log(0.3) - 0.5 * np.log(0.4))
    soft = Hierarchical(0.5, smoothing=0.3, groups=GROUPS)
    value, _ = loss_and_grad(soft, logits, np.array([2]), Whole())
    spread = 0.8 * np.log(0.4) + 0.1 * np.log(0.45) + 0.1 * np.log(0.15)
    assert value == pytest.approx(-np.log(0.3) - 0.5 * spread)


def test_without_a_share_it_is_cross_entropy() -> None:
    logits, labels = np.random.default_rng(0).standard_normal((6, 5)), np.arange(6) % 5
    ours = loss_and_grad(Hierarchical(0.0, groups=GROUPS), logits, labels, Whole(6))
    theirs = loss_and_grad(CrossEntropy(), logits, labels, Whole(6))
    assert ours[0] == pytest.approx(theirs[0])
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-12)


def test_a_class_of_the_right_group_costs_less_than_any_other() -> None:
    loss, right, wrong = Hierarchical(groups=GROUPS), np.zeros((1, 5)), np.zeros((1, 5))
    right[0, 0] = wrong[0, 3] = 5.0
    inside, outside = (loss_and_grad(loss, x, np.array([2]), Whole())[0] for x in (right, wrong))
    assert inside < outside - 1


def test_sums_over_groups_do_not_underflow() -> None:
    log_p = np.array([[-2000.0, 0.0, -2001.0, -3000.0, -1.0]])
    found, inside = grouped(log_p, Hierarchical(groups=GROUPS).matrix(5))
    np.testing.assert_allclose(found, [[np.logaddexp(0, -1), -2000 + np.log1p(np.exp(-1)), -3000]])
    np.testing.assert_allclose(inside[0].sum(0), 1)
    assert inside[0, 2, 1] == pytest.approx(1 / (1 + np.e))


def test_a_class_may_belong_to_several_groups_in_part() -> None:
    logits = np.log([[0.1, 0.2, 0.3, 0.15, 0.25]])
    value, _ = loss_and_grad(Hierarchical(0.5, groups=MATRIX), logits, np.array([1]), Whole())
    first = 0.05 + 0.3 + 0.075 + 0.225
    coarse = 0.25 * np.log(first) + 0.75 * np.log(1 - first)
    assert value == pytest.approx(-np.log(0.2) - 0.5 * coarse)
    eye = tuple(tuple(row) for row in np.eye(3)[list(GROUPS)])
    for label in range(5):
        both = [Hierarchical(groups=groups) for groups in (GROUPS, eye)]
        (a, da), (b, db) = (
            loss_and_grad(loss, logits, np.array([label]), Whole()) for loss in both
        )
        assert a == b
        np.testing.assert_array_equal(da, db)


def test_groups_come_from_the_data() -> None:
    assert resolve(Hierarchical(0.3), [1] * 5, GROUPS) == Hierarchical(0.3, groups=GROUPS)
    with pytest.raises(UsageError, match=r"needs groups and these data have none; take Cross"):
        resolve(Hierarchical(), [1] * 5)


def test_wrong_fields_are_refused() -> None:
    for wrong in ({"share": -1.0}, {"smoothing": 1.0}):
        with pytest.raises(UsageError, match=r"share must be at least 0 and smoothing in \[0, 1\)"):
            Hierarchical(**wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="groups must be numbered from 0 without a gap"):
        Hierarchical(groups=(0, 2))
    for rows in (((0.5, 0.5), (1.0,)), ((0.5, 0.6),), ((1.5, -0.5),), ((1.0, 0.0),), ((1.0,), 0)):
        with pytest.raises(UsageError, match="groups must have a row for each class, all as long"):
            Hierarchical(groups=rows)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"groups for 0 classes and the logits have 3; give the"):
        loss_and_grad(Hierarchical(), np.zeros((1, 3)), np.array([0]), Whole())
