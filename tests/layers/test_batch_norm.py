from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.optional import torch
from tests.rounding import assert_rounding, distance
from thumblab.core.errors import ShapeError
from thumblab.core.layer import Shape
from thumblab.core.rules import torch_twin
from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, ReLU, Sequential

NAMES = ("y", "dx", "dweight", "running_mean", "running_var")

EXAMPLES = [
    (BatchNorm(), (4, 6, 6)),
    (BatchNorm(momentum=0.3, eps=1e-2), (3, 5, 7)),
    (BatchNorm(), (12,)),
]


def test_training_normalizes_each_channel() -> None:
    net = Network(BatchNorm(), (2, 4, 4), dtype="f8", workers=1)
    x = np.random.default_rng(0).normal([[[[5.0]], [[-3.0]]]], 2, (9, 2, 4, 4))
    y, _ = net.run(x, training=True)
    np.testing.assert_allclose(y.mean((0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var((0, 2, 3)), 1, rtol=1e-4)


def test_the_running_variance_is_unbiased() -> None:
    net = Network(BatchNorm(momentum=1.0), (1,), dtype="f8", workers=1)
    net.run(np.array([[1.0], [3.0]]), training=True)
    assert net.arrays["running_mean"] == 2
    assert net.arrays["running_var"] == 2  # biased it would be 1


# ----- Means far from zero -----

FAR = [(5.0, 1.0), (200.0, 0.1), (1e4, 1.0), (-3e5, 10.0)]
"""Mean and deviation; from the sums of ``x`` and ``x^2`` in float32 the variances had no digit left."""


def ours(x: np.ndarray, dy: np.ndarray, dtype: str = "f4", **told: Any) -> list[np.ndarray]:
    """Output, input gradient, gain's gradient and running averages by the NumPy engine."""
    net = Network(BatchNorm(), x.shape[1:], dtype=dtype, **{"workers": 1} | told)
    y, backward = net.run(x.astype(dtype), training=True)
    y, grads = y.copy(), backward(dy.astype(dtype))
    averages = [net.arrays["running_mean"], net.arrays["running_var"]]
    return [y, grads["input"], grads["weight"], *averages]


def torchs(x: np.ndarray, dy: np.ndarray, dtype: str = "f4") -> list[np.ndarray]:
    """The same by PyTorch."""
    twin = torch_twin(BatchNorm(), x.shape[1:], torch).to(
        torch.from_numpy(np.zeros(0, dtype)).dtype
    )
    leaf = torch.from_numpy(x.astype(dtype)).requires_grad_()
    y = twin(leaf)
    y.backward(torch.from_numpy(dy.astype(dtype)))
    found = [y.detach(), leaf.grad, twin.weight.grad, twin.running_mean, twin.running_var]
    return [each.numpy() for each in found]


@pytest.mark.parametrize("rules", ["fast", "reference"])
@pytest.mark.parametrize("shape", [(4, 8, 8), (6,)], ids=str)
@pytest.mark.parametrize(("mean", "deviation"), FAR)
def test_float32_keeps_its_digits_far_from_zero(
    mean: float, deviation: float, shape: Shape, rules: Any
) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(mean, deviation, (37, *shape)).astype("f4")
    dy = rng.standard_normal(x.shape).astype("f4")
    exact = torchs(x, dy, "f8")
    for workers in (1, 3):
        found = ours(x, dy, rules=rules, workers=workers)
        for what, *values in zip(NAMES, found, exact, torchs(x, dy), strict=True):
            assert_rounding(*values, what=what)
    for found, wanted in zip(ours(x, dy, "f8", rules=rules), exact, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())


@pytest.mark.parametrize("spoilt", ["a sample", "a row", "a channel"])
def test_one_part_far_from_the_rest_costs_no_digits(spoilt: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(200, 0.1, (40, 3, 8, 8))
    x[{"a sample": np.s_[:1], "a row": np.s_[:, :, :1], "a channel": np.s_[:, 1]}[spoilt]] -= 200
    dy = rng.standard_normal(x.shape)
    x, dy = x.astype("f4"), dy.astype("f4")
    for what, *values in zip(NAMES, ours(x, dy), torchs(x, dy, "f8"), torchs(x, dy), strict=True):
        assert_rounding(*values, what=what)


@pytest.mark.parametrize("relu", [False, True])
@pytest.mark.parametrize("precise", [False, True])
def test_a_fused_convolution_keeps_the_digits_of_its_batch_norm(relu: bool, precise: bool) -> None:
    model = Sequential(Conv(4, 1), *[ReLU()] * relu, BatchNorm(), ReLU(), Conv(2))
    rng, found = np.random.default_rng(0), []
    x, dy = rng.standard_normal((20, 4, 8, 8)), rng.standard_normal((20, 2, 8, 8))
    for dtype in ("f8", "f4"):
        net = Network(model, (4, 8, 8), dtype=dtype, workers=1, precise=precise)
        net.arrays["0.bias"][...] = [300, -300, 0, 1e4]
        if relu:
            net.arrays["0.bias"][1] = 2
        y, backward = net.run(x.astype(dtype), training=True)
        y = y.copy()
        found.append((y, backward(dy.astype(dtype))["input"].copy()))
    for exact, single in zip(*found, strict=True):
        assert distance(single, exact) < 2e-3  # a value of 1e4 is known to 1e-3 in float32


# ----- Batches of one sample -----


@pytest.mark.parametrize("rules", ["fast", "reference"])
@pytest.mark.parametrize("shape", [(2, 4, 4), (2, 1, 1), (3,)], ids=str)
def test_a_batch_of_one_sample_leaves_the_running_averages_alone(shape: Shape, rules: Any) -> None:
    net = Network(BatchNorm(), shape, dtype="f8", workers=1, rules=rules)
    x = np.random.default_rng(0).normal(7, 2, (3, *shape))
    net.run(x, training=True)
    before = {name: array.copy() for name, array in net.arrays.items()}
    y, backward = net.run(x[:1], training=True)
    for name, array in before.items():
        np.testing.assert_array_equal(net.arrays[name], array)
    np.testing.assert_allclose(y.reshape(shape[0], -1).mean(1), 0, atol=1e-9)
    assert np.isfinite(backward(np.ones_like(y))["input"]).all()


def test_tokens_are_refused() -> None:
    with pytest.raises(ShapeError, match="BatchNorm reads"):
        BatchNorm().out_shape((4, 5))
