import numpy as np
import pytest

from thumblab.engines.numpy import Network
from thumblab.layers import Softmax

EXAMPLES = [(Softmax(), (4, 6, 6)), (Softmax(), (3, 5, 7)), (Softmax(), (12,)), (Softmax(), (5, 8))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[0.0, np.log(3)]])
    y, backward = Network(Softmax(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[0.25, 0.75]], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        backward(np.ones_like(x))["input"], [[0.0, 0.0]], rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize(("shape", "axis"), [((4, 3, 2), 1), ((5, 8), 2), ((7,), 1)])
def test_shares_of_channels_or_features_sum_to_1(shape: tuple[int, ...], axis: int) -> None:
    x = np.random.default_rng(0).standard_normal((2, *shape))
    y, _ = Network(Softmax(), shape, dtype="f8", workers=1).run(x, training=False)
    np.testing.assert_allclose(y.sum(axis), 1)
