import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import SiLU

EXAMPLES = [(SiLU(), (4, 6, 6)), (SiLU(), (3, 5, 7)), (SiLU(), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[0.0, np.log(3)]])
    y, backward = Network(SiLU(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[0.0, 0.75 * np.log(3)]], rtol=1e-12)
    np.testing.assert_allclose(
        backward(np.ones_like(x))["input"], [[0.5, 0.75 + 3 / 16 * np.log(3)]], rtol=1e-12
    )
