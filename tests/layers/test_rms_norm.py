import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import RMSNorm

EXAMPLES = [
    (RMSNorm(), (5, 8)),
    (RMSNorm(), (12,)),
    (RMSNorm(1e-2), (4, 3)),
]


def test_each_token_has_a_root_mean_square_of_one_and_keeps_its_mean() -> None:
    x = np.array([[[3.0, 4.0], [30.0, -40.0]]])
    y, _ = Network(RMSNorm(0.0), (2, 2), dtype="f8", workers=1).run(x, training=False)
    np.testing.assert_allclose(y, np.array([[[3, 4], [3, -4]]]) / np.sqrt(12.5))


def test_images_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"given \(3, 4, 4\); GroupNorm\(1\) normalizes each"):
        RMSNorm().out_shape((3, 4, 4))
