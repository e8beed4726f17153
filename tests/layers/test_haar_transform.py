import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import HaarTransform

EXAMPLES = [
    (HaarTransform(), (4, 6, 6)),
    (HaarTransform(), (3, 4, 10)),
    (HaarTransform(), (1, 2, 2)),
]


@pytest.mark.parametrize(
    ("square", "bands"),
    [
        ([[1, 1], [1, 1]], [2, 0, 0, 0]),
        ([[1, 1], [-1, -1]], [0, 2, 0, 0]),  # changes from row to row
        ([[1, -1], [1, -1]], [0, 0, 2, 0]),  # changes from column to column
        ([[1, -1], [-1, 1]], [0, 0, 0, 2]),
    ],
)
def test_each_band_has_its_pattern(square: list[list[int]], bands: list[int]) -> None:
    net = Network(HaarTransform(), (1, 2, 2), dtype="f8", workers=1)
    y, _ = net.run(np.array([[square]], "f8"), training=False)
    assert y.ravel().tolist() == bands


def test_channels_of_one_band_stand_together() -> None:
    x = np.zeros((1, 3, 2, 2))
    x[0, 1] = 1
    y, _ = Network(HaarTransform(), (3, 2, 2), dtype="f8", workers=1).run(x, training=False)
    assert y[0, :, 0, 0].tolist() == [0, 2, *[0] * 10]


def test_the_transpose_is_the_inverse() -> None:
    x = np.random.default_rng(0).standard_normal((5, 3, 8, 6))
    y, backward = Network(HaarTransform(), (3, 8, 6), dtype="f8", workers=1).run(x, training=True)
    np.testing.assert_allclose((y**2).sum(), (x**2).sum())
    np.testing.assert_allclose(backward(y)["input"], x, atol=1e-12)


def test_errors_say_what_fits() -> None:
    with pytest.raises(
        ShapeError, match=r"needs even sides but was given 5x6 pixels; put a Resize"
    ):
        HaarTransform().out_shape((3, 5, 6))
    with pytest.raises(ShapeError, match=r"HaarTransform reads \(channels, height, width\)"):
        HaarTransform().out_shape((12,))
