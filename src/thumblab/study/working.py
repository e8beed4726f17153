"""One worker: takes cells from the queue, trains them, and publishes what came of it."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from thumblab.core.errors import DataError, DivergedError, RunError
from thumblab.data import Dataset, DatasetSpec, read
from thumblab.experiment import Experiment
from thumblab.runs import Run
from thumblab.study.event import Event
from thumblab.study.lease import Lease, LeaseLostError, Leases
from thumblab.study.queue import LEASES, claims, publish, published, why, workplace
from thumblab.training import steps


def work(
    cells: Mapping[str, Experiment],
    runs: Path,
    *,
    datasets: dict[DatasetSpec, Dataset] | None = None,
    root: Path | str | None = None,
    first: int = 0,
    workers: int | None = None,
    should_stop: Callable[[], bool] = bool,
    grace: float | None = None,
) -> Iterator[Event]:
    """Trains what is not done of ``cells``, by the name of their run folders, until all are.

    Args:
        cells: What to train, in order.
        runs: Folder of the runs.
        datasets: Data that have been read already; others are read when they are needed, and kept.
        root: Folder with the data's files.
        first: Where to begin, so that workers begin with different cells.
        workers: Parts of a batch that NumPy computes side by side; as many as cores unless given.
        should_stop: Asked between two layers; once it is true, what is under way is saved and left.
        grace: Seconds after which the lease of a process that stands still is taken over.
    """
    leases = Leases(runs / LEASES) if grace is None else Leases(runs / LEASES, grace=grace)
    read_already = {} if datasets is None else datasets
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # an overflow shows as a loss that is not finite
        warnings.showwarning = _with_final_names(warnings.showwarning)
        for lease in claims(list(cells), runs, leases=leases, first=first, should_stop=should_stop):
            experiment = cells[lease.name]
            yield Event("began", lease.name, epochs=experiment.epochs)
            try:
                if experiment.data not in read_already:
                    read_already[experiment.data] = read(experiment.data, root)
                dataset = read_already[experiment.data]
                yield from _train(experiment, dataset, runs, lease, workers, should_stop)
            except LeaseLostError as error:
                yield Event("lost", lease.name, why(error))
            except Exception as error:  # whatever it is, the other cells can be trained
                if not lease.held:  # what went wrong is that another process has removed our files
                    yield Event("lost", lease.name, why(error))
                    continue
                leases.fail(lease.name, why(error))
                yield Event("failed", lease.name, why(error))


def _train(
    experiment: Experiment,
    dataset: Dataset,
    runs: Path,
    lease: Lease,
    workers: int | None,
    should_stop: Callable[[], bool],
) -> Iterator[Event]:
    if experiment.key(dataset.fingerprint)[: len(lease.name)] != lease.name:
        raise DataError(f"the data {experiment.data} are not those that the study was locked with")
    folder = workplace(runs, lease)
    work = partial(_epochs, experiment, dataset, folder, lease, workers, should_stop)
    try:
        try:
            diverged = yield from work()
        except RunError:
            if not (folder / lease.name).exists():
                raise
            shutil.rmtree(folder / lease.name)  # what was taken over is torn: from the start
            diverged = yield from work()
        if Run(folder / lease.name).result is None:
            lease.check()
            yield Event("stopped", lease.name)
            return
        publish(runs, lease, folder)
    except LeaseLostError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    yield ended(Run(runs / lease.name), diverged=diverged)


def _epochs(
    experiment: Experiment,
    dataset: Dataset,
    folder: Path,
    lease: Lease,
    workers: int | None,
    should_stop: Callable[[], bool],
) -> Generator[Event, None, bool]:
    """Trains; returns whether it has diverged, which is a result too."""
    training = steps(
        experiment,
        dataset=dataset,
        runs=folder,
        workers=workers,
        resume=True,
        should_stop=lambda: should_stop() or lease.overtaken,
    )
    try:
        with closing(training):
            for progress in training:
                if (epoch := progress.finished) is not None:
                    yield Event(
                        "epoch",
                        lease.name,
                        epoch=epoch.number,
                        epochs=epoch.epochs,
                        accuracy=epoch.validation_accuracy,
                        images_per_second=progress.images_per_second,
                    )
    except DivergedError:
        return True
    return False


def _with_final_names(show: Callable[..., None]) -> Callable[..., None]:
    """Shows warnings with the names that unfinished folders will have."""

    def shown(message: object, category: type[Warning], *where: Any, **more: Any) -> None:
        show(category(published(str(message))), category, *where, **more)

    return shown


def ended(run: Run, *, diverged: bool) -> Event:
    """The event of a run that has a result."""
    result = run.result or {}
    return Event(
        "diverged" if diverged else "done",
        run.folder.name,
        message=str(result.get("reason") or ""),
        epoch=int(result.get("epochs", 0)),
        epochs=run.experiment.epochs,
        accuracy=result.get("validation_accuracy"),
        images_per_second=float(result.get("images_per_second") or 0),
        seconds=float(result.get("train_seconds") or 0),
    )
