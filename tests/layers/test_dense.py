import pytest

from thumblab.core.errors import ShapeError
from thumblab.layers import Dense

EXAMPLES = [(Dense(7), (12,)), (Dense(1, bias=False), (5,))]


def test_an_image_has_to_be_flattened_first() -> None:
    with pytest.raises(ShapeError, match=r"was given \(3, 2, 2\); put Flatten\(\) before it"):
        Dense(2).out_shape((3, 2, 2))
