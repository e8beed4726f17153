import numpy as np

from thumblab.engines.numpy import Network
from thumblab.layers import SELU
from thumblab.layers.selu import ALPHA, SCALE

EXAMPLES = [(SELU(), (4, 6, 6)), (SELU(), (3, 5, 7)), (SELU(), (12,))]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[-1.0, 0.0, 2.0]])
    y, backward = Network(SELU(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[SCALE * ALPHA * np.expm1(-1), 0.0, 2 * SCALE]], rtol=1e-12)
    np.testing.assert_allclose(
        backward(np.ones_like(x))["input"],
        [[SCALE * ALPHA * np.exp(-1), SCALE * ALPHA, SCALE]],
        rtol=1e-12,
    )


def test_mean_0_and_variance_1_are_kept() -> None:
    x = np.random.default_rng(0).standard_normal((1, 1_000_000))
    y, _ = Network(SELU(), x.shape[1:], dtype="f8", workers=1).run(x, training=False)
    assert abs(y.mean()) < 0.005
    assert abs(y.var() - 1) < 0.005
