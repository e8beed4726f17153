"""Optimizers that look further than one element, on the engine's workers."""

import numpy as np
import pytest

from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, Dense, Flatten, MaxPool, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import EMA, SGD, Adam, Clipped, Lookahead, Muon, Optimizer

MODEL = Sequential(Conv(6), BatchNorm(), ReLU(), MaxPool(2), Flatten(), Dense(5))
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (53, 8, 8, 3)).astype(np.uint8)
LABELS = RNG.integers(0, 5, 53)


def trained(optimizer: Optimizer, workers: int) -> Network:
    network = Network(MODEL, (3, 8, 8), dtype="f8", workers=workers, shown=optimizer.shown)
    for step in range(6):
        network.train_step(
            IMAGES, LABELS, loss=CrossEntropy(), optimizer=optimizer, learning_rate=0.05, step=step
        )
    return network


@pytest.mark.parametrize(
    "optimizer",
    [Muon(), Clipped(SGD(), norm=0.1), Lookahead(SGD(), every=2), EMA(SGD(), decay=0.5)],
    ids=str,
)
def test_workers_move_weights_alike(optimizer: Optimizer) -> None:
    alone, together = trained(optimizer, 1), trained(optimizer, 3)
    for name, array in alone.arrays.items():
        np.testing.assert_allclose(together.arrays[name], array, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("optimizer", [Adam(), Clipped(Adam(), norm=1e9)], ids=str)
@pytest.mark.parametrize("workers", [1, 3])
def test_the_engine_counts_the_steps_from_one(optimizer: Optimizer, workers: int) -> None:
    """Adam by its formulas, which divide by ``1 - beta^t`` with ``t = 1`` at the first step."""
    network = Network(MODEL, (3, 8, 8), dtype="f8", workers=workers)
    moments = {name: [np.zeros_like(grad)] * 2 for name, grad in network.grads.items()}
    for step in range(4):
        network.gradients(IMAGES, LABELS, CrossEntropy(), step=step)
        wanted = {}
        for name, grad in network.grads.items():
            mean, square = moments[name]
            mean, square = 0.9 * mean + 0.1 * grad, 0.999 * square + 0.001 * grad**2
            moments[name] = [mean, square]
            unbiased = mean / (1 - 0.9 ** (step + 1)), square / (1 - 0.999 ** (step + 1))
            wanted[name] = network.arrays[name] - 0.01 * unbiased[0] / (unbiased[1] ** 0.5 + 1e-8)
        network.train_step(
            IMAGES, LABELS, loss=CrossEntropy(), optimizer=optimizer, learning_rate=0.01, step=step
        )
        for name, array in wanted.items():
            np.testing.assert_allclose(network.arrays[name], array, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "optimizer", [EMA(SGD()), Lookahead(SGD()), Lookahead(EMA(SGD()))], ids=str
)
def test_averages_begin_at_the_weights_also_when_the_first_batch_moves_nothing(
    optimizer: Optimizer,
) -> None:
    network = Network(MODEL, (3, 8, 8), dtype="f8", workers=2, shown=optimizer.shown)
    before = network.weights()
    broken = IMAGES.astype("f8")
    broken[0, 0, 0, 0] = np.nan
    network.train_step(
        broken, LABELS, loss=CrossEntropy(), optimizer=optimizer, learning_rate=0.05, step=0
    )
    for name, array in network.weights().items():
        np.testing.assert_array_equal(array, before[name])
    network.train_step(
        IMAGES, LABELS, loss=CrossEntropy(), optimizer=optimizer, learning_rate=1e-9, step=1
    )
    for name, array in network.weights().items():
        if name in network.grads:
            np.testing.assert_allclose(array, before[name], atol=1e-6)


def test_averaged_weights_predict_and_the_moved_ones_are_saved() -> None:
    network = trained(EMA(SGD(), decay=0.9), 2)
    state, shown = network.state(), network.weights()
    assert (state["weights.5.weight"] != shown["5.weight"]).any()
    other = Network(MODEL, (3, 8, 8), dtype="f8", workers=1)
    other.load({f"weights.{name}": array for name, array in shown.items()})
    np.testing.assert_allclose(other.predict(IMAGES), network.predict(IMAGES), atol=1e-12)
