import numpy as np
import pytest

from tests.optim.moved import Moved, gradients
from thumblab.core.errors import UsageError
from thumblab.optim import SGD, Adam, Clipped, Grouped

EXAMPLES = [Clipped(), Clipped(Adam(), 5.0), Clipped(Grouped(SGD(), {"0": 2.0}), 1e-3)]


def test_long_gradients_become_as_long_as_the_norm_and_short_ones_stay() -> None:
    for norm, length in ((2.0, 2.0), (1e6, np.linalg.norm(gradients(1)))):
        plain, start = Clipped(SGD(momentum=0.0), norm), Moved(SGD())
        move = Moved(plain).run(gradients(1)).flat - start.flat
        assert np.linalg.norm(move) == pytest.approx(0.05 * length, rel=1e-6)


def test_the_norm_of_large_float32_gradients_does_not_overflow() -> None:
    plain, start = Clipped(SGD(momentum=0.0), 1.0), Moved(SGD(), dtype="f4")
    move = Moved(plain, dtype="f4").run(gradients(1, size=1e25)).flat - start.flat
    assert np.linalg.norm(move) == pytest.approx(0.05, rel=1e-4)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_gradient_that_is_not_finite_shows() -> None:
    for wrong in (np.nan, np.inf):
        grads = gradients(1)
        grads[0, 3] = wrong
        assert not np.isfinite(Moved(Clipped(SGD())).run(grads).flat).all()


@pytest.mark.parametrize("norm", [0.0, -1.0, float("nan"), float("inf")])
def test_wrong_norms_are_refused(norm: float) -> None:
    with pytest.raises(UsageError, match=r"norm must be (above 0 and )?finite"):
        Clipped(SGD(), norm)
