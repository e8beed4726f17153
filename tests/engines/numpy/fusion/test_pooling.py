"""A pool that is taken of strips in fused gives what the pool gives after them."""

from __future__ import annotations

import numpy as np
import pytest

from thumblab.core.layer import Layer
from thumblab.engines.numpy import Network
from thumblab.engines.numpy.fusion.convolution import Chain
from thumblab.engines.numpy.fusion.fuse import fuse
from thumblab.engines.numpy.fusion.pooling import PooledConv
from thumblab.kernels import layout, winograd
from thumblab.layers import AvgPool, BatchNorm, Conv, Flatten, MaxPool, ReLU, Sequential

POOLS: list[MaxPool | AvgPool] = [
    *(MaxPool(1), MaxPool(2), MaxPool(3), MaxPool(2, 1), MaxPool(3, 2), MaxPool(2, 5)),
    *(MaxPool(3, 2, padding="same"), MaxPool(2, padding="same"), MaxPool(5, 3, padding=2)),
    *(AvgPool(2), AvgPool(3)),
]
BETWEEN: dict[str, tuple[Layer, ...]] = {
    "nothing": (),
    "relu": (ReLU(),),
    "norm": (BatchNorm(),),
    "relu norm": (ReLU(), BatchNorm()),
    "norm relu": (BatchNorm(), ReLU()),
}


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("pool", POOLS, ids=str)
@pytest.mark.parametrize("conv", [Conv(5), Conv(4, kernel=5), Conv(4, kernel=1)], ids=str)
def test_prediction_pools_as_the_layers_do_one_by_one(
    conv: Conv, pool: MaxPool | AvgPool, between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "STRIP", 1000)  # strips end within windows
    monkeypatch.setattr(winograd, "STRIP", 20_000)
    model = Sequential(Conv(4), conv, *BETWEEN[between], pool, Flatten())
    rng = np.random.default_rng(len(between))
    images = rng.standard_normal((19, 13, 12, 3))  # padded otherwise above than at the left
    found = []
    for fused in (True, False):
        net = Network(model, (3, 13, 12), dtype="f8", workers=1, fused=fused)
        for name, array in net.arrays.items():
            if "running_var" not in name and array.ndim == 1:
                array[...] = np.random.default_rng(1).standard_normal(array.shape)  # of both signs
        found.append(net.predict(images))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-10, atol=1e-10)


def test_a_relu_goes_behind_a_maximum_and_not_behind_a_mean() -> None:
    def only(pool: Layer, *between: Layer) -> PooledConv:
        chain = fuse(Sequential(Conv(4), *between, pool), back=False)
        assert isinstance(chain, Chain)
        ((_, stage),) = chain.stages
        assert isinstance(stage, PooledConv)
        return stage

    assert only(MaxPool(2), ReLU()).relu
    assert not only(MaxPool(2), ReLU()).conv.relu
    assert only(MaxPool(2), BatchNorm(), ReLU()).relu
    assert only(MaxPool(2), ReLU(), BatchNorm()).conv.relu
    assert only(AvgPool(2), ReLU()).conv.relu
    assert not only(AvgPool(2), ReLU()).relu


@pytest.mark.parametrize("pool", [AvgPool(2, 1), AvgPool(2, padding="same")], ids=str)
def test_means_that_overlap_or_hang_over_are_taken_by_themselves(pool: Layer) -> None:
    chain = fuse(Sequential(Conv(4), ReLU(), pool), back=False)
    assert isinstance(chain, Chain)
    assert not any(isinstance(stage, PooledConv) for _, stage in chain.stages)


def test_who_goes_back_pools_by_itself() -> None:
    chain = fuse(Sequential(Conv(4), ReLU(), MaxPool(2)))
    assert isinstance(chain, Chain)
    assert not any(isinstance(stage, PooledConv) for _, stage in chain.stages)
