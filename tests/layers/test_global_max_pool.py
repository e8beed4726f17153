import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import GlobalMaxPool

EXAMPLES = [
    (GlobalMaxPool(), (4, 6, 6)),
    (GlobalMaxPool(), (3, 5, 7)),
    (GlobalMaxPool(), (2, 1, 1)),
]


def test_a_tie_goes_to_the_first_in_row_order() -> None:
    x = np.array([[[[0.0, 2.0], [2.0, 1.0]]]])
    y, backward = Network(GlobalMaxPool(), (1, 2, 2), dtype="f8", workers=1).run(x, training=True)
    assert y.tolist() == [[2]]
    assert backward(np.array([[3.0]]))["input"].tolist() == [[[[0, 3], [0, 0]]]]


def test_vectors_are_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"reads \(channels, height, width\) but was given \(12,\)"
    ):
        GlobalMaxPool().out_shape((12,))
