import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import ClassToken

EXAMPLES = [(ClassToken(), (4, 6)), (ClassToken(), (1, 3))]


def test_the_token_comes_first_and_gathers_its_gradient_over_samples() -> None:
    net = Network(ClassToken(), (2, 3), dtype="f8", workers=1)
    x = np.arange(12.0).reshape(2, 2, 3)
    y, backward = net.run(x, training=True)
    np.testing.assert_array_equal(y[:, 0], np.repeat(net.arrays["token"], 2, 0))
    np.testing.assert_array_equal(y[:, 1:], x)
    grads = backward(np.ones((2, 3, 3)))
    np.testing.assert_array_equal(grads["token"], [[2, 2, 2]])


def test_images_have_to_become_tokens_first() -> None:
    with pytest.raises(ShapeError, match=r"ClassToken reads \(tokens, features\) .* PatchEmbedd"):
        ClassToken().out_shape((3, 8, 8))
