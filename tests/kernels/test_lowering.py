import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from tests.kernels.convolved import check
from thumblab.kernels import lowering
from thumblab.kernels.layout import BLOCK
from thumblab.kernels.windows import Pads, window_shape
from thumblab.layers import Conv


@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (2, 1), (3, 1), (3, 2), (4, 3), (5, 1)])
def test_unfolded_windows_are_numpys_sliding_windows(kernel: int, stride: int) -> None:
    x = np.random.default_rng(0).standard_normal((2, 7, 9, BLOCK, 3))
    oh, ow = (7 - kernel) // stride + 1, (9 - kernel) // stride + 1
    found = lowering.unfold(x, kernel, stride, (oh, ow), np.empty)
    windows = sliding_window_view(x, (kernel, kernel), (1, 2))[:, ::stride, ::stride]
    wanted = windows.transpose(0, 1, 5, 6, 4, 2, 3)  # (g, oh, k, k, c, ow, 16)
    np.testing.assert_array_equal(found, wanted.reshape(found.shape))


def test_a_kernel_comes_back_from_its_matrix() -> None:
    weight = np.random.default_rng(0).standard_normal((4, 3, 2, 2))
    matrix = lowering.matrix(weight)
    assert matrix.shape == (12, 4)
    np.testing.assert_array_equal(lowering.kernel_of(matrix, weight.shape), weight)


@pytest.mark.parametrize("samples", [1, 16, 21])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"),
    [(3, 1, 1), (3, 2, "same"), (3, 2, 1), (5, 1, "same"), (2, 3, "valid"), (4, 2, 3), (1, 1, 1)],
)
def test_convolution_agrees_with_torch(
    samples: int, kernel: int, stride: int, padding: int | str
) -> None:
    rng = np.random.default_rng(samples)
    x = rng.standard_normal((samples, 3, 6, 7))
    weight, bias = rng.standard_normal((5, 3, kernel, kernel)), rng.standard_normal(5)
    _, pad = window_shape(Conv(1), x.shape[1:], kernel, stride, padding)  # type: ignore[arg-type]
    check(lowering.convolve, x, weight, bias, stride, pad)


def test_a_bias_may_be_left_out() -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((2, 1, 4, 4)), rng.standard_normal((2, 1, 3, 3))
    pad: Pads = ((0, 0), (0, 0))
    check(lowering.convolve, x, weight, None, 1, pad)
