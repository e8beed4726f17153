import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import Softsign

EXAMPLES = [(Softsign(), (4, 6, 6)), (Softsign(), (3, 5, 7)), (Softsign(), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[-3.0, 0.0, 1.0]])
    y, backward = Network(Softsign(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[-0.75, 0.0, 0.5]], rtol=1e-12)
    np.testing.assert_allclose(
        backward(np.ones_like(x))["input"], [[1 / 16, 1.0, 0.25]], rtol=1e-12
    )
