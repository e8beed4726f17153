import numpy as np
import pytest

from tests.kernels.convolved import check
from thumblab.kernels import pointwise


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("samples", [1, 16, 21])
def test_convolution_agrees_with_torch(samples: int, stride: int) -> None:
    rng = np.random.default_rng(samples)
    x = rng.standard_normal((samples, 3, 5, 8))
    weight, bias = rng.standard_normal((4, 3, 1, 1)), rng.standard_normal(4)
    pad = ((0, 0), (0, 0))
    check(pointwise.convolve, x, weight, bias, stride, pad)
    check(pointwise.convolve, x, weight, None, stride, pad)
