"""The PyTorch engine beside the NumPy engine, and whole runs with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.rounding import assert_rounding
from tests.training.small import MODEL, dataset, experiment, fingerprints, trained
from thumblab.core.errors import RunError, UsageError
from thumblab.core.layer import swap
from thumblab.data import Flip, Loader, Shift
from thumblab.engines.numpy import InputTransform
from thumblab.engines.numpy import Network as NumpyNetwork
from thumblab.engines.torch import Network, Options
from thumblab.evaluation import classify, evaluate
from thumblab.layers import Conv, Dropout, Identity, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import EMA, SGD, Adam, Lookahead, RMSprop
from thumblab.runs import Run
from thumblab.training import steps

PLAIN = swap(swap(MODEL, Dropout, Identity()), Conv, Conv(4, stride=2, bias=False))
"""A bias before BatchNorm has a gradient of rounding errors, which Adam makes large."""
SHAPE = (1, 28, 28)
SHIFT, SCALE = np.full((1, 1, 1), 40.0), np.full((1, 1, 1), 1 / 70)
LOSS, MOVER = CrossEntropy(0.1), SGD(0.1)
BOTH = pytest.mark.parametrize("precision", ["float32", "float64"])


def loader() -> Loader:
    return Loader(dataset().train, 47, augment=(Flip(), Shift()), seed=1)


def ours(precision: str, **more: Any) -> Network:
    options = Options(precision=precision, **more)
    return Network(PLAIN, SHAPE, seed=3, options=options, shift=SHIFT, scale=SCALE, loader=loader())


def theirs(precision: str) -> NumpyNetwork:
    return NumpyNetwork(
        PLAIN,
        SHAPE,
        seed=3,
        dtype=precision,
        workers=1,
        input_transform=InputTransform(SHIFT, SCALE),
        loader=loader(),
    )


def step(network: Any, number: int, optimizer: Any = MOVER) -> tuple[float, int]:
    part = dataset().train
    rows = np.random.default_rng(number).integers(0, len(part), 33 if number % 2 else 20)
    found: tuple[float, int] = network.train_step(
        part.images[rows],
        part.labels[rows],
        loss=LOSS,
        optimizer=optimizer,
        learning_rate=0.01 * (1 + number % 3),
        step=number,
        epoch=number // 4,
        indices=rows,
    )
    return found


# ----- Beside the NumPy engine -----


@BOTH
def test_first_weights_are_the_same_bits(precision: str) -> None:
    mine, other = ours(precision).weights(), theirs(precision).weights()
    assert set(mine) == set(other)
    for name, array in other.items():
        np.testing.assert_array_equal(mine[name], array)
        assert mine[name].dtype == array.dtype


def test_twenty_steps_from_equal_weights_have_equal_losses() -> None:
    mine, other = ours("float64"), theirs("float64")
    for number in range(20):
        mine.load(other.state())
        assert step(mine, number) == pytest.approx(step(other, number), rel=1e-9)


def test_losses_in_float32_lie_as_near_to_float64_as_pytorchs() -> None:
    mine, last, exact = ours("float32"), ours("float32", channels_last=True), ours("float64")
    other, losses = theirs("float32"), []
    for number in range(20):
        for network in (mine, last, exact):
            network.load(other.state())
        losses.append([step(network, number)[0] for network in (other, exact, mine, last)])
    assert_rounding(*np.transpose(losses))


@pytest.mark.parametrize(
    "optimizer", [SGD(nesterov=True, weight_decay=1e-3), Adam(), RMSprop()], ids=repr
)
def test_a_run_can_go_on_with_the_other_engine(optimizer: Any) -> None:
    mine, other = ours("float64"), theirs("float64")
    for number in range(4):
        step(mine, number, optimizer)
        step(other, number, optimizer)
    swapped, back = theirs("float64"), ours("float64")
    swapped.load(mine.state())
    back.load(other.state())
    for number in range(4, 8):
        losses = [step(each, number, optimizer)[0] for each in (mine, other, swapped, back)]
        assert losses == pytest.approx([losses[0]] * 4, rel=1e-9)
    wanted = other.state()
    for network in (mine, swapped, back):
        found = network.state()
        assert {n for n in wanted if n.startswith("weights.")} <= set(found) <= set(wanted)
        for name, array in found.items():
            np.testing.assert_allclose(array, wanted[name], rtol=1e-8, atol=1e-11, err_msg=name)


@BOTH
def test_predictions_agree_at_any_size(precision: str) -> None:
    images = dataset().test.images
    mine, other = ours(precision), theirs(precision)
    found, wanted = mine.predict(images, at_once=10), other.predict(images)
    if precision == "float64":
        np.testing.assert_allclose(found, wanted, atol=1e-9 * abs(wanted).max())
    else:
        exact = ours("float64")
        exact.load(other.state())
        assert_rounding(wanted, exact.predict(images), found, mine.predict(images, at_once=7))
    assert found.dtype == wanted.dtype
    assert mine.predict(images[:0]).shape == (0, 47)


# ----- Options -----


def test_channels_last_and_bfloat16_change_roundings_alone() -> None:
    losses = {
        name: [step(network, number)[0] for number in range(3)]
        for name, network in {
            "plain": ours("float32"),
            "last": ours("float32", channels_last=True),
            "narrow": ours("bfloat16"),
        }.items()
    }
    assert losses["last"] == pytest.approx(losses["plain"], rel=1e-4)
    assert losses["narrow"] == pytest.approx(losses["plain"], rel=2e-2)
    assert losses["narrow"] != losses["plain"]


def test_channels_last_is_how_images_and_weights_lie() -> None:
    seen: list[torch.Tensor] = []
    for last in (False, True):
        network = Network(Sequential(Conv(4)), (3, 8, 8), options=Options(channels_last=last))
        network.worker.module.register_forward_pre_hook(lambda _, x: seen.append(x[0]))
        network.predict(np.zeros((2, 8, 8, 3), np.uint8))
        weight = network.worker.arrays["0.weight"]
        for tensor in (seen[-1], weight):
            assert tensor.is_contiguous(memory_format=torch.channels_last) == last


def test_compile_runs_what_torch_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def spy(module: Any) -> Any:
        made.append(module)
        return compiled(module, backend="eager")

    compiled = torch.compile
    monkeypatch.setattr(torch, "compile", spy)
    plain, other = ours("float32"), ours("float32", compile=True)
    losses = [[step(network, number)[0] for number in range(2)] for network in (plain, other)]
    assert made
    assert losses[0] == losses[1]


def test_weights_of_a_narrow_network_are_float32() -> None:
    network = ours("bfloat16")
    step(network, 0)
    assert {array.dtype for array in network.state().values()} == {np.dtype("f4")}


# ----- Loading -----


def test_weights_of_another_architecture_are_refused() -> None:
    state = ours("float32").state()
    state["weights.0.weight"] = state["weights.0.weight"][:1]
    with pytest.raises(RunError, match=r"the stored weights 0.weight \(1, 1, 3, 3\), .* are not"):
        ours("float32").load(state)


@pytest.mark.parametrize("wrap", [EMA, Lookahead])
def test_weights_shown_are_the_averages(wrap: Any) -> None:
    optimizer = wrap(SGD(0.1))
    network = Network(PLAIN, SHAPE, seed=3, shown=optimizer.shown)
    for number in range(3):
        step(network, number, optimizer)
    state, shown = network.state(), network.weights()
    assert (state["weights.0.weight"] != shown["0.weight"]).any()
    flat = np.concatenate([shown[n].reshape(-1) for n in shown if "running" not in n])
    np.testing.assert_array_equal(flat, state[f"slots.{optimizer.shown}"])
    images, other = dataset().test.images, Network(PLAIN, SHAPE)
    other.load({f"weights.{name}": array for name, array in shown.items()})
    np.testing.assert_array_equal(network.predict(images), other.predict(images))
    resumed = Network(PLAIN, SHAPE, shown=optimizer.shown)
    resumed.load(state)
    np.testing.assert_array_equal(resumed.predict(images), other.predict(images))
    assert step(resumed, 3, optimizer) == step(network, 3, optimizer)


# ----- Whole runs -----


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Three epochs with augmentation, dropout and BatchNorm; not to be written to."""
    return trained(tmp_path_factory.mktemp("torch"), experiment(engine="torch"))


