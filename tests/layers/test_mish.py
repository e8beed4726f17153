import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import Mish

EXAMPLES = [(Mish(), (4, 6, 6)), (Mish(), (3, 5, 7)), (Mish(), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[0.0, np.log(2)]])
    y, backward = Network(Mish(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[0.0, 0.8 * np.log(2)]], rtol=1e-12)
    np.testing.assert_allclose(
        backward(np.ones_like(x))["input"], [[0.6, 0.8 + 0.24 * np.log(2)]], rtol=1e-12
    )
