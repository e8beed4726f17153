from typing import Literal

import numpy as np
import pytest

from tests.optional import torch
from thumblab.core.layer import Layer, Shape, swap, weights
from thumblab.core.rules import torch_twin
from thumblab.core.summary import summary
from thumblab.engines.numpy import Network
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Frozen,
    GlobalMaxPool,
    GroupNorm,
    Identity,
    MaxPool,
    ReLU,
    Sequential,
    Sigmoid,
    residual,
)
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD

EXAMPLES = [
    (Frozen(Conv(5)), (4, 6, 6)),
    (Frozen(Dense(3)), (12,)),
    (Frozen(Sequential(Conv(2), BatchNorm(), Sigmoid(), MaxPool(2), Flatten())), (3, 5, 7)),
    (Frozen(Sequential(GroupNorm(2), Dropout(0.5), residual(BatchNorm()))), (4, 5, 7)),
    (Frozen(Frozen(Sequential(BatchNorm(), GlobalMaxPool()))), (3, 4, 4)),
]
RULES = pytest.mark.parametrize("rules", ["fast", "reference"])
Rules = Literal["fast", "reference"]


@RULES
@pytest.mark.parametrize(("layer", "shape"), EXAMPLES)
def test_training_equals_prediction_of_the_layer_itself(
    layer: Frozen, shape: Shape, rules: Rules
) -> None:
    free = Network(layer.layer, shape, dtype="f8", workers=1, rules=rules)
    still = Network(layer, shape, dtype="f8", workers=1, rules=rules)
    for name, array in free.arrays.items():
        array[...] = np.random.default_rng(1).uniform(0.5, 1.5, array.shape)
        still.arrays[f"layer.{name}"][...] = array
    x = np.random.default_rng(0).standard_normal((19, *shape))
    y, backward = still.run(x, training=True)
    expected, back = free.run(x, training=False)
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    dy = np.random.default_rng(2).standard_normal(y.shape)
    grads = backward(dy)
    assert list(grads) == ["input"]
    np.testing.assert_allclose(grads["input"], back(dy)["input"], rtol=1e-12, atol=1e-15)


@RULES
def test_gradients_pass_to_what_comes_before(rules: Rules) -> None:
    inner = Sequential(Conv(4), BatchNorm(), ReLU())
    model = Sequential(Conv(3), Frozen(inner), Flatten(), Dense(2))
    net = Network(model, (2, 5, 4), workers=1, rules=rules)
    before = net.weights()
    x = np.random.default_rng(0).integers(0, 255, (20, 5, 4, 2)).astype(np.uint8)
    labels = np.arange(20) % 2
    for step in range(3):
        net.train_step(
            x, labels, loss=CrossEntropy(), optimizer=SGD(), learning_rate=0.1, step=step
        )
    for name, array in net.arrays.items():
        assert np.array_equal(array, before[name]) == name.startswith("1."), name


def test_the_twin_has_no_parameters_and_stays_in_inference() -> None:
    twin = torch_twin(Frozen(Sequential(Conv(2), BatchNorm())), (3, 5, 5), torch)
    twin.train()
    assert not list(twin.parameters())
    assert not any(module.training for module in twin.modules())
    before = {name: value.clone() for name, value in twin.state_dict().items()}
    twin(torch.ones(4, 3, 5, 5))
    assert all(torch.equal(before[name], value) for name, value in twin.state_dict().items())


def test_weights_are_counted_as_not_trained() -> None:
    model = Frozen(Sequential(Dense(3), BatchNorm()))
    assert list(weights(model, (4,)))[:2] == ["layer.0.weight", "layer.0.bias"]
    told = summary(model, (4,))
    assert (told.parameters, told.trainable_parameters) == (4 * 3 + 3 + 4 * 3, 0)
    assert told.flops == 2 * 4 * 3


def test_swap_reaches_inside_and_thaws() -> None:
    model: Layer = Sequential(Frozen(Sequential(Dense(3), ReLU())))
    assert swap(model, ReLU, Identity()) == Sequential(Frozen(Sequential(Dense(3), Identity())))
    thawed = model.map(lambda layer: layer.layer if isinstance(layer, Frozen) else layer)
    assert thawed == Sequential(Sequential(Dense(3), ReLU()))
