import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import Upsample

EXAMPLES = [
    (Upsample(), (4, 6, 6)),
    (Upsample(3), (2, 3, 5)),
    (Upsample(1), (2, 3, 5)),
    (Upsample(2, "bilinear"), (4, 6, 6)),
    (Upsample(3, "bilinear"), (2, 3, 5)),
]


def test_pixels_are_repeated() -> None:
    x = np.array([[[[1.0, 2.0]]]])
    y, _ = Network(Upsample(2), (1, 1, 2), dtype="f8", workers=1).run(x, training=False)
    assert y.tolist() == [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]


def test_errors_list_the_choices() -> None:
    with pytest.raises(ShapeError, match="at least 1 and mode 'nearest' or 'bilinear'"):
        Upsample(2, "cubic")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="factor must be at least 1"):
        Upsample(0)
    with pytest.raises(ShapeError, match=r"Upsample reads \(channels, height, width\)"):
        Upsample(2).out_shape((12,))
