import numpy as np
import pytest

from thumblab.core.errors import UsageError
from thumblab.engines.numpy import Network
from thumblab.layers import GELU

EXAMPLES = [
    (GELU(), (4, 6, 6)),
    (GELU(), (12,)),
    (GELU(), (5, 8)),
    (GELU("tanh"), (3, 5, 7)),
    (GELU("tanh"), (12,)),
]


def test_values_and_gradients_worked_by_hand() -> None:
    x = np.array([[-2.0, 0.0, 1.0]])
    y, backward = Network(GELU(), x.shape[1:], dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose(y, [[-0.04550026389635842, 0.0, 0.8413447460685429]], rtol=1e-10)
    np.testing.assert_allclose(
        backward(np.ones_like(x))["input"],
        [[-0.085231801078197, 0.5, 1.083315470587686]],
        rtol=1e-10,
    )


def test_the_approximation_is_close() -> None:
    x = np.linspace(-6, 6, 1201)[None]
    exact, quick = (
        Network(layer, x.shape[1:], dtype="f8", workers=1).run(x, training=False)[0]
        for layer in (GELU(), GELU("tanh"))
    )
    assert 1e-4 < abs(exact - quick).max() < 5e-4


def test_errors_list_the_choices() -> None:
    with pytest.raises(UsageError, match="approximate must be 'none' or 'tanh'"):
        GELU("erf")  # type: ignore[arg-type]
