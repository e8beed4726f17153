import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import ConvTranspose

EXAMPLES = [
    (ConvTranspose(5), (4, 6, 6)),
    (ConvTranspose(5), (3, 5, 7)),
    (ConvTranspose(2, kernel=3, stride=1), (3, 5, 7)),
    (ConvTranspose(2, kernel=2, stride=2, padding=0, bias=False), (3, 5, 3)),
    (ConvTranspose(2, kernel=2, stride=3, padding=0), (3, 3, 4)),
    (ConvTranspose(2, kernel=5, stride=2, padding=3, init="he_normal"), (3, 4, 4)),
    (ConvTranspose(2, kernel=4, stride=2, padding=1), (3, 1, 1)),
]


def test_every_pixel_adds_a_kernel() -> None:
    net = Network(ConvTranspose(1, 3, 2, 0), (1, 1, 2), dtype="f8", workers=1)
    net.arrays["weight"][...] = 1
    net.arrays["bias"][...] = 10
    y, _ = net.run(np.array([[[[1.0, 2.0]]]]), training=False)
    assert y.tolist() == [[[[11, 11, 13, 12, 12]] * 3]]


def test_kernel_4_stride_2_and_padding_1_double_the_side() -> None:
    assert ConvTranspose(8).out_shape((3, 7, 9)) == (8, 14, 18)


def test_flops_count_a_multiply_add_as_two() -> None:
    assert ConvTranspose(16).flops((3, 8, 8)) == 2 * 8 * 8 * 3 * 16 * 16


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match="at least 1 and padding at least 0"):
        ConvTranspose(1, stride=0)
    with pytest.raises(ShapeError, match="at least 1 and padding at least 0"):
        ConvTranspose(1, padding=-1)
    with pytest.raises(ShapeError, match="leaves nothing of 1x1 pixels; use less padding"):
        ConvTranspose(1, kernel=2, padding=1).out_shape((3, 1, 1))
    with pytest.raises(ShapeError, match=r"ConvTranspose reads \(channels, height, width\)"):
        ConvTranspose(1).out_shape((12,))
