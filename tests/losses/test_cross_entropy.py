from math import log

import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.losses import CrossEntropy, objective

EXAMPLES = [CrossEntropy(), CrossEntropy(smoothing=0.1), CrossEntropy(smoothing=0.5)]


class Whole:
    batch = 1


def test_equal_logits_cost_the_logarithm_of_the_classes() -> None:
    for loss in EXAMPLES:
        value, gradient = objective(loss, np.zeros((1, 4)), np.array([2]), Whole())
        assert value == pytest.approx(log(4))
        assert gradient.sum() == pytest.approx(0)


def test_smoothing_is_a_share() -> None:
    for smoothing in (1.0, -0.1):
        with pytest.raises(UsageError, match=r"the smoothing must be in \[0, 1\)"):
            CrossEntropy(smoothing)
