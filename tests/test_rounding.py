from __future__ import annotations

import numpy as np
import pytest

from tests.rounding import FLOOR, assert_rounding, distance


def test_distances_are_relative_to_the_largest() -> None:
    assert distance([1.0, 4.0], [1.0, 5.0]) == pytest.approx(0.2)
    assert distance(0.0, 0.0) == 0


def test_the_farthest_yardstick_sets_the_bound_and_near_zero_the_floor() -> None:
    exact = np.array([1.0, -2.0])
    assert_rounding(exact * (1 + 5e-3), exact, exact, exact * 1.001)
    assert_rounding(exact * (1 + FLOOR / 2), exact, exact)
    for found in (exact * 1.02, exact * np.nan):
        with pytest.raises(AssertionError, match=r"loss: .* from float64, the yardstick 1\.0e-03"):
            assert_rounding(found, exact, exact, exact * 1.001, what="loss")
