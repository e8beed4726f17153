"""Activations far out: no warning, and the value that the formula tends to."""

import numpy as np
import pytest

from thumblab.core.layer import Layer
from thumblab.engines.numpy import Network
from thumblab.layers import (
    ELU,
    GELU,
    SELU,
    Hardswish,
    LeakyReLU,
    Mish,
    Sigmoid,
    SiLU,
    Softmax,
    Softsign,
    Tanh,
)
from thumblab.layers.selu import ALPHA, SCALE

LIMITS: list[tuple[Layer, float, float, float]] = [
    (ELU(2.0), -2, 1, 0),
    (GELU(), 0, 1, 0),
    (GELU("tanh"), 0, 1, 0),
    (Hardswish(), 0, 1, 0),
    (LeakyReLU(0.25), -np.inf, 1, 0.25),
    (Mish(), 0, 1, 0),
    (SELU(), -SCALE * ALPHA, SCALE, 0),
    (SiLU(), 0, 1, 0),
]
"""Layer, its limit on the left, its gradient on the right and its gradient on the left."""


@pytest.mark.parametrize(("layer", "left", "rise", "fall"), LIMITS)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_lines_are_straight_far_out(
    layer: Layer, left: float, rise: float, fall: float, dtype: str
) -> None:
    far = np.array([200, 1e20, np.finfo(dtype).max / 16], dtype)
    x = np.concatenate([far, -far])[None]
    y, backward = Network(layer, (6,), dtype=dtype, workers=1).run(x, training=True)
    np.testing.assert_allclose(y[0, :3], rise * far, rtol=1e-6)
    expected = np.full(3, left) if np.isfinite(left) else -fall * far
    np.testing.assert_allclose(y[0, 3:], expected, rtol=1e-6, atol=1e-30)
    dx = backward(np.ones_like(x))["input"][0]
    np.testing.assert_allclose(dx, [rise] * 3 + [fall] * 3, rtol=1e-6, atol=1e-30)


@pytest.mark.parametrize("layer", [Sigmoid(), Tanh(), Softsign(), Softmax()])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_bounded_ones_reach_their_bounds(layer: Layer, dtype: str) -> None:
    limit = np.finfo(dtype).max / 4
    x = np.array([[-limit, limit]], dtype)
    y, backward = Network(layer, (2,), dtype=dtype, workers=1).run(x, training=True)
    low = -1 if isinstance(layer, Tanh | Softsign) else 0
    np.testing.assert_array_equal(y, [[low, 1]])
    np.testing.assert_array_equal(backward(np.ones_like(x))["input"], [[0, 0]])
