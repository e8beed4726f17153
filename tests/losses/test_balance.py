import numpy as np
import pytest

import thumblab.losses
from tests.kinds import kinds
from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.value import from_dict, to_dict
from thumblab.losses import EffectiveNumber, InverseFrequency, Weighting, class_weights

WEIGHTINGS = [InverseFrequency(), EffectiveNumber(), EffectiveNumber(0.9)]
CASES = pytest.mark.parametrize("weighting", WEIGHTINGS, ids=repr)


def test_every_weighting_has_an_example() -> None:
    ours = {kind for kind in kinds(Weighting) if kind.__module__.startswith("thumblab.")}
    assert ours == {type(example) for example in WEIGHTINGS}
    assert all(getattr(thumblab.losses, kind.__name__) is kind for kind in ours)


@CASES
def test_rare_classes_weigh_more_and_the_mean_is_1(weighting: Weighting) -> None:
    found = np.array(class_weights(weighting, [4, 40, 1000]))
    assert (np.diff(found) < 0).all()
    assert found.mean() == pytest.approx(1)
    assert from_dict(to_dict(weighting)) == weighting


@CASES
def test_an_absent_class_has_no_weight_and_no_part_in_the_mean(weighting: Weighting) -> None:
    found = class_weights(weighting, [10, 0, 30])
    assert found[1] == 0
    assert found[::2] == class_weights(weighting, [10, 30])


@CASES
def test_wrong_counts_are_refused(weighting: Weighting) -> None:
    for counts in ([], [0, 0], [-1, 2]):
        with pytest.raises(UsageError, match="must be at least 0, one for each class"):
            class_weights(weighting, counts)


def test_weights_are_inverse_to_the_counts() -> None:
    found = np.array(class_weights(InverseFrequency(), [1, 2, 4]))
    np.testing.assert_allclose(found * [1, 2, 4], found[0])


def test_effective_numbers_lie_between_equal_and_inverse_weights() -> None:
    counts = [10, 100, 1000]
    np.testing.assert_allclose(class_weights(EffectiveNumber(0.0), counts), 1)
    np.testing.assert_allclose(
        class_weights(EffectiveNumber(1 - 1e-9), counts),
        class_weights(InverseFrequency(), counts),
        rtol=1e-5,
    )
    found = class_weights(EffectiveNumber(0.99), counts)
    assert found[1] / found[0] == pytest.approx((1 - 0.99**10) / (1 - 0.99**100))


def test_wrong_use_is_refused() -> None:
    with pytest.raises(UsageError, match=r"beta 1.0 must be in \[0, 1\)"):
        EffectiveNumber(1.0)
    with pytest.raises(MissingRuleError, match="no rule for Weighting; register one with @amounts"):
        class_weights(Weighting(), [1, 2])
