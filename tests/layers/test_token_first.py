import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import ClassToken, Sequential, TokenFirst

EXAMPLES = [(TokenFirst(), (4, 6)), (TokenFirst(), (1, 3))]


def test_it_reads_what_the_class_token_has_put_there() -> None:
    net = Network(Sequential(ClassToken(), TokenFirst()), (4, 3), dtype="f8", workers=1)
    y, _ = net.run(np.ones((2, 4, 3)), training=False)
    np.testing.assert_array_equal(y, np.repeat(net.arrays["0.token"], 2, 0))


def test_images_have_no_first_token() -> None:
    with pytest.raises(ShapeError, match=r"TokenFirst reads \(tokens, features\) .* ClassToken"):
        TokenFirst().out_shape((12,))
