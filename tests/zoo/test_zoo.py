"""What every architecture of the zoo promises; functions are found by listing the package."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pytest
import torch

from thumblab import zoo
from thumblab.core.describe import summary
from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import torch_twin
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.engines.numpy import Network

CIFAR, CHARACTERS = (3, 32, 32), (1, 28, 28)
MODELS: dict[str, Callable[..., Layer]] = {
    name: function for name, function in vars(zoo).items() if inspect.isfunction(function)
}
NAMED = pytest.mark.parametrize("name", MODELS)
DISTINCT = {digest(function(10)): name for name, function in MODELS.items()}.values()


def reads(name: str) -> Shape:
    return CHARACTERS if name in ("lenet5", "characters_cnn") else CIFAR


@NAMED
def test_it_builds_and_comes_back_from_json(name: str) -> None:
    model = MODELS[name](10)
    assert from_dict(to_dict(model)) == model
    assert model.out_shape(reads(name)) == (10,)
    assert MODELS[name](37).out_shape(reads(name)) == (37,)
    assert summary(model, reads(name)).flops > 0


@NAMED
def test_it_says_what_it_is(name: str) -> None:
    assert MODELS[name].__doc__


def disturbed(net: Network) -> Network:
    """BatchNorm's statistics as training leaves them: not 0 and 1."""
    rng = np.random.default_rng(1)
    for path, array in net.arrays.items():
        if "running" in path:
            array += rng.uniform(0, 0.5, array.shape)
    return net


@pytest.mark.parametrize(("dtype", "share"), [("f8", 1e-9), ("f4", 1e-4)])
@pytest.mark.parametrize("name", DISTINCT)
def test_both_engines_give_the_same_logits_from_the_same_weights(
    name: str, dtype: str, share: float
) -> None:
    shape = reads(name)
    net = disturbed(Network(MODELS[name](10), shape, dtype=dtype, shards=1))
    twin = torch_twin(net.model, shape, torch).to(torch.from_numpy(np.zeros(1, dtype)).dtype).eval()
    state = {path: torch.from_numpy(array.copy()) for path, array in net.arrays.items()}
    twin.load_state_dict(state, strict=False)
    c, h, w = shape
    images = np.random.default_rng(0).uniform(-1, 1, (5, h, w, c)).astype(dtype)
    with torch.inference_mode():
        theirs = twin(torch.from_numpy(images.transpose(0, 3, 1, 2).copy())).numpy()
    ours = net.predict(images)
    assert ours.dtype == np.dtype(dtype)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=share * np.abs(theirs).max())
