from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from thumblab.core.errors import MissingRuleError, ShapeError
from thumblab.core.layer import Layer, Shape, Weight
from thumblab.core.rules import forward, torch_twin
from thumblab.engines.numpy.workers.threads import ThreadCommunicator
from thumblab.engines.torch import Network
from thumblab.engines.torch.ranks import Ranks
from thumblab.engines.torch.worker import Move, Worker
from thumblab.layers import BatchNorm, Dense, Dropout, Frozen, ReLU, Sequential, Unused
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, Optimizer

MODEL = Sequential(Dense(32), BatchNorm(), Dropout(0.5), Dense(3))
MOVER = SGD(0.1)
RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((9, 5)).astype("f4"), RNG.integers(0, 3, 9)


def step(
    network: Network, number: int = 0, x: Any = X, y: Any = Y, optimizer: Optimizer = MOVER
) -> float:
    return network.train_step(
        x, y, loss=CrossEntropy(), optimizer=optimizer, learning_rate=0.1, step=number
    )[0]


def test_dropout_depends_on_seed_and_step_alone() -> None:
    network = Network(MODEL, (5,), seed=1)
    state = network.state()

    def loss(number: int) -> float:
        network.load(state)
        return step(network, number)

    first = loss(0)
    assert loss(1) != first
    torch.rand(3)
    assert loss(0) == first
    other = Network(MODEL, (5,), seed=2)
    other.load(state)
    assert step(other, 0) != first


def test_a_layer_with_a_numpy_rule_of_its_own_needs_a_twin_of_its_own() -> None:
    @dataclass(frozen=True)
    class Capped(ReLU):
        pass

    @dataclass(frozen=True)
    class Renamed(ReLU):
        pass

    Network(Sequential(Renamed()), (5,))

    @forward.register(Capped)
    def _(layer: Any, x: Any, ctx: Any) -> Any:
        return np.clip(x, 0, 6), lambda dy: dy * ((x > 0) & (x < 6))

    with pytest.raises(MissingRuleError, match=r"Capped has no PyTorch rule of its own; write one"):
        Network(Sequential(Dense(2), Capped()), (5,))
    with pytest.raises(MissingRuleError, match="Capped has no PyTorch rule of its own"):
        Network(Sequential(Frozen(Sequential(Dense(2), Capped())), Dense(2)), (5,))


def test_a_network_without_trained_weights_has_a_loss_and_stands_still() -> None:
    network = Network(Sequential(Frozen(Dense(3))), (5,))
    before = network.weights()
    assert np.isfinite(step(network))
    for name, array in network.weights().items():
        np.testing.assert_array_equal(array, before[name])


def test_want_of_memory_in_a_step_is_pythons_error(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(MODEL, (5,))

    def fail(*_: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(network.worker, "_logits", fail)
    with pytest.raises(MemoryError, match="CUDA out of memory"):
        step(network)
    with pytest.raises(MemoryError, match="CUDA out of memory"):
        network.predict(X)


def test_a_loss_that_is_not_finite_moves_nothing() -> None:
    network = Network(MODEL, (5,))
    step(network, 0)
    before = network.state()
    assert np.isnan(step(network, 1, np.where(X > 1, np.nan, X)))
    after = network.state()
    assert list(after) == list(before)
    for name, array in before.items():
        np.testing.assert_array_equal(after[name], array)
    assert np.isfinite(step(network, 1))


def test_soft_targets_of_labels_are_the_labels() -> None:
    hard, soft = Network(MODEL, (5,)), Network(MODEL, (5,))
    for number in range(3):
        wanted = step(hard, number)
        assert step(soft, number, y=np.eye(3, dtype="f4")[Y]) == pytest.approx(wanted, rel=1e-5)


def test_weights_that_never_get_a_gradient_still_decay() -> None:
    network = Network(Sequential(Unused(Dense(4)), Dense(3)), (5,))
    before = network.weights()["0.layer.weight"]
    step(network, optimizer=SGD(0.1, weight_decay=0.5))
    np.testing.assert_allclose(network.weights()["0.layer.weight"], 0.95 * before, rtol=1e-6)


def test_arrays_that_cannot_be_written_are_read() -> None:
    network, x = Network(MODEL, (5,)), X.copy()
    x.flags.writeable = False
    np.testing.assert_array_equal(network.predict(x[::-1]), network.predict(X)[::-1])


@dataclass(frozen=True)
class Misnamed(Layer):
    def weights(self, x: Shape) -> dict[str, Weight]:
        return {"factor": Weight(x)}


@torch_twin.register
def misnamed_twin(layer: Misnamed, x: Shape, torch: ModuleType) -> Any:
    return torch.nn.Linear(*x, *x)


def test_a_twin_with_other_names_is_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"twin has no '0.factor' of shape \(5,\); give its module"
    ):
        Network(Sequential(Misnamed()), (5,))


@dataclass
class Threads(Ranks):
    """Ranks that are threads of this process."""

    communicator: Any = None

    def all_reduce(self, value: torch.Tensor) -> torch.Tensor:
        value.copy_(
            torch.from_numpy(self.communicator.all_reduce(self.rank, value.detach().numpy()))
        )
        return value


def test_class_weights_are_summed_over_the_batch_of_all_ranks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first half of the batch is of a heavy class, so that halves alone would weigh otherwise.

    Ranks are processes; as threads that wait for each other they cannot have the generator by turns.
    """
    monkeypatch.setattr(Worker, "_drawing", lambda self, step: nullcontext())
    model, labels = Sequential(Dense(8), Dense(3)), np.sort(Y)
    loss = CrossEntropy(0.1, weights=(5.0, 1.0, 0.2))
    move, indices, communicator = Move(loss, MOVER, 0.1, 0, 0), np.arange(9), ThreadCommunicator(2)
    both = [
        Network(model, (5,), ranks=Threads(rank, 2, communicator=communicator)) for rank in range(2)
    ]
    alone = Network(model, (5,))

    def train(network: Network) -> tuple[float, int]:
        return network.worker.train(X[network.ranks.partition(9)], labels, indices, move)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(train, both, timeout=60))
    wanted = train(alone)
    for network, told in zip(both, found, strict=True):
        assert told == (pytest.approx(wanted[0], rel=1e-6), wanted[1])
        for name, array in alone.weights().items():
            np.testing.assert_allclose(network.weights()[name], array, rtol=1e-5, atol=1e-7)
