import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import Sigmoid
from thumblab.layers.sigmoid import logistic

EXAMPLES = [(Sigmoid(), (4, 6, 6)), (Sigmoid(), (3, 5, 7)), (Sigmoid(), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[0.0, np.log(3)]])
    y, backward = Network(Sigmoid(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[0.5, 0.75]], rtol=1e-12)
    np.testing.assert_allclose(backward(np.ones_like(x))["input"], [[0.25, 3 / 16]], rtol=1e-12)


def test_far_left_the_digits_are_kept() -> None:
    np.testing.assert_allclose(logistic(np.array([-50.0])), [np.exp(-50.0)], rtol=1e-15)
