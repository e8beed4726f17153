from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.small import dataset, experiment, fingerprints
from thumblab.core.errors import DivergedError
from thumblab.data import Arrays, Dataset
from thumblab.experiment.experiment import parts
from thumblab.losses import CrossEntropy, InverseFrequency
from thumblab.runs import Run
from thumblab.training import steps, train
from thumblab.training.trainer import Trainer


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_resumed_run_computes_with_as_many_workers_as_it_was_begun_with(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever this machine would take; on one with as many CPUs the two cannot be told apart."""
    monkeypatch.setattr("thumblab.engines.numpy.network.usable_cpus", lambda: workers % 3 + 1)
    options: dict[str, Any] = {"dataset": dataset()}
    (*_, whole) = train(experiment(), runs=tmp_path / "whole", workers=workers, **options)
    begun = steps(experiment(), runs=tmp_path / "part", workers=workers, **options)
    for _ in range(2):
        next(begun)
    begun.close()
    (*_, last) = train(experiment(), runs=tmp_path / "part", resume=True, **options)
    assert fingerprints(last.run) == fingerprints(whole.run)
    assert json.loads((last.run.folder / "environment.json").read_text())["workers"] == workers


def test_class_weights_count_the_images_that_are_trained_on(tmp_path: Path) -> None:
    """Those of the validation images too would be a look at them."""
    whole = dataset()
    rows = [np.flatnonzero(whole.train.labels == label)[: 2 + label % 4] for label in range(47)]
    uneven = Dataset("uneven", whole.train.take(np.concatenate(rows)), whole.test, whole.classes)
    loss = CrossEntropy(weights=InverseFrequency())
    wanted = experiment(data=Arrays.of(uneven), loss=loss, validation=0.3)
    trainer = Trainer(wanted, uneven, Run(tmp_path), 1)
    trained_on, kept_back = parts(wanted, uneven)
    assert isinstance(trainer.loss, CrossEntropy)
    counts = [int((trained_on.labels == label).sum()) for label in range(47)]
    mean = sum(1 / count for count in counts) / 47
    assert trainer.loss.weights == pytest.approx([1 / count / mean for count in counts])
    both = [count + int((kept_back.labels == label).sum()) for label, count in enumerate(counts)]
    assert trainer.loss.weights != pytest.approx([1 / count * 47 / sum(both) for count in both])


@pytest.mark.parametrize("name", ["validation_loss", "train_loss"])
@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_an_epoch_whose_losses_are_not_finite_is_not_recorded(
    name: str, value: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights may be finite, and their logits far enough apart for an infinite loss."""
    measure = Trainer.validate

    def measured(trainer: Trainer) -> dict[str, Any]:
        line = measure(trainer)
        return line | {name: value} if line["epoch"] == 2 else line

    monkeypatch.setattr(Trainer, "validate", measured)
    with pytest.raises(DivergedError, match="became infinite in epoch 2"):
        list(train(experiment(), dataset=dataset(), runs=tmp_path, workers=1))
    (folder,) = tmp_path.iterdir()
    run = Run(folder)
    assert run.status == "diverged"
    assert [line["epoch"] for line in run.metrics] == [1]