def test_a_whole_run_learns_and_is_evaluated(finished: Run, tmp_path: Path) -> None:
    assert (finished.status, finished.result["workers"]) == ("done", 1)
    losses = [line["train_loss"] for line in finished.metrics]
    assert losses == sorted(losses, reverse=True)
    found = evaluate(finished)
    assert found.images == 47
    assert evaluate(finished, dataset()).accuracy == pytest.approx(found.accuracy)
    Image.fromarray(dataset().test.images[0, :, :, 0]).save(tmp_path / "one.png")
    (told,) = classify(finished, [tmp_path / "one.png"])
    best = finished.predictions["test_logits"][0].argmax()
    assert told.top[0].name == dataset().classes[best]


@pytest.mark.parametrize("at", [4, 11])
def test_a_stopped_run_ends_bit_identical(at: int, finished: Run, tmp_path: Path) -> None:
    wanted = experiment(engine="torch")
    walk = steps(wanted, dataset=dataset(), runs=tmp_path)
    for progress in walk:
        if progress.step == at:
            break
    walk.close()
    torch.rand(7)  # the state of PyTorch's generator does not matter
    assert fingerprints(trained(tmp_path, wanted, resume=True)) == fingerprints(finished)


def test_without_pytorch_its_engine_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("thumblab.engines.torch")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UsageError, match=r"needs PyTorch; install it with pip install 'thumblab\["):
        trained(tmp_path, experiment(engine="torch"))
