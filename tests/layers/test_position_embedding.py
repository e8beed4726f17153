import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import PositionEmbedding

EXAMPLES = [(PositionEmbedding(), (4, 6)), (PositionEmbedding(), (1, 3))]


def test_every_sample_gets_the_same_positions() -> None:
    net = Network(PositionEmbedding(), (2, 3), dtype="f8", workers=1)
    y, backward = net.run(np.ones((5, 2, 3)), training=True)
    np.testing.assert_array_equal(y, np.repeat(1 + net.arrays["position"][None], 5, 0))
    np.testing.assert_array_equal(backward(np.ones((5, 2, 3)))["position"], np.full((2, 3), 5))


def test_positions_start_small() -> None:
    start = Network(PositionEmbedding(), (64, 64), workers=1).arrays["position"]
    assert start.std() == pytest.approx(0.02, rel=0.05)


def test_images_have_to_become_tokens_first() -> None:
    with pytest.raises(ShapeError, match=r"PositionEmbedding reads \(tokens, features\) .* Patch"):
        PositionEmbedding().out_shape((3, 8, 8))
