"""Runs whose training images are mixed, balanced and growing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import WORKERS, dataset, experiment, fingerprints, trained
from thumblab.analysis import cross_entropies
from thumblab.data import AlternatingFlip, Arrays, Balanced, Crop, CutMix, Dataset, Growing, MixUp
from thumblab.experiment import Experiment
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, GlobalAvgPool, ReLU, Sequential
from thumblab.losses import CrossEntropy, EffectiveNumber, MeanSquared
from thumblab.runs import Run
from thumblab.training import steps

MODEL = Sequential(
    Conv(6, stride=2), BatchNorm(), ReLU(), Dropout(0.1), Conv(8), GlobalAvgPool(), Dense(50)
)
"""Three logits more than classes."""


def fed(**changes: Any) -> Experiment:
    return experiment(
        **{
            "model": MODEL,
            "augment": (AlternatingFlip(), Crop(2), MixUp(0.5), CutMix()),
            "sampling": Balanced(),
            "progressive_resizing": Growing((16,), (0.4,)),
            "loss": CrossEntropy(0.1),
        }
        | changes
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(tmp_path_factory.mktemp("whole"), fed())


@pytest.mark.parametrize("count", [2, 6, 9])
def test_a_stopped_run_ends_bit_identical(whole: Run, tmp_path: Path, count: int) -> None:
    generator = steps(fed(), dataset=dataset(), runs=tmp_path, workers=WORKERS)
    for _ in range(count):
        next(generator)
    generator.close()
    assert fingerprints(trained(tmp_path, fed(), resume=True)) == fingerprints(whole)


def test_the_numbers_do_not_depend_on_workers_or_engine(tmp_path: Path) -> None:
    """But for rounding, without layers that draw for themselves."""
    model = Sequential(*(layer for layer in MODEL.layers if not isinstance(layer, Dropout)))
    lines = []
    pytest.importorskip("torch")
    for workers, engine in ((1, "numpy"), (2, "numpy"), (1, "torch")):
        wanted = fed(model=model, precision="float64", engine=engine, seed=7)
        generator = steps(
            wanted, dataset=dataset(), runs=tmp_path / f"{engine}{workers}", workers=workers
        )
        lines.append([progress.loss for progress in generator])
    assert lines[1] == pytest.approx(lines[0], rel=1e-9)
    assert lines[2] == pytest.approx(lines[0], rel=1e-7)


@pytest.mark.parametrize("loss", [CrossEntropy(0.4), MeanSquared()], ids=repr)
def test_cross_entropy_is_recorded_whatever_is_trained(tmp_path: Path, loss: Any) -> None:
    run = trained(
        tmp_path, fed(loss=loss, epochs=1, progressive_resizing=Experiment.progressive_resizing)
    )
    found = cross_entropies(
        run.predictions["validation_logits"], run.predictions["validation_labels"]
    )
    line = run.metrics[-1]
    assert line["validation_cross_entropy"] == pytest.approx(found.mean(), rel=1e-5)
    assert line["validation_loss"] != pytest.approx(found.mean(), rel=1e-2)


def test_class_weights_are_found_in_the_training_images(tmp_path: Path) -> None:
    """Those of absent classes, and of logits that are no class's, are 0."""
    labels = dataset().train.labels
    even = Dataset("even", dataset().train.take(labels % 2 == 0), None, dataset().classes)
    changes = {"loss": CrossEntropy(weights=EffectiveNumber(0.9)), "data": Arrays.of(even)}
    wanted = fed(augment=(), epochs=1, **changes)
    generator = steps(wanted, runs=tmp_path, workers=1)
    assert all(np.isfinite(progress.loss) for progress in generator)
