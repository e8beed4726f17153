from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from thumblab.bench import watch as profile_watch
from thumblab.bench.watch import Step, Watch, watched
from thumblab.core.layer import Layer
from thumblab.core.rules import forward
from thumblab.engines.numpy import Network
from thumblab.layers import Conv, Dense, Flatten, ReLU, Sequential, residual
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD

FORWARD, BACKWARD = 2.0, 3.0
CLOCK = [0.0]


@dataclass(frozen=True)
class Sleepy(Layer):
    """Takes a known time each way."""


@forward.register
def sleepy(layer: Sleepy, x: Any, ctx: Any) -> Any:
    def backward(dy: Any) -> Any:
        CLOCK[0] += BACKWARD
        return dy

    CLOCK[0] += FORWARD
    return x, backward


def step(model: Layer, shape: tuple[int, ...], *, looks_on: bool = True) -> tuple[Network, Step]:
    """A network of one worker, and a step of it."""
    network = Network(model, shape, workers=1)
    rng = np.random.default_rng(0)
    size = (*shape[1:], shape[0]) if len(shape) == 3 else shape
    images, labels = rng.integers(0, 256, (20, *size), np.uint8), rng.integers(0, 3, 20)

    def train() -> None:
        network.train_step(
            images, labels, loss=CrossEntropy(), optimizer=SGD(), learning_rate=1e-3, step=0
        )

    if looks_on:
        return network, watched(network, train)
    train()
    return network, Step(0, 0, Watch())


def test_a_layers_time_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_watch, "perf_counter", lambda: CLOCK[0])
    model = Sequential(Dense(4), residual(Sequential(Sleepy(), Sleepy())), Dense(3))
    _, taken = step(model, (5,))
    slept = {"1.0.0.", "1.0.1."}
    watch = taken.watch
    assert {path for path, seconds in watch.forward.items() if seconds} == slept
    assert {path for path, seconds in watch.backward.items() if seconds} == slept
    assert all((watch.forward[p], watch.backward[p]) == (FORWARD, BACKWARD) for p in slept)
    assert (taken.seconds, taken.rest) == (2 * (FORWARD + BACKWARD), (0.0,) * 4)
    assert watch.kinds["1.0.0."] == "Sleepy"
    assert (watch.reads["0."], watch.reads["2."]) == (False, True)


def test_the_layers_and_the_rest_are_the_whole_step() -> None:
    _, taken = step(Sequential(Dense(4), Sleepy(), Dense(3)), (5,))
    ways = (*taken.watch.forward.values(), *taken.watch.backward.values())
    assert taken.rest[0] == 0
    assert min(taken.rest[1:]) > 0
    assert sum(ways) + sum(taken.rest) == pytest.approx(taken.seconds)


def test_changing_images_is_not_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def change(self, images: Any, epoch: int, indices: Any) -> Any:
            CLOCK[0] += 5.0
            return images

    monkeypatch.setattr(profile_watch, "perf_counter", lambda: CLOCK[0])
    network = Network(Sequential(Flatten(), Dense(3)), (3, 8, 8), workers=1, loader=Slow())
    batch, labels = np.zeros((4, 8, 8, 3), np.uint8), np.zeros(4, int)
    how: dict[str, Any] = {
        "loss": CrossEntropy(),
        "optimizer": SGD(),
        "learning_rate": 0.1,
        "step": 0,
    }
    for _ in range(2):
        taken = watched(network, lambda: network.train_step(batch, labels, **how))
        assert (taken.seconds, taken.rest) == (5.0, (5.0, 0.0, 0.0, 0.0))


def test_looking_on_changes_no_number() -> None:
    model = Sequential(Conv(8), ReLU(), residual(Conv(8)), Flatten(), Dense(3))
    seen, plain = (step(model, (3, 8, 8), looks_on=each)[0].weights() for each in (True, False))
    assert plain.keys() == seen.keys()
    for name, array in plain.items():
        np.testing.assert_array_equal(array, seen[name])
