"""The training loop: a generator, so that printing, stopping and drawing are loops around it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from thumblab.core.errors import DivergedError, StepAbandonedError
from thumblab.data import Dataset, check_origin, read
from thumblab.experiment.experiment import Experiment
from thumblab.kernels.plan import Plan
from thumblab.runs.opening import open_for_training
from thumblab.runs.run import Run
from thumblab.storage import sealed
from thumblab.training.finish import finish, images_to_predict, outcome
from thumblab.training.network import distributed
from thumblab.training.trainer import Trainer

SECONDS_BETWEEN_CHECKPOINTS = 60.0


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training images gave.

    Losses are means in nats, accuracies fractions. ``..._loss`` is the loss that is trained,
    ``..._cross_entropy`` the plain one, without smoothing, weights or temperature, over the classes.
    Those of training are running means over the epoch's augmented batches, each taken before its step
    and against soft targets where images are mixed; those of validation, None without validation
    images, are taken at the epoch's end; ``seen`` says whether it trained on those images.
    """

    number: int
    epochs: int
    learning_rate: float
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    run: Run
    seen: bool = False
    train_cross_entropy: float | None = None
    validation_cross_entropy: float | None = None

    @property
    def validation(self) -> str:
        """What the validation images are called."""
        return "validation (trained on)" if self.seen else "validation"

    def __str__(self) -> str:
        text = f"epoch {self.number}/{self.epochs}  train loss {self.train_loss:.4f}"
        text += f" accuracy {self.train_accuracy:.4f}"
        if self.validation_accuracy is None:
            return text
        loss = self.validation_loss
        kind = f"cross-entropy {self.validation_cross_entropy:.4f}"  # all that old runs recorded
        shown = kind if loss is None else f"loss {loss:.4f}"
        return f"{text}  {self.validation} {shown} accuracy {self.validation_accuracy:.4f}"


@dataclass(frozen=True)
class Progress:
    """Where training stands after a step.

    Attributes:
        finished: The epoch that this step ended.
        to_predict: Images that are predicted before the run is done, each as often as it has views; 0 if
            there are steps to come.
    """

    step: int
    steps: int
    loss: float
    accuracy: float
    images_per_second: float
    run: Run
    finished: Epoch | None = None
    to_predict: int = 0


def train(
    experiment: Experiment,
    *,
    dataset: Dataset | None = None,
    root: Path | str | None = None,
    runs: Path | str = "runs",
    workers: int | None = None,
    plan: Plan | None = None,
    resume: bool = False,
) -> Iterator[Epoch]:
    """Trains, and yields each epoch; epochs that the run has had already come first.

    A run that is over is not trained again: its epochs are yielded as they were recorded.

    Args:
        experiment: What to train.
        dataset: Its data, if they have been read already: by ``read`` from the experiment's own
            source, or the very arrays that an ``Arrays`` names.
        root: Folder with the data's files (see ``data.read``).
        runs: Folder of run folders.
        workers: Parts of a batch computed side by side; default: as many as cores.
        plan: Which kernel convolves what (see ``runs.kernel_plan``); default: what an unfinished run was
            begun with, else the fixed table.
        resume: Whether an unfinished run is continued; without it that is an error.

    Raises:
        DivergedError: If a loss is not finite; the last good state is kept.
    """
    everything = steps(
        experiment, dataset=dataset, root=root, runs=runs, workers=workers, plan=plan, resume=resume
    )
    with closing(everything):  # an error while it saves is raised here, not lost
        for progress in everything:
            if progress.finished is not None:
                yield progress.finished


