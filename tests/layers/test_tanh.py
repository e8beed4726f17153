import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import Tanh

EXAMPLES = [(Tanh(), (4, 6, 6)), (Tanh(), (3, 5, 7)), (Tanh(), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[0.0, np.log(3)]])
    y, backward = Network(Tanh(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[0.0, 0.8]], rtol=1e-12)
    np.testing.assert_allclose(backward(np.ones_like(x))["input"], [[1.0, 0.36]], rtol=1e-12)
