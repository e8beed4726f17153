"""Fusing changes how a network is computed and nothing that can be seen of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thumblab.core.layer import Layer
from thumblab.engines.numpy import Network
from thumblab.engines.numpy.fusion.convolution import Chain, FusedConv, FusedSum
from thumblab.engines.numpy.fusion.fuse import fuse
from thumblab.layers import (
    AvgPool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Frozen,
    Identity,
    MaxPool,
    ReLU,
    Sequential,
    residual,
)
from thumblab.losses import CrossEntropy

BRICKS: list[Layer] = [
    Conv(6),
    Conv(4, kernel=1),
    Conv(5, bias=False),
    Conv(4, stride=2),
    ReLU(),
    ReLU(),
    BatchNorm(),
    BatchNorm(momentum=0.3),
    MaxPool(2),
    MaxPool(3, 2, "same"),
    Dropout(0.3),
    AvgPool(2),
    Identity(),
    Sequential(Conv(4), ReLU()),
    residual(Sequential(ReLU(), BatchNorm())),
]
BLOCKS: list[Layer] = [
    residual(Sequential(Conv(4), ReLU(), Conv(4))),
    residual(Sequential(Conv(6), BatchNorm(), ReLU(), Conv(4, bias=False), BatchNorm())),
    residual(Sequential(Conv(3), Conv(4), ReLU(), BatchNorm()), Sequential(Conv(4, 1), ReLU())),
    residual(Sequential(Conv(4, 1), ReLU(), MaxPool(3, 1, "same"), Conv(4)), BatchNorm()),
    residual(Sequential(Conv(4, groups=2), BatchNorm(), Conv(4), BatchNorm(), ReLU())),
    residual(Sequential(residual(Sequential(Conv(4), Conv(4))), ReLU(), Conv(4))),
    residual(Sequential(Conv(4), BatchNorm())),
    residual(Sequential(Conv(4), residual(Sequential(Conv(4), ReLU(), Conv(4))), ReLU(), Conv(4))),
    residual(Sequential(Conv(4), Conv(4)), residual(Sequential(Conv(4, 1), Conv(4)))),
    residual(Sequential(Conv(4, stride=2), ReLU(), Conv(4)), Conv(4, 1, stride=2)),
    residual(Sequential(Conv(4), Frozen(Conv(4)), Conv(4), BatchNorm()), Frozen(Conv(4, 1))),
]
JOINTS: list[Layer] = [ReLU(), ReLU(), BatchNorm(), Conv(4), MaxPool(2), Dropout(0.3)]
SHAPE = (4, 12, 10)


def stacked(seed: int) -> Sequential:
    """Two to six bricks in any order that fits, then a classifier."""
    rng = np.random.default_rng(seed)
    chosen: list[Layer] = [Conv(4)]
    for brick in rng.permutation(len(BRICKS))[: rng.integers(2, 7)]:
        chosen.append(BRICKS[brick])
        if min(Sequential(*chosen).out_shape(SHAPE)[1:]) < 3:
            break
    dense = [Dense(6), BatchNorm(), ReLU()] if seed % 2 else []
    return Sequential(*chosen, Flatten(), *dense, Dense(5))


def blocks(seed: int) -> Sequential:
    """Two to four residual blocks, with or without something between them, then a classifier."""
    rng = np.random.default_rng(seed)
    chosen: list[Layer] = [Conv(4), ReLU()][: rng.integers(0, 3)]
    for block in rng.permutation(len(BLOCKS))[: rng.integers(2, 5)]:
        chosen.append(BLOCKS[block])
        chosen += [JOINTS[joint] for joint in rng.permutation(len(JOINTS))[: rng.integers(0, 3)]]
    return Sequential(*chosen, Flatten(), Dense(5))


@pytest.mark.parametrize("seed", range(60))
def test_any_order_of_layers_computes_the_same(seed: int) -> None:
    model = (stacked if seed < 30 else blocks)(seed)
    rng = np.random.default_rng(seed)
    images, labels = rng.standard_normal((19, 12, 10, 4)), rng.integers(0, 5, 19)
    options: tuple[dict[str, Any], ...] = ({}, {"fused": False}, {"rules": "reference"})
    found = []
    for option in options:
        net = Network(model, SHAPE, dtype="f8", workers=1, **option)
        loss, _ = net.gradients(images, labels, CrossEntropy(), step=2)
        grads = {name: grad.copy() for name, grad in net.grads.items()}
        found.append((loss, grads, net.weights(), net.predict(images)))
    loss, grads, state, logits = found[-1]
    for other in found[:-1]:
        assert other[0] == pytest.approx(loss, rel=1e-10)
        np.testing.assert_allclose(other[3], logits, rtol=1e-9, atol=1e-9)
        for name in state:
            np.testing.assert_allclose(other[2][name], state[name], rtol=1e-9, atol=1e-9)
        for name in grads:
            size = max(1e-3, np.abs(grads[name]).max())
            np.testing.assert_allclose(
                other[1][name], grads[name], rtol=0, atol=1e-9 * size, err_msg=f"{model} {name}"
            )


def test_the_input_gradient_is_the_same_too() -> None:
    for seed in range(0, 60, 3):
        model = (stacked if seed < 30 else blocks)(seed)
        x = np.random.default_rng(seed).standard_normal((5, *SHAPE))
        found = []
        for rules in ("fast", "reference"):
            net = Network(model, SHAPE, dtype="f8", workers=1, rules=rules)  # type: ignore[arg-type]
            y, backward = net.run(x, training=True)
            found.append(backward(np.ones_like(y) + y)["input"].copy())
        np.testing.assert_allclose(found[0], found[1], rtol=1e-8, atol=1e-9, err_msg=str(model))


def test_every_stage_has_the_name_of_its_first_layer_and_the_model_stays_as_it_is() -> None:
    model = Sequential(
        Conv(4), ReLU(), BatchNorm(), MaxPool(2), Conv(4), BatchNorm(), ReLU(), Flatten()
    )
    chain = fuse(model)
    assert isinstance(chain, Chain)
    assert [name for name, _ in chain.stages] == ["0", "3", "4", "7"]
    net = Network(model, (3, 8, 8), workers=1)
    assert net.model == model
    assert list(net.arrays)[:2] == ["0.weight", "0.bias"]


def test_residual_blocks_that_begin_and_end_with_convolutions_are_fused() -> None:
    block = residual(Sequential(Conv(4), BatchNorm(), ReLU(), Conv(4), BatchNorm()))
    model = Sequential(Conv(4), ReLU(), block, ReLU(), block, ReLU(), Flatten())
    chain = fuse(model)
    assert isinstance(chain, Chain)
    (_, before), (_, one), (_, two), _ = chain.stages
    assert isinstance(before, FusedConv)
    assert isinstance(one, FusedSum)
    assert isinstance(two, FusedSum)
    assert not before.relu_backward_here
    assert (one.relu, one.relu_backward_here, two.relu, two.relu_backward_here) == (
        True,
        False,
        True,
        True,
    )
    for each in (one, two):
        (_, first), (_, last) = each.body.stages
        assert isinstance(first, FusedConv)
        assert isinstance(last, FusedConv)
        assert (first.residual_begin, first.input_relu_backward, first.residual_end) == (
            True,
            True,
            False,
        )
        assert (
            last.residual_begin,
            last.residual_end,
            last.norm_relu,
            last.relu_backward_here,
        ) == (False, True, True, False)


def test_what_the_next_layer_masks_is_not_kept() -> None:
    stages = [layer for _ in range(2) for layer in (Conv(16), ReLU(), MaxPool(2))]
    model, held = Sequential(*stages, Flatten(), Dense(3)), []
    for fused in (True, False):
        net = Network(model, (3, 32, 32), workers=1, fused=fused)
        net.gradients(np.zeros((16, 32, 32, 3), "f4"), np.zeros(16, int), CrossEntropy(), step=0)
        held.append(net.worker.spaces[0].nbytes)
    assert held[0] < 0.75 * held[1]


def test_a_leaf_alone_is_left_as_it_is() -> None:
    assert fuse(Conv(3)) == Conv(3)
    assert fuse(Flatten()) == Flatten()