def steps(
    experiment: Experiment,
    *,
    dataset: Dataset | None = None,
    root: Path | str | None = None,
    runs: Path | str = "runs",
    workers: int | None = None,
    plan: Plan | None = None,
    resume: bool = False,
    should_stop: Callable[[], bool] = bool,
) -> Generator[Progress, None, None]:
    """``train``, step by step. Closing the generator saves the state it has reached.

    Once ``should_stop`` is true, a step that is under way is abandoned between two of its layers; the
    state before it is saved, and the generator ends.
    """
    dataset = dataset or read(experiment.data, root)
    check_origin(dataset, experiment.data)
    with (
        distributed(experiment, dataset),
        open_for_training(Path(runs), experiment, dataset.fingerprint, resume=resume) as run,
    ):
        if resume and run.lost:  # it is unfinished again, and goes on from its last state
            (run.folder / "result.json").unlink()
        if run.result is None:
            trainer = Trainer(experiment, dataset, run, workers, plan)
            trainer.network.should_stop = should_stop
            yield from _recorded(experiment, run, trainer.step, trainer.steps)
            yield from _train(trainer)
        else:
            yield from _recorded(experiment, run, 0, 0)
        if run.status == "diverged":
            raise DivergedError(f"{run.folder}: {(run.result or {})['reason']}")


def _recorded(experiment: Experiment, run: Run, step: int, total: int) -> Iterator[Progress]:
    for line in run.metrics:
        epoch = _epoch(experiment, run, line)
        yield Progress(step, total, epoch.train_loss, epoch.train_accuracy, 0.0, run, epoch)


def _epoch(experiment: Experiment, run: Run, line: dict[str, Any]) -> Epoch:
    named = {name: line[name] for name in Epoch.__annotations__ if name in line}
    seen = experiment.train_on == "all"
    return Epoch(number=line["epoch"], epochs=experiment.epochs, run=run, seen=seen, **named)


def _train(trainer: Trainer) -> Iterator[Progress]:
    saved = time.monotonic()
    try:
        while trainer.unmeasured or not trainer.over:
            if not trainer.unmeasured:
                _step(trainer)
            line = _end_epoch(trainer) if trainer.at_epoch_end else None
            if line is not None or time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                _save(trainer)
                saved = time.monotonic()
            epoch = None if line is None else _epoch(trainer.experiment, trainer.run, line)
            with trainer.clock.paused():
                yield _progress(trainer, epoch)
    except GeneratorExit:
        _save(trainer)
        raise
    except StepAbandonedError:
        _save(trainer)
        return
    with suppress(StepAbandonedError):  # all that comes before is saved
        finish(trainer)


def _save(trainer: Trainer) -> None:
    """Saves the state if it is good; the one before stands in for one that is not finite."""
    if trainer.is_finite():
        trainer.save()


def _step(trainer: Trainer) -> None:
    at = trainer.step
    loss = trainer.train_step()
    if not isfinite(loss):
        raise _diverged(trainer, f"the loss became {loss}", at)


def _end_epoch(trainer: Trainer) -> dict[str, Any]:
    line = trainer.validate()
    if not trainer.is_finite() or not all(v is None or isfinite(v) for v in line.values()):
        raise _diverged(
            trainer, "a weight, a statistic or a loss became infinite", trainer.step - 1
        )
    trainer.record(line)
    return line


def _diverged(trainer: Trainer, what: str, at: int) -> DivergedError:
    """The error for something that is not finite in step ``at``, once it is in ``result.json``."""
    epoch, batch = divmod(at, trainer.steps_per_epoch)
    reason = f"{what} in epoch {epoch + 1}, batch {batch + 1}, "
    reason += (
        f"after a step at learning rate {trainer.learning_rate:g}; "
        if trainer.step
        else "before any step; "
    )
    reason += "try a lower learning rate or a warmup"
    _save(trainer)
    if trainer.run.checkpoints:
        reason += ". The last good state is in checkpoints/"
    sealed.write(trainer.run.folder / "result.json", outcome(trainer, "diverged", reason))
    return DivergedError(f"{trainer.run.folder}: {reason}")


def _progress(trainer: Trainer, epoch: Epoch | None) -> Progress:
    seen = max(trainer.seen, 1)
    loss, accuracy = trainer.loss_sum / seen, trainer.correct / seen
    if epoch is not None:
        loss, accuracy = epoch.train_loss, epoch.train_accuracy
    return Progress(
        trainer.step,
        trainer.steps,
        loss,
        accuracy,
        trainer.images / max(trainer.seconds, 1e-9),
        trainer.run,
        epoch,
        images_to_predict(trainer) if trainer.over else 0,
    )
