import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.engines.numpy import Network
from thumblab.layers import LayerNorm

EXAMPLES = [
    (LayerNorm(), (5, 8)),
    (LayerNorm(), (12,)),
    (LayerNorm(1e-2), (4, 3)),
]


def test_each_token_is_normalized_by_itself() -> None:
    x = np.array([[[1.0, 3.0], [10.0, 50.0]]])
    y, _ = Network(LayerNorm(0.0), (2, 2), dtype="f8", workers=1).run(x, training=False)
    np.testing.assert_allclose(y, [[[-1, 1], [-1, 1]]])


def test_large_means_cost_no_digits() -> None:
    x = np.random.default_rng(0).standard_normal((9, 64)).astype("f4") + np.float32(1000)
    y, _ = Network(LayerNorm(), (64,), workers=1).run(x, training=False)
    wide = x.astype("f8")
    expected = (wide - wide.mean(1, keepdims=True)) / wide.std(1, keepdims=True)
    np.testing.assert_allclose(y, expected, atol=1e-3)


def test_images_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"given \(3, 4, 4\); GroupNorm\(1\) normalizes each"):
        LayerNorm().out_shape((3, 4, 4))
