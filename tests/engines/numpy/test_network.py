from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tests.rounding import assert_rounding
from thumblab.core.errors import MissingRuleError, RunError, ShapeError, UsageError
from thumblab.core.layer import Layer
from thumblab.core.rules import forward
from thumblab.engines.numpy import Network
from thumblab.engines.numpy.memory import Workspace
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Frozen,
    GlobalAvgPool,
    MaxPool,
    ReLU,
    Sequential,
    dense,
    residual,
)
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, Adam

SHAPE = (3, 9, 7)
MODEL = Sequential(
    Conv(8),
    BatchNorm(),
    ReLU(),
    MaxPool(3, 2, "same"),
    Dropout(0.3),
    residual(Sequential(Conv(8), BatchNorm(), ReLU())),
    Flatten(),
    Dense(16),
    BatchNorm(),
    Dropout(0.3),
    Dense(5),
)
LOSS = CrossEntropy(0.1)
KINDS = pytest.mark.parametrize("kind", ["threads", "processes"])


@pytest.fixture(params=[dense.MANY, 1], ids=["by samples", "by units"])
def cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dense layers as small as these, cut by samples as they are, and by units as large ones are."""
    monkeypatch.setattr(dense, "MANY", request.param)


BY_UNITS_TOO = pytest.mark.usefixtures("cut")


def data(samples: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((samples, 9, 7, 3)), rng.integers(0, 5, samples)


def close(found: dict[str, Any], wanted: dict[str, Any], share: float) -> None:
    """Equal to ``share`` of the largest value of each array."""
    assert set(found) == set(wanted)
    for name, array in wanted.items():
        size = np.abs(array).max()
        np.testing.assert_allclose(
            found[name], array, rtol=0, atol=share * max(size, 1e-2), err_msg=name
        )


def copies(arrays: dict[str, Any]) -> dict[str, Any]:
    return {name: array.copy() for name, array in arrays.items()}


@BY_UNITS_TOO
@KINDS
@pytest.mark.parametrize("workers", [2, 3])
def test_workers_share_one_step(kind: Any, workers: int) -> None:
    images, labels = data(41)
    one = Network(MODEL, SHAPE, dtype="f8", workers=1)
    many = Network(MODEL, SHAPE, dtype="f8", workers=workers, kind=kind)
    wanted, correct = one.gradients(images, labels, LOSS, step=3)
    found, found_hits = many.gradients(images, labels, LOSS, step=3)
    assert found == pytest.approx(wanted, rel=1e-12)
    assert found_hits == correct
    close(many.grads, one.grads, 1e-12)
    close(many.weights(), one.weights(), 1e-12)  # BatchNorm's statistics too


@BY_UNITS_TOO
@KINDS
def test_workers_round_in_float32_as_one_does(kind: Any) -> None:
    images, labels = data(41)
    exact, one, many = (
        Network(MODEL, SHAPE, dtype=dtype, workers=workers, kind=kind)
        for dtype, workers in (("f8", 1), ("f4", 1), ("f4", 3))
    )
    for network in (one, exact):
        network.load(many.state())
    losses = [net.gradients(images, labels, LOSS, step=3)[0] for net in (many, exact, one)]
    assert losses == pytest.approx([losses[1]] * 3, rel=1e-5)
    for name, gradient in exact.grads.items():
        if np.abs(gradient).max() > 1e-9:  # a bias before BatchNorm has none
            assert_rounding(many.grads[name], gradient, one.grads[name], what=name)
    for name, array in exact.weights().items():
        assert_rounding(many.weights()[name], array, one.weights()[name], what=name)


@BY_UNITS_TOO
@KINDS
def test_frozen_dense_layers_are_cut_like_others(kind: Any) -> None:
    images, labels = data(41)
    model = Sequential(Conv(4), ReLU(), Flatten(), Frozen(Dense(16)), ReLU(), Dense(5))
    one = Network(model, SHAPE, dtype="f8", workers=1)
    many = Network(model, SHAPE, dtype="f8", workers=3, kind=kind)
    wanted, _ = one.gradients(images, labels, LOSS)
    assert many.gradients(images, labels, LOSS)[0] == pytest.approx(wanted, rel=1e-12)
    close(many.grads, one.grads, 1e-12)
    assert ("3.layer.seen" in many._exchange.shared_buffers) == (dense.MANY == 1)


@BY_UNITS_TOO
@KINDS
@pytest.mark.parametrize("optimizer", [SGD(nesterov=True, weight_decay=1e-3), Adam()], ids=repr)
def test_ten_free_steps_on_any_number_of_workers(kind: Any, optimizer: Any) -> None:
    results = []
    for workers in (1, 2, 3):
        net = Network(MODEL, SHAPE, dtype="f8", workers=workers, kind=kind)
        losses = []
        for step in range(10):
            images, labels = data(41, seed=step)
            losses.append(
                net.train_step(
                    images, labels, loss=LOSS, optimizer=optimizer, learning_rate=0.01, step=step
                )[0]
            )
        results.append((losses, net.state()))
    for losses, state in results[1:]:
        assert losses == pytest.approx(results[0][0], rel=1e-8)
        if not isinstance(optimizer, Adam):  # divides by roots of tiny squares
            close(state, results[0][1], 1e-8)


@BY_UNITS_TOO
@KINDS
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_workers_repeat_bit_for_bit(kind: Any, workers: int) -> None:
    states = []
    for _ in range(2):
        net = Network(MODEL, SHAPE, workers=workers, kind=kind, seed=1)
        for step in range(4):
            images, labels = data(37, seed=step)
            net.train_step(images, labels, loss=LOSS, optimizer=SGD(), learning_rate=0.1, step=step)
        states.append(net.state())
    for name, array in states[0].items():
        np.testing.assert_array_equal(states[1][name], array, err_msg=name)


@BY_UNITS_TOO
def test_threads_and_processes_compute_the_same_bits() -> None:
    states = []
    for kind in ("threads", "processes"):
        net = Network(MODEL, SHAPE, workers=2, kind=kind)  # type: ignore[arg-type]
        images, labels = data(37)
        net.train_step(images, labels, loss=LOSS, optimizer=SGD(), learning_rate=0.1, step=0)
        states.append(net.state())
    for name, array in states[0].items():
        np.testing.assert_array_equal(states[1][name], array, err_msg=name)


def test_another_seed_starts_elsewhere() -> None:
    first, second = (Network(MODEL, SHAPE, workers=1, seed=seed) for seed in (0, 1))
    assert (first.arrays["0.weight"] != second.arrays["0.weight"]).all()


@BY_UNITS_TOO
def test_every_last_batch_fits() -> None:
    """1 to 40 samples on three workers: padding_samples, idle workers and uneven cuts."""
    model = Sequential(Conv(4), BatchNorm(), ReLU(), MaxPool(2), Dropout(0.2), Flatten(), Dense(5))
    one = Network(model, SHAPE, dtype="f8", workers=1, rules="reference")
    many = Network(model, SHAPE, dtype="f8", workers=3, kind="threads")
    for samples in range(1, 41):
        images, labels = data(samples, seed=samples)
        wanted = one.gradients(images, labels, LOSS, step=samples)
        found = many.gradients(images, labels, LOSS, step=samples)
        assert found[0] == pytest.approx(wanted[0], rel=1e-10)
        assert found[1] == wanted[1]
        close(many.grads, one.grads, 1e-9)
        np.testing.assert_allclose(many.predict(images), one.predict(images), atol=1e-9)


@BY_UNITS_TOO
def test_prediction_does_not_depend_on_the_batch() -> None:
    images, labels = data(70)
    net = Network(MODEL, SHAPE, dtype="f8", workers=2)
    net.train_step(images, labels, loss=LOSS, optimizer=SGD(), learning_rate=0.1, step=0)
    whole = net.predict(images)
    np.testing.assert_allclose(net.predict(images, at_once=17), whole, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(net.predict(images[3:4]), whole[3:4], rtol=1e-12, atol=1e-12)
    assert whole.shape == (70, 5)


def test_a_prediction_is_not_overwritten_by_the_next() -> None:
    images, _ = data(20)
    net = Network(MODEL, SHAPE, workers=2)
    first = net.predict(images)
    copy = first.copy()
    net.predict(images[::-1])
    np.testing.assert_array_equal(first, copy)


def test_memory_does_not_grow_with_the_steps() -> None:
    net = Network(MODEL, SHAPE, workers=1)
    held = []
    for step in range(5):
        for samples in (40, 23):  # a short last batch in every epoch
            images, labels = data(samples)
            net.train_step(images, labels, loss=LOSS, optimizer=SGD(), learning_rate=0.1, step=step)
        held.append(net.worker.held)
    assert len(set(held)) == 1


@pytest.mark.parametrize("garbage", [np.nan, np.inf])
def test_memory_that_was_never_written_is_never_read(
    monkeypatch: pytest.MonkeyPatch, garbage: float
) -> None:
    """All fresh memory is garbage, except the border: nothing changes, and nothing warns."""

    def lend(self: Any, kind: str, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
        if not np.issubdtype(dtype, np.floating):
            return np.ones(shape, dtype)
        memory = np.full(shape, garbage, dtype)
        if kind == "bordered":
            for axis in (1, 2):
                memory.swapaxes(0, axis)[[0, -1]] = 0
        return memory

    images, labels = data(21)
    results = []
    for spoilt in (False, True):
        if spoilt:
            monkeypatch.setattr(Workspace, "_lend", lend)
        net = Network(MODEL, SHAPE, dtype="f8", workers=1)
        loss, _ = net.gradients(images, labels, LOSS)
        results.append((loss, copies(net.grads), net.predict(images)))
    assert results[0][0] == results[1][0]
    for name, array in results[0][1].items():
        np.testing.assert_array_equal(results[1][1][name], array, err_msg=name)
    np.testing.assert_array_equal(results[0][2], results[1][2])


# ----- A user's own layers -----


@dataclass(frozen=True)
class Sigmoid(Layer):
    """Has a plain rule only, and 0 does not become 0."""


@forward.register
def sigmoid(layer: Sigmoid, x: Any, ctx: Any) -> Any:
    y = 1 / (1 + np.exp(-x))
    return y, lambda dy: dy * y * (1 - y)


@dataclass(frozen=True)
class Ruleless(Layer):
    pass


@pytest.mark.parametrize("samples", [3, 16, 21])
def test_a_plain_rule_leaves_border_and_padding_samples_zero(samples: int) -> None:
    """The convolutions, the norm and the pool after it would read what is there."""
    model = Sequential(
        Conv(4),
        Sigmoid(),
        Conv(5),
        Sigmoid(),
        BatchNorm(),
        MaxPool(3, 2, 1),
        GlobalAvgPool(),
        Dense(5),
    )
    images, labels = data(samples)
    fast, plain = (
        Network(model, SHAPE, dtype="f8", workers=1, rules=rules)  # type: ignore[arg-type]
        for rules in ("fast", "reference")
    )
    losses = [net.gradients(images, labels, LOSS)[0] for net in (fast, plain)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)
    close(fast.grads, plain.grads, 1e-10)


@pytest.mark.parametrize("rules", ["fast", "reference"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_missing_rule_names_the_layer_and_its_place(rules: Any, workers: int) -> None:
    model = Sequential(Conv(4), residual(Sequential(ReLU(), Ruleless())), Flatten(), Dense(5))
    net = Network(model, SHAPE, workers=workers, rules=rules, kind="threads")
    with pytest.raises(
        MissingRuleError, match="Ruleless has no NumPy rule; write one with"
    ) as caught:
        net.predict(data(40)[0])
    (note,) = caught.value.__notes__
    assert note.startswith("while running Ruleless() at '1.0.1.' on a batch of shape (")


def test_an_error_in_a_users_rule_names_the_place_from_a_worker_of_its_own_too() -> None:
    model = Sequential(Flatten(), Dense(4), Ruleless(), Dense(5))
    net = Network(model, SHAPE, workers=2, kind="processes")
    with pytest.raises(
        (MissingRuleError, RuntimeError), match="Ruleless has no NumPy rule"
    ) as caught:
        net.predict(data(40)[0])
    text = "".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
    assert "while running Ruleless() at '2.'" in text


# ----- State -----


def test_layers_that_do_not_fit_are_refused_before_an_array_exists() -> None:
    with pytest.raises(ShapeError, match=r"put Flatten\(\) before it"):
        Network(Sequential(Conv(4), Dense(5)), SHAPE)


def test_a_state_comes_back_into_another_network() -> None:
    images, labels = data(37)
    first = Network(MODEL, SHAPE, workers=2)
    second = Network(MODEL, SHAPE, workers=2)  # of the same seed, for dropout's masks
    second.arrays["0.weight"][...] = 0
    options: dict[str, Any] = {"loss": LOSS, "optimizer": Adam(), "learning_rate": 0.01}
    for step in range(2):
        first.train_step(images, labels, step=step, **options)
    second.load(first.state())
    for net in (first, second):
        net.train_step(images, labels, step=2, **options)
    for name, array in first.state().items():
        if not name.startswith("slots") or name in second.state():
            np.testing.assert_array_equal(second.state()[name], array, err_msg=name)
    assert {"slots.mean", "slots.square"} <= set(first.state())


def test_a_state_without_slots_begins_anew() -> None:
    images, labels = data(20)
    net = Network(MODEL, SHAPE, workers=2)
    state, losses = net.state(), []
    for _ in range(2):
        net.load(state)
        options: dict[str, Any] = {"loss": LOSS, "optimizer": Adam(), "learning_rate": 0.01}
        losses.append([net.train_step(images, labels, step=i, **options) for i in range(3)])
    assert losses[0] == losses[1]


def test_a_state_is_a_copy() -> None:
    net = Network(MODEL, SHAPE, workers=1)
    state, kept = net.state(), copies(net.state())
    images, labels = data(20)
    net.train_step(images, labels, loss=LOSS, optimizer=SGD(), learning_rate=0.1, step=0)
    for name, array in kept.items():
        np.testing.assert_array_equal(state[name], array)


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_weights_of_another_architecture_are_refused(change: str) -> None:
    net = Network(MODEL, SHAPE, workers=1)
    state = net.state()
    before = copies(net.arrays)
    if change == "missing":
        del state["weights.0.bias"]
    elif change == "extra":
        state["weights.99.bias"] = np.zeros(3)
    else:
        state["weights.0.bias"] = np.zeros(99)
    with pytest.raises(
        RunError, match=r"the stored weights 0\.weight .*\.\.\. are not those of this"
    ):
        net.load(state)
    close(net.arrays, before, 0)


@pytest.mark.parametrize("rules", ["fast", "reference"])
def test_a_loss_that_is_not_finite_moves_nothing(rules: Any) -> None:
    model = Sequential(Conv(4), BatchNorm(), ReLU(), Flatten(), Dense(5))
    net = Network(model, SHAPE, workers=2, rules=rules)
    before = net.weights()
    images, labels = data(40)
    images[33, 0, 0, 0] = np.nan
    loss, _ = net.train_step(images, labels, loss=LOSS, optimizer=SGD(), learning_rate=0.1, step=0)
    assert np.isnan(loss)
    close(net.weights(), before, 0)


def test_a_pass_goes_back_once() -> None:
    _, back = Network(MODEL, SHAPE, workers=1).run(np.ones((2, *SHAPE)), training=True)
    back(np.ones((2, 5)))
    with pytest.raises(
        UsageError, match=r"backward\(\) was already called for this pass; run the batch again"
    ):
        back(np.ones((2, 5)))


def test_no_images_give_no_predictions() -> None:
    net = Network(MODEL, SHAPE, workers=2)
    assert net.predict(data(3)[0][:0]).shape == (0, 5)
