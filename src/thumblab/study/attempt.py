"""The training of one trial: until it is done, pruned or given back; no test image is looked at."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from thumblab.data import Dataset
from thumblab.experiment import Experiment
from thumblab.experiment.restore_best import restored
from thumblab.training import steps

if TYPE_CHECKING:
    from thumblab.study.tuning import RunningTrial


@dataclass(frozen=True)
class Reached:
    """Where a trial stands after an epoch.

    Attributes:
        epoch: Its number, from 1.
        accuracy: Of the validation images; of the epoch whose weights count, once the trial is done.
        ended: How the trial has ended; None if it goes on.
    """

    epoch: int
    accuracy: float
    ended: Literal["done", "pruned"] | None = None


def attempt(
    experiment: Experiment,
    dataset: Dataset,
    folder: Path,
    trial: RunningTrial,
    *,
    workers: int | None = None,
    should_stop: Callable[[], bool] = bool,
) -> Iterator[Reached]:
    """Trains, epoch by epoch; nothing is predicted at the end, and no weights stay.

    Args:
        experiment: What to train; it has validation images.
        dataset: Its data.
        folder: Of this trial alone; its run folder keeps settings and curves.
        trial: Hears the accuracy after each epoch, and says whether to stop early.
        workers: Parts of a batch that NumPy computes side by side.
        should_stop: Asked between two layers; the training then ends without having ended the trial.

    Raises:
        DivergedError: If a loss is not finite.
    """
    shutil.rmtree(folder, ignore_errors=True)
    training = steps(
        experiment,
        dataset=dataset,
        runs=folder,
        workers=workers,
        should_stop=lambda: should_stop() or trial.lost,
    )
    try:
        with closing(training), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # an overflow shows as a loss
            for progress in training:
                epoch = progress.finished
                if epoch is None or epoch.validation_accuracy is None:
                    continue
                bad = trial.report(epoch.validation_accuracy, epoch.number)
                if trial.lost:
                    return
                if progress.to_predict:  # the last epoch
                    line = restored(experiment.restore_best, progress.run.metrics)
                    yield Reached(epoch.number, float(line["validation_accuracy"]), "done")
                    return
                yield Reached(epoch.number, epoch.validation_accuracy, "pruned" if bad else None)
                if bad:
                    return
    finally:
        for left in folder.glob("*/checkpoints"):
            shutil.rmtree(left, ignore_errors=True)
