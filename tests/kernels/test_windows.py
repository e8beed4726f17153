from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernels.blocks import blocked
from tests.optional import torch
from thumblab.core.errors import ShapeError
from thumblab.kernels.windows import Pads, check_window, pads, tap, window_shape, with_border
from thumblab.layers import Conv

SIDES, KERNELS, STRIDES = st.integers(1, 40), st.integers(1, 9), st.integers(1, 5)


@given(SIDES, KERNELS, STRIDES)
def test_same_is_tensorflows_formula(side: int, kernel: int, stride: int) -> None:
    """https://www.tensorflow.org/api_docs/python/tf/nn: the odd pixel goes after."""
    total = max(kernel - (side % stride or stride), 0)
    assert pads(side, kernel, stride, "same") == (total // 2, total - total // 2)
    counts, _ = window_shape(Conv(1), (1, side, side), kernel, stride, "same")
    assert counts == (ceil(side / stride),) * 2


@given(SIDES, KERNELS, STRIDES, st.integers(0, 3))
def test_symmetric_padding_counts_windows_as_torch_does(
    side: int, kernel: int, stride: int, padding: int
) -> None:
    x = (2, side, side + 1)
    if side + 2 * padding < kernel:
        with pytest.raises(ShapeError, match="does not fit"):
            window_shape(Conv(1), x, kernel, stride, padding)
        return
    counts, both = window_shape(Conv(1), x, kernel, stride, padding)
    theirs = torch.nn.Conv2d(2, 1, kernel, stride, padding)(torch.zeros(1, *x))
    assert counts == tuple(theirs.shape[2:])
    assert both == ((padding, padding), (padding, padding))


def test_valid_pads_nothing() -> None:
    assert pads(7, 3, 2, "valid") == (0, 0)
    assert window_shape(Conv(1), (1, 7, 8), 3, 2, "valid")[0] == (3, 3)


def test_a_3x3_window_of_stride_2_pads_after_only_on_an_even_side() -> None:
    assert pads(32, 3, 2, "same") == (0, 1)
    assert pads(33, 3, 2, "same") == (1, 1)


@pytest.mark.parametrize(
    "pad", [((0, 0), (0, 0)), ((1, 1), (1, 1)), ((0, 1), (1, 0)), ((2, 1), (0, 3))]
)
def test_a_border_is_what_np_pad_gives(pad: Pads) -> None:
    plain = np.random.default_rng(0).standard_normal((16, 2, 4, 5))
    x = blocked(plain)
    wanted = np.pad(plain, ((0, 0), (0, 0), *pad)).transpose(2, 3, 0, 1)
    np.testing.assert_array_equal(with_border(x, pad)[0], wanted)


def test_a_tap_is_what_one_kernel_position_meets() -> None:
    x = np.arange(2 * 7 * 9 * 3.0).reshape(2, 7, 9, 1, 3)
    found = tap(x, 1, 2, (3, 3), 2)
    np.testing.assert_array_equal(found, x[:, [1, 3, 5]][:, :, [2, 4, 6]])
    assert np.shares_memory(found, x)


def test_arguments_that_mean_nothing_are_refused() -> None:
    for kernel, stride in ((0, 1), (1, 0)):
        with pytest.raises(ShapeError, match="kernel and stride must be at least 1"):
            check_window("Thing", kernel, stride, 0)
    for padding in ("full", -1, None):
        with pytest.raises(ShapeError, match="padding must be 'same', 'valid' or a number of pix"):
            check_window("Thing", 1, 1, padding)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match=r"Conv reads \(channels, height, width\) but was given"):
        window_shape(Conv(1), (3,), 3, 1, "same")
