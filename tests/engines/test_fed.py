"""Both engines on what a ``Loader`` gives: soft targets, and images that grow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.training.small import dataset
from thumblab.core.layer import swap
from thumblab.data import AlternatingFlip, Balanced, Crop, CutMix, FullSize, Growing, Loader, MixUp
from thumblab.engines.numpy import InputTransform
from thumblab.engines.numpy import Network as NumpyNetwork
from thumblab.engines.torch import Network as TorchNetwork
from thumblab.engines.torch import Options
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    GlobalAvgPool,
    Identity,
    MaxPool,
    ReLU,
    Sequential,
)
from thumblab.losses import CrossEntropy, Focal, Hierarchical, Loss, MeanSquared, SoftTargets
from thumblab.optim import SGD

MODEL = Sequential(
    Conv(6, bias=False),
    BatchNorm(),
    ReLU(),
    Dropout(0.2),
    MaxPool(3, 2, "same"),  # pads otherwise at odd sizes
    Conv(8, stride=2),
    GlobalAvgPool(),
    Dense(47),
)
PLAIN = swap(MODEL, Dropout, Identity())
SHIFT, SCALE = np.full((1, 1, 1), 40.0), np.full((1, 1, 1), 1 / 70)
MIXED = (AlternatingFlip(), Crop(2), MixUp(1.0), CutMix(1.0, 0.5))
EPOCHS, BATCH = 4, 50


def loader(growing: bool = True) -> Loader:
    resizing = Growing((15, 20), (0.25, 0.5)) if growing else FullSize()
    return Loader(
        dataset().train,
        47,
        augment=MIXED,
        sampling=Balanced(),
        resizing=resizing,
        epochs=EPOCHS,
        seed=2,
    )


def trained(network: Any, fed: Loader, loss: Loss, steps: int = EPOCHS) -> list[tuple[float, int]]:
    """Losses and correct predictions of a batch from each epoch."""
    told = []
    for step in range(steps):
        indices = np.arange(BATCH) + 31 * step
        told.append(
            network.train_step(
                fed.images(step, indices),
                fed.targets(step, indices),
                loss=loss,
                optimizer=SGD(0.1),
                learning_rate=0.05,
                step=step,
                epoch=step,
                indices=indices,
            )
        )
    return told


def ours(model: Any, fed: Loader, **options: Any) -> NumpyNetwork:
    return NumpyNetwork(
        model,
        (1, 28, 28),
        seed=3,
        dtype="f8",
        input_transform=InputTransform(SHIFT, SCALE),
        loader=fed,
        **options,
    )


def theirs(model: Any, fed: Loader) -> TorchNetwork:
    return TorchNetwork(
        model,
        (1, 28, 28),
        seed=3,
        options=Options(precision="float64"),
        shift=SHIFT,
        scale=SCALE,
        loader=fed,
    )


def assert_alike(found: Any, wanted: Any) -> None:
    for name, array in wanted.weights().items():
        np.testing.assert_allclose(found.weights()[name], array, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("kind", ["threads", "processes"])
@pytest.mark.parametrize("workers", [2, 3])
def test_workers_train_what_one_does(kind: Any, workers: int) -> None:
    fed = loader()
    one, many = ours(MODEL, fed, workers=1), ours(MODEL, loader(), workers=workers, kind=kind)
    wanted, found = trained(one, fed, CrossEntropy(0.1)), trained(many, fed, CrossEntropy(0.1))
    assert [loss for loss, _ in found] == pytest.approx([loss for loss, _ in wanted], rel=1e-10)
    assert [correct for _, correct in found] == [correct for _, correct in wanted]
    assert_alike(many, one)
    images = dataset().train.images[:20]
    np.testing.assert_allclose(many.predict(images), one.predict(images), rtol=1e-8)


@pytest.mark.parametrize(
    "loss",
    [
        CrossEntropy(0.1),
        CrossEntropy(0.1, weights=tuple(np.linspace(0.5, 1.5, 47).tolist())),
        Focal(),
        SoftTargets(2.0),
        MeanSquared(),
        Hierarchical(groups=tuple(label % 5 for label in range(47))),
    ],
    ids=lambda loss: type(loss).__name__,
)
def test_engines_train_alike_on_mixtures_that_grow(loss: Loss) -> None:
    fed = loader()
    mine, other = ours(PLAIN, fed, workers=1), theirs(PLAIN, fed)
    wanted, found = trained(mine, fed, loss), trained(other, fed, loss)
    assert [value for value, _ in found] == pytest.approx([v for v, _ in wanted], rel=1e-9)
    assert [correct for _, correct in found] == [correct for _, correct in wanted]
    assert_alike(other, mine)
    images = dataset().train.images[:20]
    np.testing.assert_allclose(other.predict(images), mine.predict(images), rtol=1e-7, atol=1e-9)


def test_a_hit_is_where_logit_and_target_are_largest() -> None:
    model, rng = Sequential(Dense(5)), np.random.default_rng(0)
    x, soft = rng.standard_normal((40, 7)).astype("f4"), rng.dirichlet(np.ones(5), 40).astype("f4")
    for network in (NumpyNetwork(model, (7,), workers=2), TorchNetwork(model, (7,))):
        wanted = int((network.predict(x).argmax(1) == soft.argmax(1)).sum())
        assert 0 < wanted < 40
        told = network.train_step(
            x, soft, loss=CrossEntropy(), optimizer=SGD(0.1), learning_rate=0.1, step=0
        )
        assert told[1] == wanted


def test_memory_of_another_size_is_given_back() -> None:
    fed = loader()
    grown, full = ours(PLAIN, fed, workers=1), ours(PLAIN, loader(growing=False), workers=1)
    trained(grown, fed, CrossEntropy())
    trained(full, loader(growing=False), CrossEntropy())
    assert grown.worker.spaces[0].nbytes < 1.1 * full.worker.spaces[0].nbytes
