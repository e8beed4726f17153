from __future__ import annotations

import numpy as np
import pytest

from thumblab.audit.luck import expected_maximum


@pytest.mark.parametrize("count", [2, 5, 30])
def test_it_is_the_mean_of_largest_draws(count: int) -> None:
    draws = np.random.default_rng(0).standard_normal((20_000, count)).max(1)
    assert expected_maximum(count) == pytest.approx(draws.mean(), abs=0.02)


def test_of_none_there_is_no_best() -> None:
    with pytest.raises(ValueError, match="give at least 1"):
        expected_maximum(0)
