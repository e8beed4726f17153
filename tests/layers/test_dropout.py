import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import Dropout

EXAMPLES = [(Dropout(0.0), (4, 6, 6)), (Dropout(0.0), (12,))]


@pytest.mark.parametrize("shape", [(1000,), (10, 10, 10)])
def test_the_mean_is_kept_and_the_gradient_passes_where_values_do(shape: tuple[int, ...]) -> None:
    net = Network(Dropout(0.3), shape, workers=1)
    x = np.ones((100, *shape), "f4")
    y, backward = net.run(x, training=True)
    assert abs((y == 0).mean() - 0.3) < 0.01
    assert abs(y.mean() - 1) < 0.01
    np.testing.assert_array_equal(backward(x)["input"], y)


def test_both_rules_draw_the_same_masks() -> None:
    x = np.ones((21, 3, 5, 7))
    fast, plain = (
        Network(Dropout(0.5), (3, 5, 7), dtype="f8", workers=1, rules=rules)
        .run(x, training=True, step=4)[0]
        .copy()
        for rules in ("fast", "reference")
    )
    np.testing.assert_array_equal(fast, plain)


def test_masks_differ_between_steps_and_samples() -> None:
    net = Network(Dropout(0.5), (64,), workers=1)
    first = net.run(np.ones((8, 64), "f4"), training=True, step=0)[0].copy()
    second = net.run(np.ones((8, 64), "f4"), training=True, step=1)[0]
    assert (first != second).any()
    assert (first[0] != first[1]).any()


def test_prediction_changes_nothing() -> None:
    x = np.ones((2, 5), "f4")
    assert (Network(Dropout(0.5), (5,), workers=1).run(x, training=False)[0] == x).all()


@pytest.mark.parametrize("rate", [1.0, -0.1, 0.999999, float("nan")])
def test_the_rate_is_a_share(rate: float) -> None:
    with pytest.raises(ShapeError, match=r"the rate must be at least 0 and less than 0\.99999"):
        Dropout(rate)
