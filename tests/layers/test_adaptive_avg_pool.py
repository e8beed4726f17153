import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import AdaptiveAvgPool

EXAMPLES = [
    (AdaptiveAvgPool(2), (4, 6, 6)),
    (AdaptiveAvgPool(3), (3, 5, 7)),
    (AdaptiveAvgPool(7), (2, 4, 3)),
    (AdaptiveAvgPool(1), (2, 5, 5)),
]


def test_windows_overlap_where_the_side_cannot_be_divided() -> None:
    x = np.arange(5.0).reshape(1, 1, 1, 5).repeat(5, 2)
    y, _ = Network(AdaptiveAvgPool(3), (1, 5, 5), dtype="f8", workers=1).run(x, training=False)
    np.testing.assert_allclose(y[0, 0], [[0.5, 2, 3.5]] * 3)  # pixels 0-1, 1-3 and 3-4


def test_errors_say_what_fits() -> None:
    with pytest.raises(ShapeError, match="at least 1 pixel a side"):
        AdaptiveAvgPool(0)
    with pytest.raises(ShapeError, match=r"AdaptiveAvgPool reads \(channels, height, width\)"):
        AdaptiveAvgPool(2).out_shape((12,))
