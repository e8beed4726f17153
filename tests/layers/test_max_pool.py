import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import MaxPool

IMAGE = (4, 6, 6)
EXAMPLES = [
    (MaxPool(2), IMAGE),
    (MaxPool(2), (3, 5, 7)),
    (MaxPool(3, 2, "same"), IMAGE),
    (MaxPool(3, 2, "same"), (3, 5, 7)),
    (MaxPool(3, 2, 1), (3, 5, 7)),
    (MaxPool(3, 1, "same"), IMAGE),
    (MaxPool(4), (2, 9, 8)),
    (MaxPool(1), IMAGE),
    (MaxPool(2, 3), (1, 8, 8)),
    (MaxPool(5, 3, 2), (1, 3, 3)),
]


@pytest.mark.parametrize("rules", ["fast", "reference"])
@pytest.mark.parametrize("side", [2, 3])
def test_a_tie_sends_the_gradient_to_the_first_in_row_order(side: int, rules: str) -> None:
    net = Network(MaxPool(side), (1, side, side), dtype="f8", workers=1, rules=rules)  # type: ignore[arg-type]
    x, first = np.full((1, 1, side, side), 7.0), np.zeros((side, side))
    x[..., 0, 0], first[0, 1] = 0, 1
    _, backward = net.run(x, training=True)
    np.testing.assert_array_equal(backward(np.ones((1, 1, 1, 1)))["input"][0, 0], first)


def test_padding_never_wins() -> None:
    net = Network(MaxPool(3, 2, "same"), (1, 4, 4), dtype="f8", workers=1)
    assert (net.run(np.full((1, 1, 4, 4), -5.0), training=False)[0] == -5).all()


def test_a_window_must_fit() -> None:
    with pytest.raises(ShapeError, match="does not fit in 1x1 pixels"):
        MaxPool(2).out_shape((8, 1, 1))


def test_no_window_may_hold_padding_alone() -> None:
    assert MaxPool(2, padding=1).out_shape((1, 3, 3)) == (1, 2, 2)
    with pytest.raises(ShapeError, match="padding must be less than the kernel"):
        MaxPool(2, padding=2)
