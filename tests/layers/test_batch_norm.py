import numpy as np
import pytest

from thumblab.core.errors import ShapeError
from thumblab.core.layer import Layer
from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, Sequential

EXAMPLES = [
    (BatchNorm(), (4, 6, 6)),
    (BatchNorm(momentum=0.3, eps=1e-2), (3, 5, 7)),
    (BatchNorm(), (12,)),
]


def test_training_normalises_each_channel() -> None:
    net = Network(BatchNorm(), (2, 4, 4), dtype="f8", shards=1)
    x = np.random.default_rng(0).normal([[[[5.0]], [[-3.0]]]], 2, (9, 2, 4, 4))
    y, _ = net.run(x, training=True)
    np.testing.assert_allclose(y.mean((0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var((0, 2, 3)), 1, rtol=1e-4)


def test_the_running_variance_is_unbiased() -> None:
    net = Network(BatchNorm(momentum=1.0), (1,), dtype="f8", shards=1)
    net.run(np.array([[1.0], [3.0]]), training=True)
    assert net.arrays["running_mean"] == 2
    assert net.arrays["running_var"] == 2  # biased it would be 1


@pytest.mark.parametrize("model", [BatchNorm(), Sequential(Conv(4, 1, bias=False), BatchNorm())])
def test_precise_float32_keeps_its_digits_far_from_zero(model: Layer) -> None:
    x = 1000 + np.random.default_rng(0).standard_normal((20, 4, 8, 8))
    found = []
    for dtype in ("f8", "f4"):
        net = Network(model, (4, 8, 8), dtype=dtype, shards=1, precise=True)
        y, backward = net.run(x.astype(dtype), training=True)
        found.append((y, backward(np.sign(y) + y**2)["input"]))
    (y, dx), (ours, our_dx) = found
    np.testing.assert_allclose(ours, y, atol=1e-3)
    np.testing.assert_allclose(our_dx, dx, atol=1e-2)


def test_tokens_are_refused() -> None:
    with pytest.raises(ShapeError, match="BatchNorm reads"):
        BatchNorm().out_shape((4, 5))
