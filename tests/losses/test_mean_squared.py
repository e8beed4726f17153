import numpy as np
import pytest

from tests.losses.whole import Whole
from thumblab.losses import MeanSquared, loss_and_grad

EXAMPLES = [MeanSquared()]


def test_the_mean_is_over_samples_and_classes() -> None:
    logits = np.array([[1.0, 0.0], [3.0, 1.0]])
    value, gradient = loss_and_grad(MeanSquared(), logits, np.array([0, 1]), Whole(2))
    assert value == pytest.approx(9 / 4)
    np.testing.assert_allclose(gradient, [[0, 0], [2 * 3 / 4, 0]])
