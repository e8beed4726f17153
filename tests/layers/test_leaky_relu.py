import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import LeakyReLU

EXAMPLES = [(LeakyReLU(0.1), (4, 6, 6)), (LeakyReLU(), (3, 5, 7)), (LeakyReLU(), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[-2.0, 0.0, 3.0]])
    y, backward = Network(LeakyReLU(0.25), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[-0.5, 0.0, 3.0]], rtol=1e-12)
    np.testing.assert_allclose(backward(np.ones_like(x))["input"], [[0.25, 0.25, 1.0]], rtol=1e-12)
