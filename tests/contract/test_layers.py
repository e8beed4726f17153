"""What every layer must satisfy, found by listing ``thumblab.layers``: a new layer is tested unasked."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

import thumblab.layers
from tests.contract.subjects import LAYERS, public
from tests.optional import torch
from thumblab.core.layer import Layer, Shape, weights
from thumblab.core.rules import torch_twin
from thumblab.core.value import digest, from_dict, to_dict
from thumblab.engines.numpy import Network
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    Identity,
    MaxPool,
    Parallel,
    ReLU,
    Resize,
    Sequential,
    Unused,
    residual,
)
from thumblab.losses import CrossEntropy

Rules = Literal["fast", "reference"]
NAMED = pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=repr)
RULES = pytest.mark.parametrize("rules", ["fast", "reference"])


def open_network(layer: Layer, shape: Shape, rules: Rules, dtype: str = "f8") -> Network:
    """A network on one worker whose weights are all drawn, scales and statistics too."""
    net = Network(layer, shape, dtype=dtype, workers=1, rules=rules)
    rng = np.random.default_rng(1)
    for name, array in net.arrays.items():
        array[...] = (
            rng.uniform(0.5, 1.5, array.shape) if "var" in name else rng.normal(size=array.shape)
        )
    return net


def open_twin(net: Network, *, training: bool) -> Any:
    twin = torch_twin(net.model, net.shape, torch).double().train(training)
    state = {name: torch.from_numpy(array.copy()) for name, array in net.arrays.items()}
    missing, unexpected = twin.load_state_dict(state, strict=False)
    assert not unexpected
    assert all("num_batches_tracked" in name for name in missing)
    return twin


def test_every_layer_has_an_example() -> None:
    assert set(public(thumblab.layers, Layer)) == {type(layer) for layer, _ in LAYERS}


def test_every_layer_names_its_source() -> None:
    arrangements = {
        Flatten,
        Identity,
        Parallel,
        Resize,
        Sequential,
        Unused,
    }  # nobody's in particular
    for layer in set(public(thumblab.layers, Layer)) - arrangements:
        assert "Source:" in (layer.__doc__ or ""), f"{layer.__name__} names no paper or formula"


@NAMED
@RULES
def test_shape_rule_agrees_with_the_engine(layer: Layer, shape: Shape, rules: Rules) -> None:
    for samples in (1, 16, 19):
        y, _ = open_network(layer, shape, rules, "f4").run(
            np.ones((samples, *shape)), training=False
        )
        assert y.shape == (samples, *layer.out_shape(shape))
        assert y.dtype == np.float32


@NAMED
@RULES
def test_gradients_agree_with_differences(layer: Layer, shape: Shape, rules: Rules) -> None:
    """Two passes along one random direction a weight, in float64."""
    rng = np.random.default_rng(0)
    net = open_network(layer, shape, rules)
    x = rng.standard_normal((5, *shape))
    y, backward = net.run(x, training=True)
    dy = rng.standard_normal(y.shape)
    grads = {name: grad.copy() for name, grad in backward(dy).items()}
    for name, array in {**net.arrays, "input": x}.items():
        if name not in grads:
            continue  # gathered, not learned
        direction = rng.standard_normal(array.shape)
        values = []
        for sign in (1, -1):
            array += sign * 1e-6 * direction
            values.append(np.vdot(net.run(x, training=True)[0], dy))
            array -= sign * 1e-6 * direction
        np.testing.assert_allclose(
            np.vdot(grads[name], direction), (values[0] - values[1]) / 2e-6, rtol=1e-5, atol=1e-5
        )


@NAMED
@RULES
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("samples", [2, 16, 37])
def test_engines_agree(
    layer: Layer, shape: Shape, rules: Rules, training: bool, samples: int
) -> None:
    rng = np.random.default_rng(0)
    net = open_network(layer, shape, rules)
    twin = open_twin(net, training=training)
    # Whole numbers tie, as real activations do.
    x = rng.integers(-2, 3, (samples, *shape)).astype(np.float64)
    y, backward = net.run(x, training=training)
    torch_x = torch.from_numpy(x).requires_grad_()
    torch_y = twin(torch_x)
    dy = rng.standard_normal(y.shape)
    torch_y.backward(torch.from_numpy(dy))
    close = {"rtol": 1e-9, "atol": 1e-9}
    np.testing.assert_allclose(y, torch_y.detach().numpy(), **close)
    grads = backward(dy)
    np.testing.assert_allclose(grads["input"], torch_x.grad.numpy(), **close)
    for name, value in twin.state_dict().items():
        if "running" in name:
            np.testing.assert_allclose(net.arrays[name], value.numpy(), **close)
    for name, parameter in twin.named_parameters():
        expected = parameter.grad.numpy()
        np.testing.assert_allclose(grads[name], expected, rtol=1e-9, atol=1e-8, err_msg=name)


@NAMED
def test_weights_are_named_and_shaped_as_in_torch(layer: Layer, shape: Shape) -> None:
    twin = torch_twin(layer, shape, torch)
    theirs = {
        name: tuple(value.shape)
        for name, value in twin.state_dict().items()
        if "num_batches_tracked" not in name
    }
    assert theirs == {name: weight.shape for name, weight in weights(layer, shape).items()}


@NAMED
def test_layers_serialize(layer: Layer, shape: Shape) -> None:
    copy = from_dict(to_dict(layer))
    assert copy == layer
    assert digest(copy) == digest(layer)
    assert hash(copy) == hash(layer)


@NAMED
def test_inputs_and_gradients_are_left_alone(layer: Layer, shape: Shape) -> None:
    rng = np.random.default_rng(0)
    net = open_network(layer, shape, "reference")
    x = rng.standard_normal((3, *shape))
    y, backward = net.run(x, training=True)
    dy = rng.standard_normal(y.shape)
    copies = x.copy(), dy.copy()
    backward(dy)
    np.testing.assert_array_equal(x, copies[0])
    np.testing.assert_array_equal(dy, copies[1])


@NAMED
@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_nothing_but_rounding(layer: Layer, shape: Shape, workers: int) -> None:
    """Uneven workers: 37 samples are three groups, the last one mostly padding_samples."""
    layer = Sequential(layer, Flatten())  # a loss needs logits
    rng = np.random.default_rng(0)
    batch = rng.integers(0, 256, (37, *shape[1:], shape[0])) if len(shape) == 3 else None
    images = batch.astype(np.uint8) if batch is not None else rng.standard_normal((37, *shape))
    labels = rng.integers(0, layer.out_shape(shape)[0], 37)
    results = []
    for count in (1, workers):
        net = Network(layer, shape, dtype="f8", workers=count)
        loss, _ = net.gradients(images, labels, CrossEntropy(), step=3)
        results.append((loss, {name: grad.copy() for name, grad in net.grads.items()}))
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-12)
    for name, grad in results[0][1].items():
        np.testing.assert_allclose(results[1][1][name], grad, rtol=1e-10, atol=1e-12)


FUSED = [
    (Sequential(Conv(5), ReLU(), Conv(4), ReLU(), BatchNorm(), MaxPool(3, 2, "same")), (3, 9, 8)),
    (
        Sequential(Conv(5), ReLU(), MaxPool(2), Conv(4, 1), ReLU(), Flatten(), Dense(3), ReLU()),
        (3, 8, 8),
    ),
    (Sequential(Conv(5), BatchNorm(), ReLU(), Conv(5, 3, 2), BatchNorm(), ReLU()), (1, 8, 8)),
    (
        Sequential(
            Conv(4),
            ReLU(),
            residual(Sequential(Conv(4), BatchNorm(), ReLU(), Conv(4), BatchNorm())),
            ReLU(),
            residual(Sequential(Conv(4), BatchNorm(), ReLU())),
            BatchNorm(),
            ReLU(),
            Flatten(),
            Dense(5),
            BatchNorm(),
            ReLU(),
        ),
        (3, 7, 9),
    ),
]


@pytest.mark.parametrize(("model", "shape"), FUSED)
@pytest.mark.parametrize("samples", [16, 21])
def test_fused_layers_equal_single_ones(model: Layer, shape: Shape, samples: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(-2, 3, (samples, *shape)).astype(np.float64)
    results = []
    for rules, fused in (("fast", True), ("fast", False), ("reference", False)):
        net = Network(model, shape, dtype="f8", workers=1, rules=rules, fused=fused)  # type: ignore[arg-type]
        y, backward = net.run(x, training=True)
        grads = backward(np.cos(np.arange(y.size)).reshape(y.shape))
        stored = {name: array.copy() for name, array in {**net.arrays, **grads}.items()}
        results.append({"output": y.copy(), **stored})
    for name, expected in results[2].items():
        for result in results[:2]:
            np.testing.assert_allclose(result[name], expected, rtol=1e-9, atol=1e-9, err_msg=name)
