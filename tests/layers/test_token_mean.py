import pytest

from thumblab.core.errors import ShapeError
from thumblab.layers import TokenMean

EXAMPLES = [(TokenMean(), (4, 6)), (TokenMean(), (1, 3))]


def test_images_have_another_layer_for_it() -> None:
    with pytest.raises(ShapeError, match=r"TokenMean reads \(tokens, features\) .* GlobalAvgPool"):
        TokenMean().out_shape((3, 8, 8))
