import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import AvgPool

IMAGE = (4, 6, 6)
EXAMPLES = [
    (AvgPool(2), IMAGE),
    (AvgPool(2), (3, 5, 7)),
    (AvgPool(3, 2, "same"), IMAGE),
    (AvgPool(3, 2, 1), (3, 5, 7)),
    (AvgPool(3, 1, "same"), IMAGE),
    (AvgPool(5, 3, 2), (1, 3, 3)),
]


def test_padding_is_not_counted() -> None:
    net = Network(AvgPool(3, 1, "same"), (1, 4, 4), dtype="f8", workers=1)
    np.testing.assert_allclose(net.run(np.full((1, 1, 4, 4), 3.0), training=False)[0], 3.0)


def test_no_window_may_hold_padding_alone() -> None:
    assert AvgPool(2, padding=1).out_shape((1, 3, 3)) == (1, 2, 2)
    with pytest.raises(ShapeError, match="padding must be less than the kernel"):
        AvgPool(2, padding=2)
