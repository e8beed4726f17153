import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.losses import balanced_weights, effective_number_weights


def test_weights_are_inverse_to_the_counts_with_mean_1() -> None:
    found = np.array(balanced_weights([1, 2, 4]))
    np.testing.assert_allclose(found * [1, 2, 4], found[0])
    assert found.mean() == pytest.approx(1)


def test_effective_numbers_lie_between_equal_and_balanced_weights() -> None:
    counts = [10, 100, 1000]
    np.testing.assert_allclose(effective_number_weights(counts, 0.0), 1)
    np.testing.assert_allclose(
        effective_number_weights(counts, 1 - 1e-9), balanced_weights(counts), rtol=1e-5
    )
    found = effective_number_weights(counts, 0.99)
    assert found[1] / found[0] == pytest.approx((1 - 0.99**10) / (1 - 0.99**100))


def test_an_absent_class_has_no_weight_and_no_part_in_the_mean() -> None:
    assert balanced_weights([10, 0, 30]) == (1.5, 0.0, 0.5)
    assert effective_number_weights([10, 0, 30], 0.0) == (1.0, 0.0, 1.0)


def test_wrong_counts_are_refused() -> None:
    for counts in ([], [0, 0], [-1, 2]):
        with pytest.raises(UsageError, match="must be at least 0, one for each class"):
            balanced_weights(counts)
    with pytest.raises(UsageError, match=r"beta 1.0 must be in \[0, 1\)"):
        effective_number_weights([1], 1.0)
