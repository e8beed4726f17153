import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import ELU

EXAMPLES = [(ELU(), (4, 6, 6)), (ELU(0.5), (3, 5, 7)), (ELU(2), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[-1.0, 0.0, 3.0]])
    y, backward = Network(ELU(2.0), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[2 * np.exp(-1) - 2, 0.0, 3.0]], rtol=1e-12)
    np.testing.assert_allclose(
        backward(np.ones_like(x))["input"], [[2 * np.exp(-1), 2.0, 1.0]], rtol=1e-12
    )
