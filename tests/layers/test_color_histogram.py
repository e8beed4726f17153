import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import ColorHistogram

EXAMPLES = [
    (ColorHistogram(), (3, 5, 6)),
    (ColorHistogram(bins=3, low=-1, high=1.5), (1, 4, 4)),
]


def histogram(layer: ColorHistogram, image: np.ndarray) -> np.ndarray:
    x = image[None].astype(np.float64)
    y, _ = Network(layer, x.shape[1:], dtype="f8", workers=1).run(x, training=False)
    return np.asarray(y[0]).reshape(len(image), layer.bins)


def test_a_value_at_a_center_is_shared_with_its_neighbors() -> None:
    found = histogram(ColorHistogram(5), np.zeros((1, 2, 2)))
    np.testing.assert_allclose(found, [[0, 1 / 8, 3 / 4, 1 / 8, 0]])


def test_shares_sum_to_1_inside_and_to_less_outside() -> None:
    values = np.linspace(-1.5, 1.5, 25).reshape(1, 5, 5)
    assert histogram(ColorHistogram(5), values).sum() == pytest.approx(1)
    assert histogram(ColorHistogram(5), values + 2).sum() < 0.9
    assert not histogram(ColorHistogram(5), values + 5.1).any()


def test_channels_are_counted_apart_and_places_do_not_matter() -> None:
    image = np.random.default_rng(0).standard_normal((3, 4, 4))
    found = histogram(ColorHistogram(), image)
    np.testing.assert_allclose(histogram(ColorHistogram(), image[:, ::-1, ::-1]), found)
    np.testing.assert_allclose(histogram(ColorHistogram(), image[1:2])[0], found[1])


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match=r"reads \(channels, height, width\) but was given \(7,\)"):
        ColorHistogram().out_shape((7,))
    with pytest.raises(ShapeError, match="low below high"):
        ColorHistogram(low=1, high=1)
