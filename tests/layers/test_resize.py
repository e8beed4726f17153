import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import Resize

EXAMPLES = [
    (Resize(9), (4, 6, 6)),
    (Resize(12), (3, 5, 7)),
    (Resize(3), (2, 8, 7)),
    (Resize(1), (2, 4, 5)),
    (Resize(4), (2, 1, 1)),
    (Resize(5), (2, 5, 5)),
]


def test_centers_of_pixels_lie_at_half_integers() -> None:
    x = np.array([0.0, 4.0]).reshape(1, 1, 1, 2).repeat(2, 2)
    y, _ = Network(Resize(4), (1, 2, 2), dtype="f8", workers=1).run(x, training=False)
    np.testing.assert_allclose(y[0, 0], [[0, 1, 3, 4]] * 4)


def test_shrinking_skips_pixels() -> None:
    x = np.arange(8.0).reshape(1, 1, 1, 8).repeat(8, 2)
    y, _ = Network(Resize(2), (1, 8, 8), dtype="f8", workers=1).run(x, training=False)
    np.testing.assert_allclose(y[0, 0], [[1.5, 5.5]] * 2)


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match="at least 1 pixel a side"):
        Resize(0)
    with pytest.raises(ShapeError, match=r"Resize reads \(channels, height, width\)"):
        Resize(2).out_shape((12,))
