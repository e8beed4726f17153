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
from thumblab.training.network import together
from thumblab.training.trainer import Session

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
    rate: float
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
    root: Path | None = None,
    runs: Path | str = "runs",
    shards: int | None = None,
    plan: Plan | None = None,
    resume: bool = False,
) -> Iterator[Epoch]:
    """Trains, and yields each epoch; epochs of an earlier session of the same run come first.

    A run that is over is not trained again: its epochs are yielded as they were recorded.

    Args:
        experiment: What to train.
        dataset: Its data, if they have been read already: by ``read`` from the experiment's own
            source, or the very arrays that an ``Arrays`` names.
        root: Folder with the data's files (see ``data.read``).
        runs: Folder of run folders.
        shards: Parts of a batch computed side by side; default: as many as cores.
        plan: Which kernel convolves what (see ``training.plan``); default: what an unfinished run was
            begun with, else the fixed table.
        resume: Whether an unfinished run is continued; without it that is an error.

    Raises:
        DivergedError: If a loss is not finite; the last good state is kept.
    """
    everything = steps(
        experiment, dataset=dataset, root=root, runs=runs, shards=shards, plan=plan, resume=resume
    )
    with closing(everything):  # an error while it saves is raised here, not lost
        for progress in everything:
            if progress.finished is not None:
                yield progress.finished


def steps(
    experiment: Experiment,
    *,
    dataset: Dataset | None = None,
    root: Path | None = None,
    runs: Path | str = "runs",
    shards: int | None = None,
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
        together(experiment, dataset),
        open_for_training(Path(runs), experiment, dataset.fingerprint, resume=resume) as run,
    ):
        if resume and run.lost:  # it is unfinished again, and goes on from its last state
            (run.folder / "result.json").unlink()
        if run.result is None:
            session = Session(experiment, dataset, run, shards, plan)
            session.network.should_stop = should_stop
            yield from _recorded(experiment, run, session.step, session.steps)
            yield from _train(session)
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


def _train(session: Session) -> Iterator[Progress]:
    saved = time.monotonic()
    try:
        while session.unmeasured or not session.over:
            if not session.unmeasured:
                _step(session)
            line = _end_epoch(session) if session.at_epoch_end else None
            if line is not None or time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                _save(session)
                saved = time.monotonic()
            epoch = None if line is None else _epoch(session.experiment, session.run, line)
            with session.clock.paused():
                yield _progress(session, epoch)
    except GeneratorExit:
        _save(session)
        raise
    except StepAbandonedError:
        _save(session)
        return
    with suppress(StepAbandonedError):  # all that comes before is saved
        finish(session)


def _save(session: Session) -> None:
    """Saves the state if it is good; the one before stands in for one that is not finite."""
    if session.is_finite():
        session.save()


def _step(session: Session) -> None:
    at = session.step
    loss = session.advance()
    if not isfinite(loss):
        raise _diverged(session, f"the loss became {loss}", at)


def _end_epoch(session: Session) -> dict[str, Any]:
    line = session.measure()
    if not session.is_finite() or not all(v is None or isfinite(v) for v in line.values()):
        raise _diverged(
            session, "a weight, a statistic or a loss became infinite", session.step - 1
        )
    session.record(line)
    return line


def _diverged(session: Session, what: str, at: int) -> DivergedError:
    """The error for something that is not finite in step ``at``, once it is in ``result.json``."""
    epoch, batch = divmod(at, session.steps_per_epoch)
    reason = f"{what} in epoch {epoch + 1}, batch {batch + 1}, "
    reason += f"after a step at rate {session.rate:g}; " if session.step else "before any step; "
    reason += "try a lower rate or a warm-up"
    _save(session)
    if session.run.checkpoints:
        reason += ". The last good state is in checkpoints/"
    sealed.write(session.run.folder / "result.json", outcome(session, "diverged", reason))
    return DivergedError(f"{session.run.folder}: {reason}")


def _progress(session: Session, epoch: Epoch | None) -> Progress:
    seen = max(session.seen, 1)
    loss, accuracy = session.loss_sum / seen, session.hits / seen
    if epoch is not None:
        loss, accuracy = epoch.train_loss, epoch.train_accuracy
    return Progress(
        session.step,
        session.steps,
        loss,
        accuracy,
        session.images / max(session.seconds, 1e-9),
        session.run,
        epoch,
        images_to_predict(session) if session.over else 0,
    )
