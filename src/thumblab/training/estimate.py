"""How long a run would take, from a few of its steps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean, stdev

from thumblab.data import Dataset
from thumblab.experiment.experiment import Experiment
from thumblab.training.dry_run import dry_run
from thumblab.training.loop import SECONDS_BETWEEN_CHECKPOINTS
from thumblab.training.trainer import Trainer

PLACES = 5
"""Where in the run steps are timed: in the middle of so many equal stretches."""

TIMED_IMAGES = 2048
"""Images that a prediction is timed on, at most."""


@dataclass(frozen=True)
class Estimate:
    """Seconds of a whole run, from raw arrays in memory to its predictions.

    Attributes:
        setup: Before the first step: the split, normalization, first weights, processes.
        training: Of all steps.
        validation: Of a validation pass after every epoch.
        saving: Of all checkpoints.
        testing: Of the predictions at the end, without TTA and in those the experiment names.
        margin: The 95 % interval of ``training`` reaches so far to both sides.
        step: Of a step, on average.
        steps: How many the run has.
        timed_steps: How many were timed.
    """

    setup: float
    training: float
    validation: float
    saving: float
    testing: float
    margin: float
    step: float
    steps: int
    timed_steps: int

    @property
    def seconds(self) -> float:
        """The whole."""
        return self.setup + self.training + self.validation + self.saving + self.testing


def estimate(
    experiment: Experiment, dataset: Dataset, *, seconds: float = 15.0, workers: int | None = None
) -> Iterator[Estimate | None]:
    """Times some steps and predictions; yields None after each place, and the estimate last.

    Steps are timed in five places spread over the run, each after one that is not, so that what
    changes over a run, such as the size of the images, has its share. The margin is Student's, from
    the five means: it tells of noise between them, not of what the machine does tomorrow. Early
    stopping is not foreseen. Nothing is written but in a temporary folder.

    Args:
        experiment: What would be trained.
        dataset: Its data.
        seconds: About how long steps are timed, in all; at least one in each place is.
        workers: Parts of a batch computed side by side.
    """
    with dry_run(experiment, dataset, workers) as trainer:
        setup, means, timed = trainer.clock.seconds, list[float](), 0
        for place in range(PLACES):
            per_image, steps = _place(trainer, place, seconds / PLACES)
            means.append(per_image)
            timed += steps
            yield None
        images = len(trainer.train_part) * experiment.epochs
        training = fmean(means) * images
        begun = time.perf_counter()
        trainer.save()
        saving = time.perf_counter() - begun
        predicting = _predicting(trainer)
        tta = 1 if experiment.tta is None else 1 + len(experiment.tta.each)
        scored = len(trainer.validation_part) + (0 if dataset.test is None else len(dataset.test))
        yield Estimate(
            setup=setup,
            training=training,
            validation=predicting * len(trainer.validation_part) * experiment.epochs,
            saving=saving * (experiment.epochs + training // SECONDS_BETWEEN_CHECKPOINTS),
            testing=predicting * scored * tta,
            margin=_student(means) * images,
            step=training / trainer.steps,
            steps=trainer.steps,
            timed_steps=timed,
        )


def _place(trainer: Trainer, place: int, seconds: float) -> tuple[float, int]:
    """Seconds an image takes there, and how many steps that is from; the learning rate is 0."""
    trainer.step = int((place + 0.5) / PLACES * trainer.steps)
    trainer.train_step(0.0)
    images, steps, begun = trainer.images, 0, time.perf_counter()
    while not steps or time.perf_counter() - begun < seconds:
        trainer.train_step(0.0)
        steps += 1
    taken = time.perf_counter() - begun
    return taken / max(trainer.images - images, 1), steps


def _predicting(trainer: Trainer) -> float:
    """Seconds that the prediction of an image takes."""
    images = trainer.train_part.images[:TIMED_IMAGES]
    trainer.network.predict(images)  # the first pass finds its memory
    begun = time.perf_counter()
    trainer.network.predict(images)
    return (time.perf_counter() - begun) / len(images)


def _student(means: list[float]) -> float:
    """Half the width of the 95 % interval of the mean."""
    from scipy.stats import t

    return float(t.ppf(0.975, len(means) - 1) * stdev(means) / len(means) ** 0.5)
