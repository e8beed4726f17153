import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import Hardswish

EXAMPLES = [(Hardswish(), (4, 6, 6)), (Hardswish(), (3, 5, 7)), (Hardswish(), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[-4.0, -3.0, -1.5, 0.0, 3.0, 4.0]])
    y, backward = Network(Hardswish(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[0.0, 0.0, -0.375, 0.0, 3.0, 4.0]], rtol=1e-12)
    np.testing.assert_allclose(
        backward(np.ones_like(x))["input"], [[0.0, 0.0, 0.0, 0.5, 1.0, 1.0]], rtol=1e-12
    )
