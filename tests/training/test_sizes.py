"""Training on images that grow: which sizes there are, and which models can."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import MODEL, dataset, experiment, trained
from thumblab.core.errors import ShapeError, UsageError
from thumblab.core.layer import swap
from thumblab.data import Growing, PerPixel, Split
from thumblab.experiment import Experiment
from thumblab.layers import (
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    Frozen,
    GlobalAvgPool,
    GroupNorm,
    MaxPool,
    ReLU,
    Sequential,
)
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD
from thumblab.training.network import open_loader
from thumblab.training.sizes import check_batches, check_sizes, sizes

GROWING = Growing((14, 20), (0.3, 0.6))
POOLED = Sequential(Conv(6), ReLU(), MaxPool(2), Conv(8), GlobalAvgPool(), Dense(47))
SHIFT = np.zeros((1, 1, 1))


def growing(**changes: object) -> Experiment:
    return experiment(**{"model": POOLED, "progressive_resizing": GROWING} | changes)


def test_every_epoch_has_its_size() -> None:
    assert sizes(growing(), (1, 28, 28)) == [(1, 14, 14), (1, 20, 20), (1, 28, 28)]
    assert sizes(growing(), (3, 28, 42)) == [(3, 14, 21), (3, 20, 30), (3, 28, 42)]
    assert sizes(experiment(), (1, 28, 28)) == [(1, 28, 28)] * 3
    assert sizes(experiment(), (9,)) == [(9,)] * 3


def test_a_model_whose_weights_know_the_size_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(
        ShapeError,
        match=r"'6\.weight' has the shape \(47, 196\) for samples of \(1, 28, 28\) and \(47, 36\) "
        r"for \(1, 14, 14\); end the model with GlobalAvgPool",
    ):
        trained(tmp_path, growing(model=MODEL))
    assert not list(tmp_path.rglob("*.safetensors"))


def test_an_output_that_knows_the_size_is_refused() -> None:
    flat = growing(model=Sequential(Conv(1, stride=4), Flatten()))
    with pytest.raises(ShapeError, match=r"the output has the shape \(49,\) for samples of"):
        check_sizes(flat, (1, 28, 28), SHIFT)


def test_a_size_that_the_model_cannot_read_is_refused() -> None:
    deep = growing(model=Sequential(MaxPool(20), GlobalAvgPool(), Dense(47)))
    with pytest.raises(ShapeError, match=r"the model cannot read samples of \(1, 14, 14\): .*Pool"):
        check_sizes(deep, (1, 28, 28), SHIFT)


def test_a_normalization_of_each_pixel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"PerPixel\(\) knows pixels of full images alone; choose"):
        trained(tmp_path, growing(normalize=PerPixel()))


def test_sizes_above_the_full_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="asks for 40 pixels but the images are 28 high"):
        trained(tmp_path, growing(progressive_resizing=Growing((40,), (0.5,))))


@pytest.mark.parametrize("engine", ["numpy", "reference", "torch"])
def test_a_run_that_grows_is_evaluated_on_full_images(tmp_path: Path, engine: str) -> None:
    run = trained(tmp_path, growing(engine=engine))
    assert run.status == "done"
    assert run.predictions["validation_logits"].shape == (47, 47)


def test_features_do_not_grow() -> None:
    part = Split(np.ones((10, 4), np.float32), np.arange(10) % 2)
    wanted = growing(model=Sequential(Dense(2)))
    check_sizes(wanted, (4,), SHIFT)
    with pytest.raises(UsageError, match="resizing read uint8 images"):
        open_loader(wanted, part, (4,))


SHAPE = (1, 28, 28)
ENGINES = pytest.mark.parametrize("engine", ["numpy", "torch"])


@ENGINES
def test_batches_of_one_sample_are_refused_before_training(tmp_path: Path, engine: str) -> None:
    with pytest.raises(
        UsageError, match=r"batch is 1 but BatchNorm at '\d+' normalizes .* at least 2"
    ):
        trained(tmp_path, experiment(batch=1, engine=engine))
    assert not list(tmp_path.rglob("*.safetensors"))


def test_so_is_a_training_part_of_one_sample() -> None:
    with pytest.raises(UsageError, match="there is 1 training sample but BatchNorm"):
        check_batches(experiment(), SHAPE, 1)
    check_batches(experiment(), SHAPE, 2)


@pytest.mark.parametrize("other", [GroupNorm(1), Frozen(BatchNorm())], ids=repr)
def test_a_model_that_learns_nothing_from_batches_may_have_them(other: Any) -> None:
    check_batches(experiment(model=swap(MODEL, BatchNorm, other), batch=1), SHAPE, 100)


@ENGINES
def test_a_last_batch_of_one_sample_trains_and_leaves_the_running_averages_alone(
    engine: str,
) -> None:
    """They are those of the step before, not a tenth of one picture's."""
    network = importlib.import_module(f"thumblab.engines.{engine}").Network(MODEL, SHAPE)
    part, told = dataset().train, {"loss": CrossEntropy(), "optimizer": SGD(), "learning_rate": 0.1}
    network.train_step(part.images[:30], part.labels[:30], step=0, **told)
    before = network.weights()
    network.train_step(part.images[:1], part.labels[:1], step=1, **told)
    moved = {name for name, array in network.weights().items() if (array != before[name]).any()}
    assert not {name for name in moved if "running" in name}
    assert "0.weight" in moved
