from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from thumblab.core.layer import Layer
from thumblab.core.renamed import OldContext
from thumblab.core.rules import forward
from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, Frozen, ReLU, Sequential, residual

SEEN: list[dict[str, Any]] = []


@dataclass(frozen=True)
class Spy(Layer):
    """Notes what the engine lends it."""


@forward.register
def spy(layer: Spy, x: Any, ctx: Any) -> Any:
    SEEN.append(
        {
            "x": x.shape,
            "training": ctx.training,
            "samples": ctx.samples,
            "batch": ctx.comm.batch,
            "needs_input_grad": ctx.needs_input_grad,
            "words": ctx.random.words(3).copy(),
        }
    )
    return x, lambda dy: dy


@pytest.fixture(autouse=True)
def _forget() -> None:
    SEEN.clear()


def test_a_layer_is_told_of_its_part_and_of_the_whole_batch() -> None:
    net = Network(
        Sequential(Conv(4), Spy(), Flatten(), Dense(5)), (3, 6, 6), workers=2, kind="threads"
    )
    net.predict(np.zeros((37, 6, 6, 3), np.float32))
    seen = sorted(SEEN, key=lambda note: note["samples"])
    assert [note["samples"] for note in seen] == [16, 21]
    assert {note["batch"] for note in seen} == {37}
    assert {note["training"] for note in seen} == {False}
    assert seen[1]["x"] == (21, 4, 6, 6)  # real samples only


def test_the_words_of_a_sample_do_not_depend_on_the_workers() -> None:
    model = Sequential(Conv(4), Spy(), Flatten(), Dense(5))
    drawn = []
    for workers in (1, 2):
        SEEN.clear()
        Network(model, (3, 6, 6), workers=workers, kind="threads").predict(
            np.zeros((32, 6, 6, 3), np.float32)
        )
        drawn.append({tuple(row) for note in SEEN for row in note["words"].tolist()})
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 32


def test_nobody_reads_a_gradient_before_the_first_weight() -> None:
    net = Network(
        Sequential(Spy(), residual(Spy()), Conv(2), Spy(), Flatten(), Dense(2)),
        (1, 4, 4),
        workers=1,
    )
    net.predict(np.zeros((1, 4, 4, 1), np.float32))
    assert [note["needs_input_grad"] for note in SEEN] == [False, False, True]


@pytest.mark.parametrize("fused", [True, False])
def test_a_prediction_keeps_no_more_of_a_deep_network_than_of_a_shallow_one(fused: bool) -> None:
    block = (Conv(4), BatchNorm(), ReLU(), residual(Sequential(Conv(4), ReLU(), Conv(4))))
    held = []
    for depth in (2, 6):
        model = Sequential(Conv(4), *block * depth, Flatten(), Dense(2))
        net = Network(model, (1, 8, 8), workers=1, fused=fused)
        net.predict(np.zeros((16, 8, 8, 1), np.float32))
        (space,) = net.worker.spaces
        held.append(sum(len(blocks) for blocks in space.blocks.values()))
    assert held[0] == held[1]


@dataclass(frozen=True)
class Old(Dense):
    """A layer of the user's as runs before 0.2 have stored it."""


@forward.register
def old(layer: Old, x: Any, ctx: Any) -> Any:
    y = ctx.empty((len(x), layer.units))
    np.matmul(x, ctx["weight"].T, out=y)

    def backward(dy: Any) -> Any:
        ctx.grad("weight")[...] = dy.T @ x
        ctx.grad("bias")[...] = ctx.all_reduce(dy.sum(0)) / ctx.batch
        return dy @ ctx["weight"]

    return y, backward


@pytest.mark.parametrize("model", [Old(2), Frozen(Old(2))])
def test_code_that_knew_the_context_under_other_names_still_runs_and_is_told(model: Layer) -> None:
    net = Network(model, (3,), dtype="f8", workers=1)
    x = np.random.default_rng(0).standard_normal((4, 3))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        y, backward = net.run(x, training=True)
        found = backward(np.ones_like(y))
    weight = next(array for name, array in net.arrays.items() if "weight" in name)
    np.testing.assert_allclose(y, x @ weight.T)
    np.testing.assert_allclose(found["input"], np.ones_like(y) @ weight)
    if isinstance(model, Old):
        np.testing.assert_allclose(found["bias"], [1, 1])
    renamed = {str(each.message).partition(" now;")[0] for each in told}
    assert {
        "ctx['weight'] is called ctx.params['weight']",
        "ctx.batch is called ctx.comm.batch",
        "ctx.empty is called ctx.memory.empty",
    } <= renamed


def test_a_misspelled_member_is_no_old_one() -> None:
    assert not hasattr(OldContext(), "__array__")
    with pytest.raises(AttributeError, match="a layer's context has no 'weights'"):
        OldContext().weights  # noqa: B018
