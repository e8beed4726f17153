"""What every architecture of the zoo promises; functions are found by listing the package."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from tests.optional import torch
from tests.rounding import assert_rounding
from tests.zoo.small import ARGUMENTS, DISTINCT, MODELS, small, usual
from thumblab.core.layer import Shape
from thumblab.core.rules import torch_twin
from thumblab.core.summary import summary
from thumblab.core.value import from_dict, to_dict
from thumblab.engines.numpy import Network

NAMED = pytest.mark.parametrize("name", MODELS)
WHATEVER_THE_CLASSES = {"r3_model_2_published": 256, "r3_model_3_published": 256}
PROMISED = 1e-4
"""Distance of float32 logits: Winograd's transforms cost a digit or two more than a plain product."""
LARGEST = 3e6
"""Parameters of the largest architecture that is run as it is; larger ones are run small."""


@NAMED
def test_it_builds_and_comes_back_from_json(name: str) -> None:
    shape = usual(name)
    for classes in (10, 37):
        model = MODELS[name](classes)
        assert from_dict(to_dict(model)) == model
        assert model.out_shape(shape) == (WHATEVER_THE_CLASSES.get(name, classes),)
    assert summary(model, shape).flops > 0


@NAMED
def test_it_says_what_it_is_and_what_its_arguments_mean(name: str) -> None:
    assert MODELS[name].__doc__
    assert inspect.getdoc(inspect.getmodule(MODELS[name]))
    first, *others = inspect.signature(MODELS[name]).parameters.values()
    assert first.name == "classes"
    assert all(other.default is not other.empty for other in others)


def test_small_arguments_are_those_of_a_model() -> None:
    assert set(ARGUMENTS) <= set(MODELS)


def disturbed(net: Network) -> Network:
    """BatchNorm's statistics as training leaves them: not 0 and 1."""
    rng = np.random.default_rng(1)
    for path, array in net.arrays.items():
        if "running" in path:
            array += rng.uniform(0, 0.5, array.shape)
    return net


def torchs(net: Network, shape: Shape, dtype: str, images: np.ndarray) -> np.ndarray:
    """What the twin with the weights of ``net`` gives in ``dtype``."""
    twin = torch_twin(net.model, shape, torch).to(torch.from_numpy(np.zeros(1, dtype)).dtype).eval()
    state = {path: torch.from_numpy(array.astype(dtype)) for path, array in net.arrays.items()}
    twin.load_state_dict(state, strict=False)
    with torch.inference_mode():
        plain = torch.from_numpy(images.transpose(0, 3, 1, 2).astype(dtype))
        return np.asarray(twin(plain).numpy())


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("name", DISTINCT)
def test_both_engines_give_the_same_logits_from_the_same_weights(name: str, dtype: str) -> None:
    model, shape = MODELS[name](10), usual(name)
    if summary(model, shape).parameters > LARGEST:
        model, shape = small(name, 10)
    net = disturbed(Network(model, shape, dtype=dtype, workers=1))
    c, h, w = shape
    images = np.random.default_rng(0).uniform(-1, 1, (5, h, w, c)).astype(dtype)
    exact, ours = torchs(net, shape, "f8", images), net.predict(images)
    assert ours.dtype == np.dtype(dtype)
    if dtype == "f8":
        np.testing.assert_allclose(ours, exact, rtol=0, atol=1e-9 * np.abs(exact).max())
    else:
        single = torchs(net, shape, "f4", images)
        assert_rounding(ours, exact, single, floor=PROMISED, what=name)
