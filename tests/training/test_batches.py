"""Batches that are too small for BatchNorm."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.training.small import MODEL, dataset, experiment, trained
from thumblab.core.errors import UsageError
from thumblab.core.layer import swap
from thumblab.layers import BatchNorm, Frozen, GroupNorm
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD
from thumblab.training.batches import check_batches

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
